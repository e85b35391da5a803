// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Testing;

/// <summary>
/// The one manual clock: time stands still until a test moves it, and timers that fall due on the way fire in order of
/// their deadline, each at its own instant, on the thread that moves the clock.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<ManualTimer, (long DueNanoseconds, long Sequence)> _timers = new();
    private long _nowNanoseconds;
    private long _sequence;

    /// <summary>The wall clock at the origin; it advances with the monotonic one unless a test makes it jump.</summary>
    public DateTimeOffset WallClockOrigin { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The present instant.</summary>
    public MonoTime Now => new(Interlocked.Read(ref _nowNanoseconds));

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _nowNanoseconds);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => WallClockOrigin + new TimeSpan(GetTimestamp() / 100);

    /// <summary>Moves the clock and fires what falls due.</summary>
    public void Advance(TimeSpan span)
    {
        long target = GetTimestamp() + (span.Ticks * 100);
        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }

        Interlocked.Exchange(ref _nowNanoseconds, target);
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(long target)
    {
        lock (_gate)
        {
            while (_timers.TryPeek(out ManualTimer? timer, out var key) && key.DueNanoseconds <= target)
            {
                _timers.Dequeue();
                if (timer.Generation == key.Sequence)
                {
                    Interlocked.Exchange(ref _nowNanoseconds, Math.Max(_nowNanoseconds, key.DueNanoseconds));
                    return timer;
                }
            }

            return null;
        }
    }

    private long Schedule(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            long sequence = ++_sequence;
            _timers.Enqueue(timer, (_nowNanoseconds + (Math.Max(0, dueTime.Ticks) * 100), sequence));
            return sequence;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, Action callback) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        // A queue entry whose sequence is not this one was overtaken by Change or Dispose.
        public long Generation { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Generation = -1;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Generation = clock.Schedule(this, dueTime);
            }

            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                Generation = clock.Schedule(this, _period);
            }

            callback();
        }

        public void Dispose() => Generation = -1;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
