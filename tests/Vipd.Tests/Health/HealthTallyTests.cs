// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Vipd.Health;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tests.Health;

public sealed class HealthTallyTests
{
    // Answers are letters, + and -; the expected row is the state after each.
    [Theory]
    [InlineData(TrackState.Up, 1, 3, "--+---", "UUUUUD")]
    [InlineData(TrackState.Up, 2, 1, "-+-++-", "DDDDUD")]
    [InlineData(TrackState.Down, 3, 1, "++-+++", "DDDDDU")]
    [InlineData(TrackState.Unknown, 3, 3, "-+++", "DDDU")]
    [InlineData(TrackState.Unknown, 3, 3, "+--+---", "UUUUUUD")]
    public void Answers_InARow_MakeTheVerdict(TrackState begin, int rise, int fall, string answers, string states)
    {
        HealthTally tally = new(rise, fall, begin);
        string seen = "";
        foreach (char answer in answers)
        {
            TrackState before = tally.State;
            bool turned = tally.Add(answer == '+');
            Assert.Equal(before != tally.State, turned);
            seen += tally.State == TrackState.Up ? 'U' : 'D';
        }

        Assert.Equal(states, seen);
    }

    [Fact]
    public void Wavering_OnlyWhileUpAndFailing()
    {
        HealthTally tally = new(1, 2, TrackState.Up);
        Assert.False(tally.IsWavering);
        tally.Add(false);
        Assert.True(tally.IsWavering);
        tally.Add(true);
        Assert.False(tally.IsWavering);
        tally.Add(false);
        tally.Add(false);
        Assert.False(tally.IsWavering);
    }
}
