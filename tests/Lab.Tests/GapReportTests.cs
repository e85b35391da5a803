// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Probes;

namespace LoadBalancer.Lab.Tests;

public sealed class GapReportTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0, 0, 10)]
    [InlineData(4, 0, 10, 14, 20)]
    [InlineData(7, 0, 10, 17, 20, 21, 30)]
    [InlineData(9, 0, 10, 11, 20, 29, 30)]
    public void Handover_IsTheLongestChangeOfWhoAnswers(int expected, params int[] turns)
    {
        GapReport report = new()
        {
            Sent = 100,
            Received = 100,
            LongestSilence = TimeSpan.FromMilliseconds(50),
            SilenceBegan = TimeSpan.Zero,
            Recovered = true,
            LongestSendPause = TimeSpan.Zero,
            RealTime = true,
            Answerers = [.. turns.Chunk(2).Select(static (t, i) => new AnswerStretch("node-" + (i % 2), TimeSpan.FromMilliseconds(t[0]), TimeSpan.FromMilliseconds(t[1]), 1))],
        };

        Assert.Equal(TimeSpan.FromMilliseconds(expected), report.Handover);
    }
}
