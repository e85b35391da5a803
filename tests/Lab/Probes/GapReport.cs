// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace LoadBalancer.Lab.Probes;

/// <summary>A stretch of answers by one node.</summary>
/// <param name="Node">Name in the answers.</param>
/// <param name="From">First answer, since the start of the probe.</param>
/// <param name="To">Last answer, since the start of the probe.</param>
/// <param name="Answers">Number of answers.</param>
public sealed record AnswerStretch(string Node, TimeSpan From, TimeSpan To, int Answers);

/// <summary>What a client saw of a service.</summary>
public sealed record GapReport
{
    public required int Sent { get; init; }

    public required int Received { get; init; }

    /// <summary>Requests without an answer. Those on the way when the probe stopped were waited for.</summary>
    public int Lost => Sent - Received;

    /// <summary>Longest time without an answer, from the first answer (or the start, when none came) to the end.</summary>
    public required TimeSpan LongestSilence { get; init; }

    /// <summary>When that silence began, since the start of the probe.</summary>
    public required TimeSpan SilenceBegan { get; init; }

    /// <summary>Whether an answer ended the longest silence.</summary>
    public required bool Recovered { get; init; }

    /// <summary>Longest time between two sends: above a few milliseconds the figures are the machine's, not the service's.</summary>
    public required TimeSpan LongestSendPause { get; init; }

    public required bool RealTime { get; init; }

    /// <summary>Who answered over time.</summary>
    public required IReadOnlyList<AnswerStretch> Answerers { get; init; }

    /// <summary>Longest time from the last answer of one node to the first of the next; zero when one alone answered.</summary>
    public TimeSpan Handover => Answerers.Zip(Answerers.Skip(1), static (one, next) => next.From - one.To).DefaultIfEmpty().Max();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"gap {LongestSilence.TotalMilliseconds:f1} ms at {SilenceBegan.TotalSeconds:f3} s{(Recovered ? "" : " (not over)")}, "
        + $"{Sent} sent, {Received} answered, {Lost} lost, answered by {string.Join(" then ", Answerers.Select(a => $"{a.Node} ({a.Answers})"))}");
}
