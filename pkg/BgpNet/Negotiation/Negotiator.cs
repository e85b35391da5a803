// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Negotiation;

/// <summary>Judges a peer's OPEN beside ours (RFC 4271 6.2) and says what both agree on.</summary>
public static class Negotiator
{
    private const ushort LeastHoldSeconds = 3;

    /// <summary>
    /// Negotiates. False when the peer is not acceptable; <paramref name="refusal"/> then has the reason and its NOTIFICATION.
    /// The message's version was judged when it was read.
    /// </summary>
    public static bool TryNegotiate(
        SpeakerOpen ours, OpenMessage theirs, scoped in PeerRules rules, [NotNullWhen(true)] out NegotiatedSession? session, out DecodeError refusal)
    {
        ArgumentNullException.ThrowIfNull(ours);
        session = null;
        if (!PeerCapabilities.TryRead(theirs, out PeerCapabilities peer, out refusal))
        {
            return false;
        }

        uint asn = peer.FourOctetAs ?? theirs.TwoOctetAs;
        ImmutableArray<AfiSafi> families = Common(ours.Families, peer.Families);
        refusal = Refuse(ours, theirs, rules, peer, asn, families);
        if (refusal.Fault != BgpFault.None)
        {
            return false;
        }

        session = Agree(ours, theirs, rules, peer, asn, families);
        return true;
    }

    private static DecodeError Refuse(
        SpeakerOpen ours, OpenMessage theirs, scoped in PeerRules rules, PeerCapabilities peer, uint asn, ImmutableArray<AfiSafi> families) =>
        !IsAsSound(theirs.TwoOctetAs, peer.FourOctetAs) || !rules.Accepts(asn, ours.Asn) ? new(BgpFault.PeerAs)
        : theirs.HoldSeconds != 0 && theirs.HoldSeconds < Math.Max(LeastHoldSeconds, rules.MinHoldSeconds)
            ? new(BgpFault.HoldTime, UInt16Octets(theirs.HoldSeconds))
        // RFC 6286 2.1: two peers of other ASes may have one identifier.
        : theirs.Identifier == 0 || (theirs.Identifier == ours.Identifier && asn == ours.Asn)
            ? new(BgpFault.Identifier, UInt32Octets(theirs.Identifier))
        : families.IsEmpty ? new(BgpFault.CapabilityMissing, Demanded(ours.Families))
        : !IsRoleAccepted(ours.Role, peer, rules.RoleRequired) ? new(BgpFault.RoleMismatch)
        : default;

    // RFC 6793 4.2.1, 9: the two fields agree, or the short one is AS_TRANS, which is nobody's own number (RFC 7607: nor is 0).
    private static bool IsAsSound(ushort twoOctets, uint? fourOctets) => fourOctets is { } wide
        ? wide is not 0 and not AsNumbers.Trans && (twoOctets == AsNumbers.Trans || twoOctets == wide)
        : twoOctets is not 0 && twoOctets != AsNumbers.Trans;

    private static bool IsRoleAccepted(BgpRole? ours, PeerCapabilities peer, bool required) =>
        ours is not { } role || (!peer.HasSeveralRoles && (peer.Role is { } theirs ? RoleCapability.Fits(role, theirs) : !required));

    private static NegotiatedSession Agree(
        SpeakerOpen ours, OpenMessage theirs, scoped in PeerRules rules, PeerCapabilities peer, uint asn, ImmutableArray<AfiSafi> families) => new()
        {
            PeerAs = asn,
            PeerIdentifier = theirs.Identifier,
            Peer = peer,
            HoldSeconds = Math.Min(ours.HoldSeconds, theirs.HoldSeconds),
            Families = families,
            ExtendedMessages = ours.ExtendedMessages && peer.ExtendedMessages,
            RouteRefresh = ours.RouteRefresh && peer.RouteRefresh,
            EnhancedRouteRefresh = ours.RouteRefresh && peer.RouteRefresh && peer.EnhancedRouteRefresh,
            AddPathSend = AddPath(families, ours.AddPath, AddPathMode.Send, peer.AddPath, AddPathMode.Receive),
            GracefulRestart = ours.GracefulRestart is null ? null : peer.GracefulRestart,
            NotificationPreserves = ours.GracefulRestart is { NotificationPreserves: true }
                && peer.GracefulRestart is { NotificationPreserves: true },
            Receive = Receive(ours, rules, peer, asn, families),
        };

    private static UpdateContext Receive(
        SpeakerOpen ours, scoped in PeerRules rules, PeerCapabilities peer, uint asn, ImmutableArray<AfiSafi> families)
    {
        ImmutableArray<AfiSafi> addPath = AddPath(families, ours.AddPath, AddPathMode.Receive, peer.AddPath, AddPathMode.Send);
        return new()
        {
            Internal = asn == ours.Asn,
            FourOctetAs = peer.FourOctetAs is not null,
            IPv4Unicast = families.Contains(AfiSafi.IPv4Unicast),
            IPv6Unicast = families.Contains(AfiSafi.IPv6Unicast),
            AddPathIPv4 = addPath.Contains(AfiSafi.IPv4Unicast),
            AddPathIPv6 = addPath.Contains(AfiSafi.IPv6Unicast),
            IPv4OverIPv6 = ours.ExtendedNextHops.Contains(ExtendedNextHopEntry.IPv4OverIPv6)
                && peer.ExtendedNextHops.Contains(ExtendedNextHopEntry.IPv4OverIPv6),
            DisableFamilies = rules.DisableFamilies,
        };
    }

    private static ImmutableArray<AfiSafi> Common(ImmutableArray<AfiSafi> ours, ImmutableArray<AfiSafi> theirs)
    {
        ImmutableArray<AfiSafi>.Builder common = ImmutableArray.CreateBuilder<AfiSafi>();
        foreach (AfiSafi family in ours)
        {
            if (theirs.Contains(family))
            {
                common.Add(family);
            }
        }

        return common.ToImmutable();
    }

    // RFC 7911 4: one side must be able to send, the other to receive.
    private static ImmutableArray<AfiSafi> AddPath(
        ImmutableArray<AfiSafi> families, ImmutableArray<AddPathEntry> ours, AddPathMode our, ImmutableArray<AddPathEntry> theirs, AddPathMode their)
    {
        ImmutableArray<AfiSafi>.Builder agreed = ImmutableArray.CreateBuilder<AfiSafi>();
        foreach (AfiSafi family in families)
        {
            if ((Mode(ours, family) & our) != 0 && (Mode(theirs, family) & their) != 0)
            {
                agreed.Add(family);
            }
        }

        return agreed.ToImmutable();
    }

    private static AddPathMode Mode(ImmutableArray<AddPathEntry> entries, AfiSafi family)
    {
        AddPathMode mode = AddPathMode.None;
        foreach (AddPathEntry entry in entries)
        {
            mode = entry.Family == family ? entry.Mode : mode;
        }

        return mode;
    }

    // RFC 5492 5: the capabilities that were missed, as we would send them.
    private static byte[] Demanded(ImmutableArray<AfiSafi> families)
    {
        byte[] octets = new byte[families.Length * 6];
        SpanWriter writer = new(octets);
        foreach (AfiSafi family in families)
        {
            _ = MultiprotocolCapability.TryWrite(ref writer, family);
        }

        return octets;
    }

    private static byte[] UInt16Octets(ushort value) => [(byte)(value >> 8), (byte)value];

    private static byte[] UInt32Octets(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
