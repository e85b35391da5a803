// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Health;

/// <summary>What came of asking once.</summary>
internal readonly record struct ProbeAnswer(bool IsUp, string Words, int? Weight = null)
{
    public static ProbeAnswer Up(string words) => new(true, words);

    public static ProbeAnswer Down(string words) => new(false, words);
}
