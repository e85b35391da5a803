// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Lab.Native;

namespace LoadBalancer.Lab.Probes;

/// <summary>Wakes the calling thread at fixed instants of the monotonic clock; being late once does not shift the rest.</summary>
internal sealed class Pacer(TimeSpan interval)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly long _interval = (long)interval.TotalNanoseconds;

    // Stopwatch reads CLOCK_MONOTONIC in nanoseconds on Linux: its ticks are the sleep's clock.
    private long _next = Stopwatch.GetTimestamp();

    internal void WaitForNext()
    {
        _next += _interval;
        var until = new Libc.TimeSpec { Seconds = _next / NanosecondsPerSecond, Nanoseconds = _next % NanosecondsPerSecond };
        _ = Libc.Sleep(Libc.ClockMonotonic, Libc.TimerAbsolute, in until, 0);
    }

    /// <summary>Asks for real-time scheduling of the calling thread; false where that is not permitted.</summary>
    internal static bool TryRealTime() => Libc.SetScheduler(0, Libc.ScheduleRoundRobin, 10) == 0;
}
