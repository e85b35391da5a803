// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <content>What each answer of the table means.</content>
public sealed partial class VrrpInstance
{
    /// <summary>Between two answers out of turn: a flood of low priorities must not become a flood of ours.</summary>
    private static readonly TimeSpan AssertSpacing = TimeSpan.FromMilliseconds(100);

    private IpAddr _master;
    private MonoTime _preemptAt = MonoTime.Never;
    private MonoTime _assertedAt = new(long.MinValue / 2);
    private bool _hasMaster;
    private bool _heardFarewell;
    private bool _heardInferior;

    private void React(VrrpInput input, VrrpReason reason, MonoTime now, IVrrpSink sink, IpAddr peer = default, TimeSpan late = default)
    {
        switch (VrrpTable.React(State, input))
        {
            case VrrpReaction.Ignore:
                break;
            case VrrpReaction.EnterBackup:
                sink.Do(this, new VrrpCommand(VrrpCommandKind.LetGo));
                ToBackup(reason, MasterDownIntervalAlone(), now, sink, peer, late);
                break;
            case VrrpReaction.EnterMaster:
                ToMaster(reason, now, sink);
                break;
            case VrrpReaction.Leave:
                ToInitialize(reason, now, sink);
                break;
            case VrrpReaction.Follow:
                _deadline = now + MasterDownInterval;
                break;
            case VrrpReaction.AwaitSkew:
                // The repetition of a farewell must not push the takeover back.
                _deadline = MonoTime.Min(_deadline, now + SkewTime);
                break;
            case VrrpReaction.AwaitGroup:
                _deadline = MonoTime.Never;
                AskGroup(sink);
                break;
            case VrrpReaction.ListenAgain:
                _deadline = now + ListenTime;
                sink.Tell(this, new VrrpNotice(VrrpNoticeKind.Overslept) { Late = late });
                break;
            case VrrpReaction.Advertise:
                Advertise(now, sink);
                break;
            case VrrpReaction.Assert:
                Assert(input, now, sink);
                break;
            case VrrpReaction.GiveWay:
                sink.Do(this, new VrrpCommand(VrrpCommandKind.LetGo));
                ToBackup(reason, MasterDownInterval, now, sink, peer, late);
                break;
            case VrrpReaction.Fence:
                // Nothing is sent: another node may be master, and two that answer are worse than none.
                sink.Do(this, new VrrpCommand(VrrpCommandKind.LetGo));
                _counters.Fenced++;
                ToBackup(reason, reason == VrrpReason.SendFailing ? MasterDownIntervalAlone() : ListenTime, now, sink, peer, late);
                break;
            case VrrpReaction.StepAside:
                SayFarewell(now, sink);
                sink.Do(this, new VrrpCommand(VrrpCommandKind.LetGo));
                ToBackup(reason, MasterDownIntervalAlone(), now, sink, peer, late);
                break;
            case VrrpReaction.Resign:
                SayFarewell(now, sink);
                sink.Do(this, new VrrpCommand(VrrpCommandKind.LetGo));
                ToInitialize(reason, now, sink);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Long enough to hear a living master once.</summary>
    private TimeSpan ListenTime => MasterInterval + SkewTime;

    // Before a master is heard its interval is taken to be ours (RFC 9568 6.4.1).
    private TimeSpan MasterDownIntervalAlone()
    {
        _masterCentiseconds = (ushort)Parameters.Centiseconds;
        return MasterDownInterval;
    }

    private void ToMaster(VrrpReason reason, MonoTime now, IVrrpSink sink)
    {
        bool unanswered = _manual == ManualMode.Deferring && !_hasMaster;
        _manual = _manual == ManualMode.Deferring ? ManualMode.None : _manual;
        _masterCentiseconds = (ushort)Parameters.Centiseconds;
        VrrpState from = Enter(VrrpState.Master, reason, now);
        _counters.BecameMaster++;
        _farewellAt = MonoTime.Never;
        _lastAdvertisement = now;
        // The advertisement goes first: it is what keeps every other node from taking over too.
        Advertise(now, sink);
        sink.Do(this, new VrrpCommand(VrrpCommandKind.Hold));
        StartAnnouncing(now, sink);
        Tell(from, reason, sink, default, default);
        if (unanswered)
        {
            sink.Tell(this, new VrrpNotice(VrrpNoticeKind.YieldUnanswered));
        }
    }

    private void ToBackup(VrrpReason reason, TimeSpan patience, MonoTime now, IVrrpSink sink, IpAddr peer, TimeSpan late)
    {
        EndClaim();
        VrrpState from = Enter(VrrpState.Backup, reason, now);
        _deadline = now + patience;
        Tell(from, reason, sink, peer, late);
    }

    private void ToInitialize(VrrpReason reason, MonoTime now, IVrrpSink sink)
    {
        EndClaim();
        _manual = ManualMode.None;
        _masterCentiseconds = (ushort)Parameters.Centiseconds;
        VrrpState from = Enter(VrrpState.Initialize, reason, now);
        _deadline = MonoTime.Never;
        Tell(from, reason, sink, default, default);
    }

    private VrrpState Enter(VrrpState state, VrrpReason reason, MonoTime now)
    {
        VrrpState from = State;
        State = state;
        Since = now;
        Reason = reason;
        WantsMaster = false;
        _hasMaster = false;
        _heardFarewell = false;
        _heardInferior = false;
        _preemptAt = MonoTime.Never;
        _announceAt = MonoTime.Never;
        return from;
    }

    private void Tell(VrrpState from, VrrpReason reason, IVrrpSink sink, IpAddr peer, TimeSpan late) =>
        sink.Tell(this, new VrrpNotice(VrrpNoticeKind.StateChanged) { From = from, To = State, Reason = reason, Peer = peer, Late = late });

    private void AskGroup(IVrrpSink sink)
    {
        bool asked = WantsMaster;
        WantsMaster = true;
        if (!asked)
        {
            sink.Tell(this, new VrrpNotice(VrrpNoticeKind.WantsMaster));
        }
    }

    // RFC 9568 6.4.3 answers a lower priority at once, so that bridges learn again where the master is.
    private void Assert(VrrpInput input, MonoTime now, IVrrpSink sink)
    {
        bool challenged = input is not (VrrpInput.Farewell or VrrpInput.Claim);
        if ((challenged && !Parameters.Policy.Assert) || now - _assertedAt < AssertSpacing)
        {
            return;
        }

        _assertedAt = now;
        _counters.Asserted++;
        MonoTime cadence = _deadline;
        Advertise(now, sink);
        if (challenged)
        {
            // An answer is beside the cadence; only a farewell starts the timer again.
            _deadline = cadence;
            // Hosts may have learned the other's hardware address; a schedule that still runs reaches them anyway.
            if (_round >= Parameters.Policy.Announcements.Count)
            {
                StartAnnouncing(now, sink);
            }
        }
    }
}
