// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <content>What it notices of others: each disagreement is told once per node, and not many in a short time.</content>
public sealed partial class VrrpInstance
{
    private const int NoticeBurst = 4;
    private static readonly TimeSpan NoticeSpacing = TimeSpan.FromSeconds(10);

    private PeerTable? _peers;
    private MonoTime _noticeFrom = new(long.MinValue / 2);

    private void Note(VrrpPacket packet, IpAddr source, MonoTime now, IVrrpSink sink)
    {
        _peers ??= new PeerTable();
        ref VrrpPeer peer = ref _peers.At(_peers.PlaceOf(source, taken: true));
        bool known = peer.WasTaken;
        TimeSpan silent = now - peer.LastHeard;
        byte priorityBefore = peer.Priority;
        peer.LastHeard = now;
        peer.WasTaken = true;
        peer.Priority = packet.Priority;
        peer.Centiseconds = (ushort)packet.Centiseconds;
        peer.Form = packet.Form;
        _peerForm = packet.Form;
        NoteAddresses(packet, ref peer);
        NoteForm(packet, ref peer, now, sink);
        Report(ref peer, VrrpMismatch.Interval, packet.Centiseconds != Parameters.Centiseconds, now, sink);
        Report(ref peer, VrrpMismatch.Addresses, peer.Agreement == AddressAgreement.Overlap, now, sink);
        Report(ref peer, VrrpMismatch.ForeignRouter, peer.Agreement == AddressAgreement.Disjoint, now, sink);
        Report(ref peer, VrrpMismatch.FirstAddress, Key.Family == IpFamily.IPv6 && !FirstIsLinkLocal(packet), now, sink);
        Report(ref peer, VrrpMismatch.SecondOwner, Parameters.IsOwner && packet.Priority == VrrpWire.OwnerPriority, now, sink);
        bool back = known && priorityBefore == 0 && packet.Priority > 0 && silent < MasterInterval;
        Report(ref peer, VrrpMismatch.FarewellTakenBack, back, now, sink);
        NoteDeafness(packet, source, silent, ref peer, now, sink);
        // Once a peer is heard rightly, what made us discard it before is mended.
        peer.Told &= unchecked((ushort)~((1 << (int)VrrpMismatch.Version) | (1 << (int)VrrpMismatch.Authentication) | (1 << (int)VrrpMismatch.Transport) | (1 << (int)VrrpMismatch.HopLimit)));
    }

    private void NoteForm(VrrpPacket packet, ref VrrpPeer peer, MonoTime now, IVrrpSink sink)
    {
        bool forked = packet.Version == VrrpVersion.V3 && Key.Family == IpFamily.IPv4;
        bool differs = forked && packet.Form != Form;
        _counters.OtherChecksums += differs ? 1u : 0u;
        Report(ref peer, VrrpMismatch.Checksum, differs, now, sink);
    }

    // A peer that goes on although we, the better, are master and answer: it cannot hear us.
    private void NoteDeafness(VrrpPacket packet, IpAddr source, TimeSpan silent, ref VrrpPeer peer, MonoTime now, IVrrpSink sink)
    {
        bool worse = packet.Priority > 0
            && (packet.Priority < EffectivePriority || (packet.Priority == EffectivePriority && source < _source));
        if (State != VrrpState.Master || !worse || silent > FenceAfter)
        {
            peer.InferiorSince = State == VrrpState.Master && worse ? now : MonoTime.Never;
        }
        else if (peer.InferiorSince == MonoTime.Never)
        {
            peer.InferiorSince = now;
        }

        bool deaf = peer.InferiorSince != MonoTime.Never && now - peer.InferiorSince > FenceAfter * 2;
        Report(ref peer, VrrpMismatch.DoesNotHearUs, deaf, now, sink);
    }

