// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vrrp.Tests;

public sealed class TrackingTests
{
    [Theory]
    [InlineData(0, false, TrackState.Up, 100, false)]
    [InlineData(0, false, TrackState.Down, 100, true)]
    [InlineData(0, false, TrackState.Unknown, 100, true)]
    [InlineData(0, true, TrackState.Up, 100, true)]
    [InlineData(0, true, TrackState.Down, 100, false)]
    [InlineData(20, false, TrackState.Up, 120, false)]
    [InlineData(20, false, TrackState.Down, 100, false)]
    [InlineData(20, false, TrackState.Unknown, 100, false)]
    [InlineData(-60, false, TrackState.Up, 100, false)]
    [InlineData(-60, false, TrackState.Down, 40, false)]
    [InlineData(-60, false, TrackState.Unknown, 100, false)]
    [InlineData(20, true, TrackState.Down, 120, false)]
    [InlineData(-60, true, TrackState.Up, 40, false)]
    [InlineData(253, false, TrackState.Up, 254, false)]
    [InlineData(-253, false, TrackState.Down, 1, false)]
    [InlineData(1000, false, TrackState.Up, 254, false)]
    public void Weight_AndState_MakeThePriority(short weight, bool reverse, TrackState state, byte priority, bool fault)
    {
        PriorityTracker tracker = new(100, new TrackWeight(weight, reverse));
        tracker.SetState(0, state);
        Assert.Equal((priority, fault, fault ? 0 : -1), (tracker.Effective, tracker.HasFault, tracker.FaultyItem));
    }

    [Fact]
    public void Weights_AddUpAndClampAtTheEnd()
    {
        PriorityTracker tracker = new(200, new TrackWeight(100), new TrackWeight(-150), new TrackWeight(0));
        Assert.True(tracker.HasFault);
        Assert.False(tracker.SetState(1, TrackState.Up));
        Assert.True(tracker.SetState(0, TrackState.Up));
        Assert.Equal(254, tracker.Effective);
        Assert.True(tracker.SetState(1, TrackState.Down));
        Assert.Equal(150, tracker.Effective);
        Assert.True(tracker.SetState(2, TrackState.Up));
        Assert.False(tracker.HasFault);
        Assert.True(tracker.SetBase(50));
        Assert.Equal(1, tracker.Effective);
    }

    [Fact]
    public void Owner_IsNeverAdjusted()
    {
        PriorityTracker tracker = new(255, new TrackWeight(-60));
        Assert.False(tracker.SetState(0, TrackState.Down));
        Assert.Equal(255, tracker.Effective);
    }

    [Theory]
    [InlineData(0, 0, 100, false)]
    [InlineData(0, 1, 100, true)]
    [InlineData(2, 10, 120, false)]
    [InlineData(2, -10, 80, false)]
    [InlineData(2, -127, 100, true)]
    [InlineData(-1, 300, 100, true)]
    [InlineData(1, 100000, 254, false)]
    public void File_NumberTimesWeight_IsAdded(short weight, int value, byte priority, bool fault)
    {
        PriorityTracker tracker = new(100, new TrackWeight(weight));
        tracker.SetValue(0, value);
        Assert.Equal((priority, fault), (tracker.Effective, tracker.HasFault));
    }

    [Theory]
    [InlineData(2, 3, false, "+", "Up")]
    [InlineData(2, 3, false, "-", "Down")]
    [InlineData(2, 3, true, "", "Down")]
    [InlineData(2, 3, true, "+", "Down")]
    [InlineData(2, 3, true, "++", "Up")]
    [InlineData(2, 3, false, "+--", "Up")]
    [InlineData(2, 3, false, "+---", "Down")]
    [InlineData(2, 3, false, "+--+--", "Up")]
    [InlineData(2, 3, false, "-+-+", "Down")]
    [InlineData(2, 3, false, "-++", "Up")]
    [InlineData(0, 0, false, "+-", "Down")]
    [InlineData(2, 3, false, "", "Unknown")]
    public void RiseFall_Results_MakeAVerdict(int rise, int fall, bool beginsFailed, string results, string expected)
    {
        RiseFall verdict = new(rise, fall, beginsFailed);
        foreach (char result in results)
        {
            verdict.Add(result == '+');
        }

        Assert.Equal(expected, verdict.State.ToString());
    }

    [Fact]
    public void Check_RunsInStepAndIsEndedWhenItHangs()
    {
        MonoTime now = new(0);
        TimeSpan second = TimeSpan.FromSeconds(1);
        CheckSchedule check = new(2 * second, second * 3, new RiseFall(1, 2), now);
        Assert.Equal(CheckAction.Run, check.Step(now));
        Assert.Equal(CheckAction.None, check.Step(now + second));
        Assert.True(check.Finish(success: true));
        Assert.Equal(now + (2 * second), check.NextDeadline);
        now += 2 * second;
        Assert.Equal(CheckAction.Run, check.Step(now));
        Assert.Equal(now + (3 * second), check.NextDeadline);
        now += 3 * second;
        Assert.Equal(CheckAction.Kill, check.Step(now));
        Assert.Equal((1, TrackState.Up), (check.Timeouts, check.State));
        Assert.False(check.Finish(success: true));
        Assert.Equal(CheckAction.Run, check.Step(now));
        Assert.True(check.Finish(success: false));
        Assert.Equal(TrackState.Down, check.State);
        Assert.Equal(CheckAction.None, check.Step(now));
    }

    [Fact]
    [Trait("Scenario", "FI-04")]
    public void DelayedState_Flapping_CountsOnlyWhatLasts()
    {
        MonoTime now = new(0);
        DelayedState link = new(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(50));
        Assert.True(link.Set(TrackState.Up, now));
        for (int i = 0; i < 100; i++)
        {
            now += TimeSpan.FromMilliseconds(10);
            Assert.False(link.Set(i % 2 == 0 ? TrackState.Down : TrackState.Up, now));
        }

        Assert.Equal((TrackState.Up, MonoTime.Never), (link.State, link.NextDeadline));
        Assert.False(link.Set(TrackState.Down, now));
        Assert.True(link.Step(now + TimeSpan.FromMilliseconds(50)));
        Assert.False(link.Set(TrackState.Up, now + TimeSpan.FromSeconds(1)));
        Assert.False(link.Step(now + TimeSpan.FromSeconds(2.9)));
        Assert.True(link.Step(now + TimeSpan.FromSeconds(3)));
    }
}
