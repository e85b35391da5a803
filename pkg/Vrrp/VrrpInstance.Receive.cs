// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <content>Messages: judged first (RFC 9568 7.1), and only what passes reaches the table.</content>
public sealed partial class VrrpInstance
{
    private static readonly int DiscardReasons = Enum.GetValues<VrrpDiscard>().Length;
    private long[]? _discards;

    private VrrpDiscard Receive(VrrpPacket packet, in VrrpArrival arrival, MonoTime now, IVrrpSink sink)
    {
        VrrpDiscard reason = Judge(packet, arrival);
        if (reason == VrrpDiscard.None)
        {
            _counters.Received++;
            Note(packet, arrival.Source, now, sink);
            reason = Act(packet, arrival.Source, now, sink);
        }
        else
        {
            NoteDiscarded(reason, arrival.Source, now, sink);
        }

        if (reason != VrrpDiscard.None)
        {
            _discards ??= new long[DiscardReasons];
            _discards[(int)reason]++;
        }

        return reason;
    }

    private VrrpDiscard Judge(VrrpPacket packet, in VrrpArrival arrival)
    {
        if (packet.Family != Key.Family || packet.VirtualRouterId != Key.VirtualRouterId)
        {
            return VrrpDiscard.UnknownRouter;
        }

        if (State == VrrpState.Initialize)
        {
            // Somebody has taken over, so our farewell was heard: its repetition could only do harm.
            _farewellAt = packet.Priority > 0 && arrival.Source != _source ? MonoTime.Never : _farewellAt;
            return VrrpDiscard.NotRunning;
        }

        VrrpDiscard reason = JudgePath(arrival);
        return reason == VrrpDiscard.None ? JudgeContent(packet) : reason;
    }

    private VrrpDiscard JudgePath(in VrrpArrival arrival)
    {
        IpAddr source = arrival.Source;
        if (source.Family != Key.Family || source.IsUnspecified || source.IsMulticast || source.IsLoopback)
        {
            return VrrpDiscard.BadSource;
        }

        if (source == _source)
        {
            return VrrpDiscard.OwnSource;
        }

        return Parameters.IsUnicast ? JudgeUnicast(arrival) : JudgeMulticast(arrival);
    }

    private VrrpDiscard JudgeUnicast(in VrrpArrival arrival)
    {
        if (arrival.Destination != _source)
        {
            return VrrpDiscard.NotToUs;
        }

        for (int i = 0; i < Parameters.Peers.Count; i++)
        {
            UnicastPeer peer = Parameters.Peers[i];
            if (peer.Address == arrival.Source)
            {
                return arrival.HopLimit < peer.MinimumHopLimit ? VrrpDiscard.HopLimitTooLow : VrrpDiscard.None;
            }
        }

        return !Parameters.Policy.AcceptUnknownPeers ? VrrpDiscard.UnknownPeer
            : arrival.HopLimit < VrrpWire.FullHopLimit ? VrrpDiscard.HopLimitTooLow
            : VrrpDiscard.None;
    }

    private VrrpDiscard JudgeMulticast(in VrrpArrival arrival)
    {
        if (arrival.HopLimit != VrrpWire.FullHopLimit)
        {
            return VrrpDiscard.HopLimitTooLow;
        }

        if (arrival.Destination != Parameters.Destination)
        {
            return VrrpDiscard.NotToGroup;
        }

        if (Key.Family == IpFamily.IPv6)
        {
            return arrival.Source.IsLinkLocal ? VrrpDiscard.None : VrrpDiscard.SourceNotLinkLocal;
        }

        int hostBits = 32 - Math.Min(_prefixLength, (byte)32);
        bool near = (arrival.Source.Value >> hostBits) == (_source.Value >> hostBits);
        return near || Parameters.Policy.AcceptOffSubnet ? VrrpDiscard.None : VrrpDiscard.OffSubnet;
    }

    private VrrpDiscard JudgeContent(VrrpPacket packet)
    {
        if (packet.Version != Parameters.Version)
        {
            return VrrpDiscard.WrongVersion;
        }

        if (packet.Version == VrrpVersion.V2)
        {
            VrrpDiscard reason = JudgeVersion2(packet);
            if (reason != VrrpDiscard.None)
            {
                return reason;
            }
        }

        return Parameters.IsOwner && Parameters.Policy.OwnerIgnoresAdvertisements ? VrrpDiscard.OwnerIgnores : VrrpDiscard.None;
    }

