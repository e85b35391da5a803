// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Primitives;

/// <summary>
/// An instant on a monotonic clock, in nanoseconds since an origin that means nothing outside the process.
/// Everything that expires is reckoned in it; a change of the wall clock moves no deadline.
/// </summary>
public readonly record struct MonoTime(long Nanoseconds) : IComparable<MonoTime>
{
    private const long NanosecondsPerTick = 100;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Later than every instant a clock returns: the deadline of a timer that is not armed.</summary>
    public static MonoTime Never { get; } = new(long.MaxValue);

    /// <summary>The instant of a clock reading, given the clock's frequency in ticks per second, 1 to 9,000,000,000.</summary>
    public static MonoTime FromTimestamp(long timestamp, long frequency) =>
        frequency == NanosecondsPerSecond
            ? new(timestamp)
            : new((timestamp / frequency * NanosecondsPerSecond) + (timestamp % frequency * NanosecondsPerSecond / frequency));

    /// <summary>The earlier of two instants.</summary>
    public static MonoTime Min(MonoTime left, MonoTime right) => left < right ? left : right;

    /// <summary>The instant a span later; <see cref="Never"/> stays what it is, and nothing wraps past it.</summary>
    public static MonoTime operator +(MonoTime time, TimeSpan span)
    {
        if (time == Never)
        {
            return Never;
        }

        if (span.Ticks > long.MaxValue / NanosecondsPerTick)
        {
            return Never;
        }

        long nanoseconds = long.Max(span.Ticks, long.MinValue / NanosecondsPerTick) * NanosecondsPerTick;
        long sum = unchecked(time.Nanoseconds + nanoseconds);
        if ((sum < time.Nanoseconds) == (nanoseconds < 0))
        {
            return new(sum);
        }

        return nanoseconds < 0 ? new(long.MinValue) : Never;
    }

    /// <summary>The instant a span earlier.</summary>
    public static MonoTime operator -(MonoTime time, TimeSpan span) => time + -span;

    /// <summary>The span from the right to the left instant, to 100 ns.</summary>
    public static TimeSpan operator -(MonoTime left, MonoTime right) => new((left.Nanoseconds - right.Nanoseconds) / NanosecondsPerTick);

    /// <summary>Whether left is earlier.</summary>
    public static bool operator <(MonoTime left, MonoTime right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Whether left is later.</summary>
    public static bool operator >(MonoTime left, MonoTime right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Whether left is not later.</summary>
    public static bool operator <=(MonoTime left, MonoTime right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Whether left is not earlier.</summary>
    public static bool operator >=(MonoTime left, MonoTime right) => left.Nanoseconds >= right.Nanoseconds;

    /// <inheritdoc/>
    public int CompareTo(MonoTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Seconds since the clock's origin, for logs.</summary>
    public override string ToString() => this == Never
        ? "never"
        : string.Create(CultureInfo.InvariantCulture, $"{(double)Nanoseconds / 1_000_000_000:F6}s");
}
