// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Benchmarks.Reporting;

namespace LoadBalancer.Benchmarks.Assignment;

/// <summary>
/// Services assigned by the controller program through the API server program. Latencies run from before the create request
/// is sent until a watch shows the address, so they hold the server's work too. Three processes share the machine.
/// </summary>
internal static class AssignmentBench
{
    private const int Services = 2000;
    private const int OneAtATime = 200;
    private const int Creators = 16;
    private const int ProbePort = 17972;
    private const int MetricsPort = 17973;
    private const string Place = "metallb-system";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, int runs, CancellationToken cancellation)
    {
        var rates = new Samples();
        var backlog = new Samples();
        var crowd = new Samples();
        var single = new Samples();
        var processor = new Samples();
        for (var run = 0; run < runs; run++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Limit);
            await using (var stage = await AssignmentStage.StartAsync(ProbePort, MetricsPort, limit.Token))
            {
                await BenchObjects.CreatePoolAsync(stage.Admin, Place, ["100.127.0.0/16"], limit.Token);
                await OneAtATimeAsync(stage, single, limit.Token);
                rates.Add(await CrowdAsync(stage, crowd, limit.Token));
                processor.Add(stage.ControllerTime.TotalSeconds);
                report.Say(string.Create(CultureInfo.InvariantCulture,
                    $"run {run + 1}: {rates.Worst:f0}/s at best so far; controller {stage.ControllerTime.TotalSeconds:f1} CPU-s, API server {stage.ServerTime.TotalSeconds:f1} CPU-s"));
            }

            await using var waiting = await AssignmentStage.StartAsync(ProbePort, MetricsPort, limit.Token);
            backlog.Add(await BacklogAsync(waiting, limit.Token));
        }

        return
        [
            new Figure($"assigned, {Services} Services as {Creators} clients create them", rates.Median, "/s") { Aim = ">= 500 /s", Elsewhere = "MetalLB 47 /s (2,000), 59 /s (200)" },
            new Figure($"assigned, {Services} Services that waited for a pool", backlog.Median, "/s") { Aim = ">= 500 /s", Elsewhere = "MetalLB 47 /s (2,000), 59 /s (200)" },
            new Figure("create to address, that crowd, p50", crowd.Quantile(0.5), "ms") { Elsewhere = "MetalLB 8.5 s (2,000), 0.8 s (200)" },
            new Figure("create to address, that crowd, p99", crowd.Quantile(0.99), "ms"),
            new Figure("create to address, one at a time, p50", single.Quantile(0.5), "ms") { Aim = "<= 20 ms" },
            new Figure("create to address, one at a time, p99", single.Quantile(0.99), "ms"),
            new Figure("controller processor time for all of it", processor.Median, "s") { Elsewhere = "MetalLB 18 s (2,000)" },
        ];
    }

    private static async Task OneAtATimeAsync(AssignmentStage stage, Samples latencies, CancellationToken cancellation)
    {
        for (var i = -10; i < OneAtATime; i++)
        {
            var name = BenchObjects.Name(i < 0 ? "warm" : "single", Math.Abs(i));
            var began = Stopwatch.GetTimestamp();
            await BenchObjects.CreateServiceAsync(stage.Admin, name, cancellation);
            var seen = await stage.Watch.AssignedAsync(name, cancellation);
            if (i >= 0)
                latencies.Add(Stopwatch.GetElapsedTime(began, seen).TotalMilliseconds);
        }
    }

    private static async Task<double> CrowdAsync(AssignmentStage stage, Samples latencies, CancellationToken cancellation)
    {
        var created = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        var began = Stopwatch.GetTimestamp();
        await BenchObjects.CreateServicesAsync(
            stage.Admin, "crowd", Services, Creators, name => created[name] = Stopwatch.GetTimestamp(), cancellation);
        var last = began;
        foreach (var (name, sent) in created)
        {
            var seen = await stage.Watch.AssignedAsync(name, cancellation);
            latencies.Add(Stopwatch.GetElapsedTime(sent, seen).TotalMilliseconds);
            last = Math.Max(last, seen);
        }

        return Services / Stopwatch.GetElapsedTime(began, last).TotalSeconds;
    }

    private static async Task<double> BacklogAsync(AssignmentStage stage, CancellationToken cancellation)
    {
        await BenchObjects.CreateServicesAsync(stage.Admin, "waiting", Services, Creators, static _ => { }, cancellation);
        var began = Stopwatch.GetTimestamp();
        await BenchObjects.CreatePoolAsync(stage.Admin, Place, ["100.127.0.0/16"], cancellation);
        var last = began;
        for (var i = 0; i < Services; i++)
            last = Math.Max(last, await stage.Watch.AssignedAsync(BenchObjects.Name("waiting", i), cancellation));
        return Services / Stopwatch.GetElapsedTime(began, last).TotalSeconds;
    }
}
