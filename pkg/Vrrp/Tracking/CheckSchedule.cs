// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tracking;

/// <summary>
/// A check that runs at an interval, a script or a probe: when to run it, when it has taken too long, and what its results
/// amount to. Two runs never overlap; a run that outlasts the interval delays the next.
/// </summary>
public sealed class CheckSchedule
{
    private readonly TimeSpan _interval;
    private readonly TimeSpan _timeout;
    private RiseFall _verdict;
    private MonoTime _nextRun;
    private MonoTime _killAt = MonoTime.Never;

    /// <summary>A check whose first run is due at once.</summary>
    public CheckSchedule(TimeSpan interval, TimeSpan timeout, RiseFall verdict, MonoTime now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        _interval = interval;
        _timeout = timeout;
        _verdict = verdict;
        _nextRun = now;
    }

    /// <summary>What the results amount to.</summary>
    public TrackState State => _verdict.State;

    /// <summary>Whether a run is under way.</summary>
    public bool IsRunning => _killAt != MonoTime.Never;

    /// <summary>When to step it.</summary>
    public MonoTime NextDeadline => IsRunning ? _killAt : _nextRun;

    /// <summary>Runs that were ended because they took too long.</summary>
    public long Timeouts { get; private set; }

    /// <summary>The time moved on; early or twice is harmless. After Kill, the state may have changed.</summary>
    public CheckAction Step(MonoTime now)
    {
        if (IsRunning)
        {
            if (now < _killAt)
            {
                return CheckAction.None;
            }

            Timeouts++;
            _killAt = MonoTime.Never;
            _ = _verdict.Add(success: false);
            return CheckAction.Kill;
        }

        if (now < _nextRun)
        {
            return CheckAction.None;
        }

        _killAt = now + _timeout;
        // In step with the clock, unless whole intervals were missed.
        MonoTime regular = _nextRun + _interval;
        _nextRun = regular > now ? regular : now + _interval;
        return CheckAction.Run;
    }

    /// <summary>A run finished; true when the state changed by it. A run that was killed counts no more.</summary>
    public bool Finish(bool success)
    {
        if (!IsRunning)
        {
            return false;
        }

        _killAt = MonoTime.Never;
        return _verdict.Add(success);
    }
}