    private VrrpDiscard JudgeVersion2(VrrpPacket packet)
    {
        byte type = Parameters.Password is null ? (byte)VrrpAuthenticationType.None : (byte)VrrpAuthenticationType.SimpleText;
        if (packet.AuthenticationType != type)
        {
            return VrrpDiscard.AuthenticationTypeMismatch;
        }

        // All eight octets count, those behind a zero too (RFC 2338 5.3.10 as keepalived reads it).
        if (Parameters.Password is { } password && packet.Password != password)
        {
            return VrrpDiscard.AuthenticationFailed;
        }

        return packet.Centiseconds != Parameters.Centiseconds ? VrrpDiscard.IntervalMismatch : VrrpDiscard.None;
    }

    private VrrpDiscard Act(VrrpPacket packet, IpAddr source, MonoTime now, IVrrpSink sink)
    {
        if (packet.Priority == 0)
        {
            return ActOnFarewell(source, now, sink);
        }

        _farewellAt = _manual == ManualMode.Yielding && source != _yieldTo ? _farewellAt : MonoTime.Never;
        VrrpInput input = Classify(packet, source, now);
        if (State == VrrpState.Master)
        {
            if (input is VrrpInput.Superior or VrrpInput.YieldAnswered)
            {
                VrrpReason why = input == VrrpInput.YieldAnswered ? VrrpReason.Yielded : VrrpReason.SuperiorHeard;
                Learn(packet);
                bool deferring = input == VrrpInput.YieldAnswered;
                React(input, why, now, sink, source);
                _manual = deferring ? ManualMode.Deferring : _manual;
                FollowMaster(source, sink);
            }
            else
            {
                React(input, default, now, sink, source);
            }

            return VrrpDiscard.None;
        }

        if (input == VrrpInput.Inferior)
        {
            _heardInferior = true;
            return VrrpDiscard.InferiorPriority;
        }

        Learn(packet);
        WantsMaster = false;
        _heardInferior = false;
        React(input, default, now, sink, source);
        FollowMaster(source, sink);
        return VrrpDiscard.None;
    }

    private VrrpDiscard ActOnFarewell(IpAddr source, MonoTime now, IVrrpSink sink)
    {
        if (State == VrrpState.Backup && _hasMaster && source != _master)
        {
            return VrrpDiscard.ForeignFarewell;
        }

        _counters.FarewellsReceived++;
        _heardFarewell = State == VrrpState.Backup;
        React(VrrpInput.Farewell, default, now, sink, source);
        return VrrpDiscard.None;
    }

    private VrrpInput Classify(VrrpPacket packet, IpAddr source, MonoTime now)
    {
        if (State == VrrpState.Master && _manual == ManualMode.Yielding && source == _yieldTo)
        {
            return VrrpInput.YieldAnswered;
        }

        byte own = EffectivePriority;
        if (packet.Priority >= own)
        {
            _preemptAt = MonoTime.Never;
            return packet.Priority > own || source > _source ? VrrpInput.Superior : VrrpInput.Equal;
        }

        return State == VrrpState.Backup && IsLetBe(now) ? VrrpInput.InferiorTolerated : VrrpInput.Inferior;
    }

    // The delay runs from the first advertisement of a lower master; one that dies meanwhile is missed by its own timer.
    private bool IsLetBe(MonoTime now)
    {
        bool preempts = Parameters.IsOwner || Parameters.Policy.Preempt;
        if (!preempts || _manual == ManualMode.Deferring)
        {
            return true;
        }

        if (Parameters.IsOwner || Parameters.Policy.PreemptDelay == TimeSpan.Zero)
        {
            return false;
        }

        _preemptAt = _preemptAt == MonoTime.Never ? now + Parameters.Policy.PreemptDelay : _preemptAt;
        return now < _preemptAt;
    }

    // RFC 9568 6.4.2: the master's interval is everybody's; version 2 has learned nothing here unless the policy lets it.
    private void Learn(VrrpPacket packet) => _masterCentiseconds = (ushort)packet.Centiseconds;

    private void FollowMaster(IpAddr source, IVrrpSink sink)
    {
        _heardFarewell = false;
        if (_hasMaster && _master == source)
        {
            return;
        }

        _hasMaster = true;
        _master = source;
        sink.Tell(this, new VrrpNotice(VrrpNoticeKind.MasterChanged) { Peer = source });
    }
}
