// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Testing;

namespace LoadBalancer.Primitives.Tests;

public sealed class MonoTimeTests
{
    [Fact]
    public void Never_PlusAnything_StaysNever()
    {
        Assert.Equal(MonoTime.Never, MonoTime.Never + TimeSpan.FromDays(-1));
        Assert.Equal(MonoTime.Never, new MonoTime(long.MaxValue - 5) + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Instant_PlusOrMinusTooMuch_StopsAtTheEnds()
    {
        MonoTime now = new(7);
        Assert.Equal(MonoTime.Never, now + TimeSpan.MaxValue);
        Assert.Equal(MonoTime.Never, now + TimeSpan.FromTicks(long.MaxValue / 100));
        Assert.Equal(new MonoTime(long.MinValue), new MonoTime(-2_000_000_000) - TimeSpan.FromTicks((long.MaxValue / 100) - 1));
        Assert.True(now + TimeSpan.MinValue < new MonoTime(-1_000_000_000_000_000_000));
        Assert.Equal((new MonoTime(107), new MonoTime(-93), now), (now + TimeSpan.FromTicks(1), now - TimeSpan.FromTicks(1), now + TimeSpan.Zero));
    }

    [Fact]
    public void FromTimestamp_ScalesToNanosecondsWithoutOverflow()
    {
        Assert.Equal(1_500_000_000, MonoTime.FromTimestamp(15_000_000, 10_000_000).Nanoseconds);
        Assert.Equal(4_000_000_000_000_000_000, MonoTime.FromTimestamp(4_000_000_000_000, 1_000).Nanoseconds);
    }

    [Fact]
    public void ManualClock_Advance_FiresTimersInOrderAtTheirOwnInstant()
    {
        ManualTimeProvider clock = new();
        List<(string Name, MonoTime At)> fired = [];
        using ITimer late = clock.CreateTimer(_ => fired.Add(("late", clock.Now)), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        using ITimer early = clock.CreateTimer(_ => fired.Add(("early", clock.Now)), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        using ITimer never = clock.CreateTimer(_ => fired.Add(("never", clock.Now)), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        never.Dispose();
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal([("early", new MonoTime(1_000_000_000)), ("late", new(2_000_000_000)), ("early", new(3_000_000_000))], fired);
        Assert.Equal(new MonoTime(3_000_000_000), clock.Now);
    }
}
