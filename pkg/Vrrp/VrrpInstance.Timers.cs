// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <content>Deadlines: what is due, and what came too late.</content>
public sealed partial class VrrpInstance
{
    private MonoTime _announceAt = MonoTime.Never;
    private MonoTime _announceStart;
    private byte _round;

    private void CheckFence(MonoTime now, IVrrpSink sink)
    {
        if (State == VrrpState.Master && now - _lastAdvertisement > FenceAfter)
        {
            VrrpReason reason = _failed ? VrrpReason.SendFailing : VrrpReason.Overslept;
            React(VrrpInput.MasterOverslept, reason, now, sink, late: now - _deadline);
        }
    }

    private void OnTimer(MonoTime now, IVrrpSink sink)
    {
        if (_farewellAt <= now)
        {
            RepeatFarewell(now, sink);
        }

        if (_yieldUntil <= now)
        {
            EndYield(now, sink);
        }

        if (_deadline <= now)
        {
            OnDeadline(now, sink);
        }

        if (_announceAt <= now)
        {
            AnnounceDue(now, sink);
        }
    }

    private void OnDeadline(MonoTime now, IVrrpSink sink)
    {
        if (State == VrrpState.Master)
        {
            React(VrrpInput.AdvertisementDue, default, now, sink);
        }
        else if (now - _deadline > MasterDownInterval)
        {
            React(VrrpInput.BackupOverslept, default, now, sink, late: now - _deadline);
        }
        else
        {
            VrrpReason reason = _heardFarewell ? VrrpReason.MasterResigned
                : _heardInferior ? VrrpReason.Preempted
                : VrrpReason.MasterSilent;
            React(Parameters.Grouped ? VrrpInput.MasterDownInGroup : VrrpInput.MasterDown, reason, now, sink);
        }
    }

    private void StartAnnouncing(MonoTime now, IVrrpSink sink)
    {
        _announceStart = now;
        _round = 0;
        AnnounceDue(now, sink);
    }

    // Rounds that were missed are made up for by one.
    private void AnnounceDue(MonoTime now, IVrrpSink sink)
    {
        VrrpPolicy policy = Parameters.Policy;
        bool refresh = _round >= policy.Announcements.Count;
        _counters.Announcements++;
        sink.Do(this, new VrrpCommand(VrrpCommandKind.Announce)
        {
            Repeat = refresh ? policy.RefreshRepeat : (byte)1,
            IsRefresh = refresh,
        });
        while (_round < policy.Announcements.Count && _announceStart + policy.Announcements[_round] <= now)
        {
            _round++;
        }

        _announceAt = _round < policy.Announcements.Count ? _announceStart + policy.Announcements[_round]
            : policy.Refresh > TimeSpan.Zero ? now + policy.Refresh
            : MonoTime.Never;
    }
}
