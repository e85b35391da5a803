// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Vipd.Forwarding;

namespace LoadBalancer.Vipd.Tests.Forwarding;

public sealed class QuorumTests
{
    // A row of weights that are up, and what each of them changes: gained, lost or nothing.
    [Theory]
    [InlineData(1, 0, "3 1 0 0 1", "G.L.G")]
    [InlineData(1, 0, "0 1", "LG")]
    [InlineData(4, 2, "4 3 2 1 2 4 5 6", "G..L...G")]
    [InlineData(4, 2, "3 5 6", "..G")]
    [InlineData(4, 2, "1 6", "LG")]
    [InlineData(2, 0, "2 1 2", "GLG")]
    [InlineData(0, 0, "1 0 1", "GLG")]
    [InlineData(1_000_000, 999_999, "1000000 2 1 0", "G..L")]
    public void Weights_InARow_GainAndLose(int quorum, int hysteresis, string weights, string changes)
    {
        Quorum judged = new();
        string seen = "";
        foreach (string weight in weights.Split(' '))
        {
            seen += judged.Judge(long.Parse(weight, null), quorum, hysteresis) switch
            {
                QuorumChange.Gained => 'G',
                QuorumChange.Lost => 'L',
                QuorumChange.None => '.',
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            Assert.Equal(seen.Replace(".", "", StringComparison.Ordinal).EndsWith('G'), judged.IsReached);
        }

        Assert.Equal(changes, seen);
    }
}
