// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Routers;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>What a client beyond the router loses when a node's link is cut or its speaker ends, of a flow that went by that node.</summary>
internal static class FaultBench
{
    private const int Multiplier = 3;
    private const int Most = 1000;
    private static readonly int[] Intervals = [50, 100, 300];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, int runs, CancellationToken cancellation)
    {
        await using var stage = await EcmpStage.StartAsync(cancellation);
        var figures = new List<Figure>();
        foreach (var (kind, name, program) in new[] { (RouterKind.Frr, "FRR", "/usr/lib/frr/bgpd"), (RouterKind.Bird, "BIRD", "bird") })
        {
            if (!Programs.Has(report, name, program))
                continue;
            var held = await CutAsync(stage, kind, null, Math.Min(runs, 3), cancellation);
            foreach (var interval in Intervals)
            {
                var guarded = await CutAsync(stage, kind, interval, runs, cancellation);
                var what = string.Create(CultureInfo.InvariantCulture, $"{name}, BFD {interval} ms x {Multiplier}: client gap on link cut, {runs} runs");
                figures.Add(new Figure(what + ", median", guarded.Median, "ms") { Peer = "hold time 3 s", PeerValue = held.Median });
                figures.Add(new Figure("the same, worst", guarded.Worst, "ms") { Peer = "hold time 3 s", PeerValue = held.Worst });
            }

            foreach (var (how, kills) in new[] { ("kill -9", true), ("SIGTERM", false) })
            {
                var (kept, took) = await RestartAsync(stage, kind, kills, gracefulRestart: true, runs, cancellation);
                var (lost, _) = await RestartAsync(stage, kind, kills, gracefulRestart: false, Math.Min(runs, 3), cancellation);
                figures.Add(new Figure($"{name}, graceful restart: packets lost or answered by another node, {how} and start, {runs} runs, worst", kept.Worst, "") { Aim = "0", Peer = "without", PeerValue = lost.Worst });
                figures.Add(new Figure("the same: start to the router's End-of-RIB, median", took.Median, "ms"));
            }
        }

        return figures;
    }

    private static async Task<Samples> CutAsync(EcmpStage stage, RouterKind kind, int? bfdMilliseconds, int runs, CancellationToken cancellation)
    {
        var gaps = new Samples();
        var router = await stage.RouteAsync(kind, bfdMilliseconds, gracefulRestart: false, cancellation);
        try
        {
            for (var i = 0; i < runs; i++)
            {
                await using var flow = await stage.FlowAsync(cancellation);
                await flow.WaitForAnswersAsync(Most, Patience, cancellation);
                flow.Restart();
                await stage.Network.CutLinkAsync(stage.First, Segment.Service, CutKind.Silent, cancellation);
                await flow.WaitForOtherAsync(stage.First.Name, Patience, cancellation);
                gaps.Add(flow.Report().LongestSilence.TotalMilliseconds);
                await stage.Network.HealAllAsync(cancellation);
                await stage.UntilWholeAsync(router, bfdMilliseconds is not null, cancellation);
            }
        }
        finally
        {
            await stage.LeaveAsync(router, cancellation);
        }

        return gaps;
    }

    private static async Task<(Samples Lost, Samples Took)> RestartAsync(
        EcmpStage stage, RouterKind kind, bool kills, bool gracefulRestart, int runs, CancellationToken cancellation)
    {
        var lost = new Samples();
        var took = new Samples();
        var router = await stage.RouteAsync(kind, bfdMilliseconds: null, gracefulRestart, cancellation);
        try
        {
            for (var i = 0; i < runs; i++)
            {
                await using var flow = await stage.FlowAsync(cancellation);
                var speaker = stage.Speaker;
                if (kills)
                    speaker.Kill();
                else
                    speaker.Terminate();
                await speaker.WaitForExitAsync(cancellation);
                await stage.UntilLostAsync(router, cancellation);
                var began = Stopwatch.GetTimestamp();
                await stage.ReturnAsync(router, gracefulRestart, cancellation);
                took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                await stage.UntilWholeAsync(router, withBfd: false, cancellation);
                await flow.WaitForAnswersAsync(flow.Report().Received + Most, Patience, cancellation);
                var report = await flow.StopAsync(cancellation);
                // A flow that another node answers is a connection that broke.
                lost.Add(report.Lost + report.Answerers.Where(a => a.Node != stage.First.Name).Sum(static a => a.Answers));
            }
        }
        finally
        {
            await stage.LeaveAsync(router, cancellation);
        }

        return (lost, took);
    }
}
