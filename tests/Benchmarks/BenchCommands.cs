// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Benchmarks.Allocation;
using LoadBalancer.Benchmarks.Assignment;
using LoadBalancer.Benchmarks.Bgp;
using LoadBalancer.Benchmarks.Bgp.Ours;
using LoadBalancer.Benchmarks.Failover;
using LoadBalancer.Benchmarks.Micro;
using LoadBalancer.Benchmarks.Reporting;
using Spectre.Console;

namespace LoadBalancer.Benchmarks;

/// <summary>The command line.</summary>
internal static class BenchCommands
{
    // A table needs the width; a pipe has none of its own.
    private const int PipeWidth = 160;

    private static readonly Option<int?> Runs = new("--runs") { Description = "How often each thing is measured (gap 20, drain 5, alloc 5, rib 5, assign 1)", Recursive = true };
    private static readonly Option<string?> Json = new("--json") { Description = "File the figures are written to as well", Recursive = true };

    internal static RootCommand Root()
    {
        var root = new RootCommand(
            "Measures this load balancer, each figure beside its peer in the same run. Says nothing about pass or fail: the exit status is 0 unless something could not be measured. gap, drain and memory need root.")
        {
            Runs, Json,
            Part("alloc", "Addresses allocated per second in memory", "alloc"),
            Part("rib", "BGP routes encoded in memory, and what they take there", "rib"),
            Part("bgp-sync", "BGP: all routes to a new peer, into real routers, beside real announcers", "bgp-sync"),
            Part("assign", "Services assigned per second through an API server", "assign"),
            Part("memory", "Resident memory of controller and speaker", "memory"),
            Part("gap", "Client gap when the serving node's link is cut", "gap"),
            Part("drain", "Client gap and lost requests when the serving node is drained", "drain"),
            MicroBenchmarks.Create(),
            AnnouncerCommand.Create(),
        };
        root.SetAction((parsed, cancellation) => RunAsync(parsed, ["alloc", "rib", "assign", "memory", "gap", "drain"], cancellation));
        return root;
    }

    private static Command Part(string name, string description, string part)
    {
        var command = new Command(name, description);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, [part], cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, IReadOnlyList<string> parts, CancellationToken cancellation)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
            console.Profile.Width = PipeWidth;
        var report = new Report(console);
        int Times(int usual) => parsed.GetValue(Runs) ?? usual;
        report.Begin();
        foreach (var part in parts)
        {
            switch (part)
            {
                case "alloc":
                    await report.MeasureAsync("Allocation in memory", () => Task.FromResult(AllocationBench.Run(Times(5))), cancellation);
                    break;
                case "rib":
                    await report.MeasureAsync("Adj-RIB-Out", () => Task.FromResult(RibBench.Run(Times(5))), cancellation);
                    break;
                case "bgp-sync":
                    await report.MeasureAsync("BGP initial synchronisation", () => SyncBench.RunAsync(report, Times(3), BgpSizes.FromEnvironment(), cancellation), cancellation);
                    break;
                case "assign":
                    await report.MeasureAsync("Assignment through the API server", () => AssignmentBench.RunAsync(report, Times(1), cancellation), cancellation);
                    break;
                case "memory":
                    await report.MeasureAsync("Resident memory", () => MemoryBench.RunAsync(cancellation), cancellation);
                    break;
                case "gap":
                    await report.MeasureAsync("Link cut", () => FailoverBench.CutAsync(report, Times(20), cancellation), cancellation);
                    break;
                default:
                    await report.MeasureAsync("Drain", () => FailoverBench.DrainAsync(report, Times(5), cancellation), cancellation);
                    break;
            }
        }

        if (parsed.GetValue(Json) is { } file)
            await report.WriteJsonAsync(file, cancellation);
        return report.Incomplete ? 1 : 0;
    }
}
