// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Benchmarks.Reporting;

namespace LoadBalancer.Benchmarks.Failover;

/// <summary>What a client sees when the serving node's link is cut, and when the node is drained; ours beside keepalived.</summary>
internal static class FailoverBench
{
    private const string Peer = "keepalived, VRRPv3, 100 ms adverts";

    internal static async Task<IReadOnlyList<Figure>> CutAsync(Report report, int runs, CancellationToken cancellation)
    {
        var (ours, theirs) = await BothAsync(false, runs, report, cancellation);
        return
        [
            new Figure($"client gap, link cut, median of {runs}", ours.Gaps.Median, "ms") { Peer = Peer, PeerValue = theirs.Gaps.Median, Elsewhere = "MetalLB 5.3 s" },
            new Figure($"client gap, link cut, worst of {runs}", ours.Gaps.Worst, "ms") { Aim = "<= 350 ms", Peer = Peer, PeerValue = theirs.Gaps.Worst, Elsewhere = "MetalLB 7.0 s; keepalived 328-345 ms" },
            Pause(ours, theirs),
        ];
    }

    internal static async Task<IReadOnlyList<Figure>> DrainAsync(Report report, int runs, CancellationToken cancellation)
    {
        var (ours, theirs) = await BothAsync(true, runs, report, cancellation);
        return
        [
            new Figure($"requests lost on drain, worst of {runs}", ours.Lost.Worst, "of 1/ms") { Aim = "0", Peer = Peer, PeerValue = theirs.Lost.Worst },
            new Figure($"client gap on drain, median of {runs}", ours.Gaps.Median, "ms") { Peer = Peer, PeerValue = theirs.Gaps.Median },
            new Figure($"client gap on drain, worst of {runs}", ours.Gaps.Worst, "ms") { Peer = Peer, PeerValue = theirs.Gaps.Worst },
            Pause(ours, theirs),
        ];
    }

    // Above a few milliseconds the machine was busy, and the gaps hold that too.
    private static Figure Pause(FailoverRuns ours, FailoverRuns theirs) =>
        new("longest pause of the probe itself", ours.SendPauses.Worst, "ms") { Peer = Peer, PeerValue = theirs.SendPauses.Worst };

    private static async Task<(FailoverRuns Ours, FailoverRuns Theirs)> BothAsync(bool drain, int runs, Report report, CancellationToken cancellation)
    {
        var theirs = new FailoverRuns();
        await using (var peer = await KeepalivedStage.StartAsync(cancellation))
            await theirs.RunAsync("keepalived", peer, drain, runs, report, cancellation);
        var ours = new FailoverRuns();
        await using (var stage = await ServiceStage.StartAsync(cancellation))
            await ours.RunAsync("this load balancer", stage, drain, runs, report, cancellation);
        return (ours, theirs);
    }
}