    private void NoteDiscarded(VrrpDiscard reason, IpAddr source, MonoTime now, IVrrpSink sink)
    {
        VrrpMismatch? mismatch = reason switch
        {
            VrrpDiscard.WrongVersion => VrrpMismatch.Version,
            VrrpDiscard.AuthenticationTypeMismatch or VrrpDiscard.AuthenticationFailed => VrrpMismatch.Authentication,
            VrrpDiscard.IntervalMismatch => VrrpMismatch.Interval,
            VrrpDiscard.OwnSource => VrrpMismatch.OwnSource,
            VrrpDiscard.HopLimitTooLow => VrrpMismatch.HopLimit,
            VrrpDiscard.NotToGroup or VrrpDiscard.NotToUs or VrrpDiscard.UnknownPeer => VrrpMismatch.Transport,
            VrrpDiscard.None or VrrpDiscard.BadIPv4Header or VrrpDiscard.Fragment or VrrpDiscard.NotVrrp or VrrpDiscard.Truncated
                or VrrpDiscard.UnknownVersion or VrrpDiscard.Version2OverIPv6 or VrrpDiscard.UnknownType
                or VrrpDiscard.LengthTooShort or VrrpDiscard.LengthTooLong or VrrpDiscard.BadChecksum or VrrpDiscard.ZeroRouterId
                or VrrpDiscard.NoAddresses or VrrpDiscard.ZeroInterval or VrrpDiscard.UnknownRouter or VrrpDiscard.NotRunning
                or VrrpDiscard.BadSource or VrrpDiscard.SourceNotLinkLocal or VrrpDiscard.OffSubnet
                or VrrpDiscard.OwnerIgnores or VrrpDiscard.InferiorPriority or VrrpDiscard.ForeignFarewell => null,
            _ => throw new UnreachableException(),
        };
        if (mismatch is not { } told)
        {
            return;
        }

        _peers ??= new PeerTable();
        int place = _peers.PlaceOf(source, taken: false);
        if (place < 0)
        {
            _counters.MismatchesUntold++;
            return;
        }

        ref VrrpPeer peer = ref _peers.At(place);
        peer.LastHeard = peer.WasTaken ? peer.LastHeard : now;
        Report(ref peer, told, true, now, sink);
    }

    private void Report(ref VrrpPeer peer, VrrpMismatch mismatch, bool stands, MonoTime now, IVrrpSink sink)
    {
        ushort bit = (ushort)(1 << (int)mismatch);
        if (!stands)
        {
            peer.Told &= (ushort)~bit;
            return;
        }

        if ((peer.Told & bit) != 0)
        {
            return;
        }

        // A bucket of notices that fills one by one; _noticeFrom is when it would have been empty.
        MonoTime earliest = now - (NoticeSpacing * NoticeBurst);
        MonoTime from = _noticeFrom < earliest ? earliest : _noticeFrom;
        if (from + NoticeSpacing > now)
        {
            _counters.MismatchesUntold++;
            return;
        }

        _noticeFrom = from + NoticeSpacing;
        peer.Told |= bit;
        sink.Tell(this, new VrrpNotice(VrrpNoticeKind.Mismatch) { Mismatch = mismatch, Peer = peer.Source });
    }

    private void NoteAddresses(VrrpPacket packet, ref VrrpPeer peer)
    {
        uint hash = 1;
        foreach (byte octet in packet.AddressOctets)
        {
            hash = unchecked((hash ^ octet) * 16777619);
        }

        hash |= 1;
        if (hash != peer.AddressHash)
        {
            peer.AddressHash = hash;
            peer.Agreement = Compare(packet);
        }
    }

    private AddressAgreement Compare(VrrpPacket packet)
    {
        ReadOnlySpan<byte> own = OwnAddresses;
        ReadOnlySpan<byte> theirs = packet.AddressOctets;
        if (own.SequenceEqual(theirs))
        {
            return AddressAgreement.Same;
        }

        int width = VrrpWire.AddressLength(Key.Family);
        int foundOfTheirs = Found(theirs, own, width);
        bool same = foundOfTheirs == packet.Count && Found(own, theirs, width) == Parameters.Addresses.Count;
        return same ? AddressAgreement.Same : foundOfTheirs > 0 ? AddressAgreement.Overlap : AddressAgreement.Disjoint;
    }

    private static int Found(ReadOnlySpan<byte> needles, ReadOnlySpan<byte> haystack, int width)
    {
        int found = 0;
        for (int i = 0; i < needles.Length; i += width)
        {
            bool here = false;
            for (int j = 0; j < haystack.Length && !here; j += width)
            {
                here = needles.Slice(i, width).SequenceEqual(haystack.Slice(j, width));
            }

            found += here ? 1 : 0;
        }

        return found;
    }

    private static bool FirstIsLinkLocal(VrrpPacket packet) => packet.TryGetAddress(0, out IpAddr first) && first.IsLinkLocal;
}
