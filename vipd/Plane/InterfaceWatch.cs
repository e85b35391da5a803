// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Plane;

/// <summary>Whether an interface counts as up: what is seen of it must last as long as its delays say.</summary>
internal sealed class InterfaceWatch(ProtocolPlane plane, string name, TimeSpan upDelay, TimeSpan downDelay) : Timed
{
    private DelayedState _state = new(upDelay, downDelay);

    public string Name { get; } = name;

    public TimeSpan UpDelay { get; } = upDelay;

    public TimeSpan DownDelay { get; } = downDelay;

    public TrackState State => _state.State;

    public MonoTime NextDeadline => _state.NextDeadline;

    /// <summary>What is seen now; true when what counts changed by it.</summary>
    public bool See(bool up, MonoTime now) => _state.Set(up ? TrackState.Up : TrackState.Down, now);

    public bool Step(MonoTime now) => _state.Step(now);

    public override void Fire(MonoTime now) => plane.OnDue(this, now);
}
