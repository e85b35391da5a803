// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;

namespace LoadBalancer.Benchmarks.Failover;

/// <summary>Repeats one kind of failure on a stage and collects what the client saw.</summary>
internal sealed class FailoverRuns
{
    private const int AnswersBefore = 300;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan After = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(2500);

    internal Samples Gaps { get; } = new();

    internal Samples Lost { get; } = new();

    internal Samples SendPauses { get; } = new();

    /// <summary>Cuts the link of the node that answers, or drains it, this many times.</summary>
    internal async Task RunAsync(string name, IFailoverStage stage, bool drain, int runs, Report report, CancellationToken cancellation)
    {
        await using var probe = GapProbe.Start(stage.Network.Client.Namespace, stage.Target);
        await probe.WaitForAnswersAsync(1, Limit, cancellation);
        for (var run = 0; run < runs; run++)
        {
            // Neighbours, leases and elections come to rest: what is measured is one failure, not two.
            await Task.Delay(Rest, TimeProvider.System, cancellation);
            probe.Restart();
            await probe.WaitForAnswersAsync(AnswersBefore, Limit, cancellation);
            var node = stage.Network.Node(probe.LastAnswerer);
            if (drain)
                await stage.DrainAsync(node, cancellation);
            else
                await stage.Network.CutLinkAsync(node, Segment.Service, CutKind.Carrier, cancellation);
            var next = await probe.WaitForOtherAsync(node.Name, Limit, cancellation);
            await Task.Delay(After, TimeProvider.System, cancellation);
            var seen = probe.Report();
            // What is on the way is not lost: an answer takes well under a millisecond here.
            var lost = Math.Max(0, seen.Lost - 1);
            Gaps.Add(seen.LongestSilence.TotalMilliseconds);
            Lost.Add(lost);
            SendPauses.Add(seen.LongestSendPause.TotalMilliseconds);
            report.Say(string.Create(CultureInfo.InvariantCulture,
                $"{name} {run + 1}/{runs}: {node.Name} to {next}, gap {seen.LongestSilence.TotalMilliseconds:f1} ms, {lost} lost, longest pause of the sender {seen.LongestSendPause.TotalMilliseconds:f1} ms"));
            if (drain)
                await stage.ReturnAsync(node, cancellation);
            else
                await stage.Network.HealLinkAsync(node, Segment.Service, cancellation);
        }
    }
}
