// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tracking;

/// <summary>
/// A state that must last before it counts, with a time of its own for up and for down: a flapping link. The very first counts
/// at once.
/// </summary>
public struct DelayedState(TimeSpan upDelay, TimeSpan downDelay)
{
    private TrackState _seen;

    /// <summary>What counts.</summary>
    public TrackState State { get; private set; }

    /// <summary>When to step it.</summary>
    public MonoTime NextDeadline { get; private set; } = MonoTime.Never;

    /// <summary>Takes what is seen now; true when what counts changed by it.</summary>
    public bool Set(TrackState seen, MonoTime now)
    {
        if (seen != _seen)
        {
            _seen = seen;
            TimeSpan delay = State == TrackState.Unknown ? TimeSpan.Zero : seen == TrackState.Up ? upDelay : downDelay;
            NextDeadline = seen == State ? MonoTime.Never : now + delay;
        }

        return Step(now);
    }

    /// <summary>The time moved on; true when what counts changed by it.</summary>
    public bool Step(MonoTime now)
    {
        if (now < NextDeadline || NextDeadline == MonoTime.Never)
        {
            return false;
        }

        NextDeadline = MonoTime.Never;
        State = _seen;
        return true;
    }
}
