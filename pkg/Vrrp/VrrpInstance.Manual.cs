// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <content>Failover by hand.</content>
public sealed partial class VrrpInstance
{
    /// <summary>Time for a chosen node to claim over multicast, at least: it may have to be told by other means first.</summary>
    private static readonly TimeSpan YieldPatience = TimeSpan.FromSeconds(5);

    private IpAddr _yieldTo;
    private MonoTime _yieldUntil = MonoTime.Never;
    private ManualMode _manual;

    private void OnYield(in VrrpEvent input, MonoTime now, IVrrpSink sink)
    {
        if (State != VrrpState.Master)
        {
            _manual = State == VrrpState.Backup ? ManualMode.Deferring : _manual;
            return;
        }

        if (!input.IsOn)
        {
            _manual = ManualMode.Deferring;
            React(VrrpInput.Yield, VrrpReason.Yielded, now, sink);
            return;
        }

        _manual = ManualMode.Yielding;
        _yieldTo = input.Address;
        TimeSpan patience = Parameters.IsUnicast || MasterDownInterval > YieldPatience ? MasterDownInterval : YieldPatience;
        _yieldUntil = now + patience;
        if (Parameters.IsUnicast && HasPeer(_yieldTo))
        {
            StartFarewells(now, sink);
        }
    }

    private void EndYield(MonoTime now, IVrrpSink sink)
    {
        _yieldUntil = MonoTime.Never;
        _manual = ManualMode.None;
        sink.Tell(this, new VrrpNotice(VrrpNoticeKind.YieldUnanswered) { Peer = _yieldTo });
        // The chosen node heard our farewell, if it lives: it must hear that we are still there.
        React(VrrpInput.AdvertisementDue, default, now, sink);
    }

    private void OnClaim(MonoTime now, IVrrpSink sink)
    {
        if (State == VrrpState.Initialize)
        {
            return;
        }

        _manual = ManualMode.Claimed;
        _yieldUntil = MonoTime.Never;
        React(VrrpInput.Claim, VrrpReason.Claimed, now, sink);
    }

    private void OnRelease(MonoTime now)
    {
        TimeSpan before = SkewTime;
        bool wasYielding = _manual == ManualMode.Yielding;
        _manual = ManualMode.None;
        _yieldUntil = MonoTime.Never;
        _farewellAt = wasYielding ? MonoTime.Never : _farewellAt;
        if (State == VrrpState.Backup)
        {
            _deadline = MonoTime.Min(_deadline + (SkewTime - before), now + MasterDownInterval);
        }
    }

    // Who loses mastership, for whatever reason, has nothing left to claim, and gives nothing away any more.
    private void EndClaim()
    {
        _manual = _manual == ManualMode.Deferring ? ManualMode.Deferring : ManualMode.None;
        _yieldUntil = MonoTime.Never;
    }

    private bool HasPeer(IpAddr address)
    {
        for (int i = 0; i < Parameters.Peers.Count; i++)
        {
            if (Parameters.Peers[i].Address == address)
            {
                return true;
            }
        }

        return false;
    }
}
