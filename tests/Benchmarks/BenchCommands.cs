// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Benchmarks.Allocation;
using LoadBalancer.Benchmarks.Assignment;
using LoadBalancer.Benchmarks.Bgp;
using LoadBalancer.Benchmarks.Bgp.Ours;
using LoadBalancer.Benchmarks.Failover;
using LoadBalancer.Benchmarks.Micro;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Benchmarks.Vip;
using Spectre.Console;

namespace LoadBalancer.Benchmarks;

/// <summary>The command line.</summary>
internal static class BenchCommands
{
    // A table needs the width; a pipe has none of its own.
    private const int PipeWidth = 160;

    private static readonly Option<int?> Runs = new("--runs") { Description = "How often each thing is measured (gap 20, drain 5, alloc 5, rib 5, bgp fault 5, assign 1, vip 5)", Recursive = true };
    private static readonly Option<string?> Json = new("--json") { Description = "File the figures are written to as well", Recursive = true };

    private static readonly string[] BgpNames = ["bgp-pack", "bgp-sync", "bgp-change", "bgp-session", "bgp-service", "bgp-bfd", "bgp-fault"];

    private static readonly string[] VipNames = ["vip-gap", "vip-move", "vip-idle", "vip-forward", "vip-endpoint", "vip-endpoint-cluster", "vip-burn"];

    internal static RootCommand Root()
    {
        var root = new RootCommand(
            "Measures this load balancer, each figure beside its peer in the same run. Says nothing about pass or fail: the exit status is 0 unless something could not be measured. gap, drain, memory and vip need root.")
        {
            Runs, Json,
            Part("alloc", "Addresses allocated per second in memory", "alloc"),
            Part("rib", "BGP routes encoded in memory, and what they take there", "rib"),
            BgpParts(),
            VipParts(),
            Part("assign", "Services assigned per second through an API server", "assign"),
            Part("memory", "Resident memory of controller and speaker", "memory"),
            Part("gap", "Client gap when the serving node's link is cut", "gap"),
            Part("drain", "Client gap and lost requests when the serving node is drained", "drain"),
            MicroBenchmarks.Create(),
            AnnouncerCommand.Create(),
        };
        root.SetAction((parsed, cancellation) => RunAsync(parsed, ["alloc", "rib", .. BgpNames, "assign", "memory", "gap", "drain", .. VipNames], cancellation, isShort: true));
        return root;
    }

    private static Command BgpParts()
    {
        var command = new Command(
            "bgp", "All of BGP and BFD. By environment: BGP_SIZES, BGP_PEERS_TO, BGP_SESSIONS, BGP_SERVICES, BGP_CHURN_SECONDS, BFD_BURN_SECONDS")
        {
            Part("pack", "Prefixes packed into messages and read from them", "bgp-pack"),
            Part("sync", "All routes to a new peer: a sink, and real routers beside real announcers", "bgp-sync"),
            Part("change", "Single changes, churn, a stuck peer", "bgp-change"),
            Part("session", "Many sessions, and keepalives under load", "bgp-session"),
            Part("service", "Services added to a cluster, to the wire of 32 peers", "bgp-service"),
            Part("bfd", "False failures of BFD while all processors burn", "bgp-bfd"),
            Part("fault", "What a client loses by a link cut with BFD, and by a speaker that restarts", "bgp-fault"),
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, ["rib", .. BgpNames], cancellation));
        return command;
    }

    private static Command VipParts()
    {
        var command = new Command(
            "vip", "All of vipd, beside keepalived. By environment: VIP_RUNS, VIP_ADVERTS, VIP_INSTANCES, VIP_IDLE_SECONDS, VIP_LOAD_SECONDS, VIP_SERVICES, VIP_BURN_SECONDS")
        {
            Part("gap", "Client gap: link cut, kill -9, SIGTERM, script failure, for each advertisement interval", "vip-gap"),
            Part("move", "255 addresses moved at once, to the first and last announcement", "vip-move"),
            Part("idle", "Processor time and memory of idle instances", "vip-idle"),
            Part("forward", "Connections and throughput through a virtual address", "vip-forward"),
            Part("endpoint", "One server changes among many virtual servers", "vip-endpoint"),
            Part("endpoint-cluster", "One EndpointSlice changes among many Services", "vip-endpoint-cluster"),
            Part("burn", "False failovers while all processors burn", "vip-burn"),
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, VipNames, cancellation));
        return command;
    }

    private static Command Part(string name, string description, string part)
    {
        var command = new Command(name, description);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, [part], cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, IReadOnlyList<string> parts, CancellationToken cancellation, bool isShort = false)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
            console.Profile.Width = PipeWidth;
        var report = new Report(console);
        int Times(int usual) => parsed.GetValue(Runs) ?? usual;
        VipSizes Vip() => isShort ? VipSizes.Short(parsed.GetValue(Runs)) : VipSizes.FromEnvironment(parsed.GetValue(Runs));
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
                case "bgp-pack":
                    await report.MeasureAsync("BGP codec", () => Task.FromResult(PackBench.Run(Times(5))), cancellation);
                    break;
                case "bgp-sync":
                    await report.MeasureAsync("BGP, all routes to a new peer", () => SyncBench.RunAsync(report, Times(3), BgpSizes.FromEnvironment(), cancellation), cancellation);
                    break;
                case "bgp-change":
                    await report.MeasureAsync("BGP, changes", () => ChangeBench.RunAsync(BgpSizes.FromEnvironment(), cancellation), cancellation);
                    break;
                case "bgp-session":
                    await report.MeasureAsync("BGP, sessions", () => SessionBench.RunAsync(report, BgpSizes.FromEnvironment(), cancellation), cancellation);
                    break;
                case "bgp-service":
                    await report.MeasureAsync("BGP, Services of a cluster", () => ServiceBench.RunAsync(report, BgpSizes.FromEnvironment().Services, cancellation), cancellation);
                    break;
                case "bgp-bfd":
                    await report.MeasureAsync("BFD under load", () => BfdBench.RunAsync(report, BgpSizes.FromEnvironment().BurnSeconds, cancellation), cancellation);
                    break;
                case "bgp-fault":
                    await report.MeasureAsync("BGP, link cut and restart", () => FaultBench.RunAsync(report, Times(5), cancellation), cancellation);
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
                case "vip-gap":
                    await report.MeasureAsync("VIP, client gap", () => GapBench.RunAsync(report, Vip(), cancellation), cancellation);
                    break;
                case "vip-move":
                    await report.MeasureAsync("VIP, 255 addresses at once", () => MoveBench.RunAsync(report, Vip(), cancellation), cancellation);
                    break;
                case "vip-idle":
                    await report.MeasureAsync("VIP, at rest", () => FootprintBench.RunAsync(report, Vip(), cancellation), cancellation);
                    break;
                case "vip-forward":
                    await report.MeasureAsync("VIP, forwarding", () => ForwardBench.RunAsync(report, Vip(), cancellation), cancellation);
                    break;
                case "vip-endpoint":
                    await report.MeasureAsync("VIP, a change of forwarding", () => EndpointBench.RunAsync(report, Vip(), cancellation), cancellation);
                    break;
                case "vip-endpoint-cluster":
                    await report.MeasureAsync("VIP, a change of endpoints in a cluster", () => ClusterEndpointBench.RunAsync(report, Vip(), cancellation), cancellation);
                    break;
                case "vip-burn":
                    await report.MeasureAsync("VIP under load", () => BurnBench.RunAsync(report, Vip(), cancellation), cancellation);
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
