// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.Benchmarks.Assignment;
using LoadBalancer.Benchmarks.Bgp.Wire;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>
/// The daemons as they are, beside an API server: Services are added one at a time to many, and 32 routers of one node are
/// watched for the UPDATE.
/// </summary>
internal static class ServiceBench
{
    private const int Peers = 32;
    private const int Added = 100;
    private const int WarmUp = 20;
    private const int Creators = 8;
    private const string SlicePath = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, int services, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        await using var cluster = await LabCluster.StartAsync(
            new LabClusterOptions
            {
                Topology = new LabTopology { Nodes = 1 },
                StartApiServer = ServerProcess.StartForLabAsync,
                ServiceProxies = false,
                LogLevel = "error",
            },
            limit.Token);
        var halls = new List<SinkHall>();
        try
        {
            return await MeasureAsync(report, cluster, halls, services, limit.Token);
        }
        finally
        {
            foreach (var hall in halls)
                await hall.DisposeAsync();
        }
    }

    private static async Task<IReadOnlyList<Figure>> MeasureAsync(
        Report report, LabCluster cluster, List<SinkHall> halls, int services, CancellationToken cancellation)
    {
        var router = cluster.Network.Router.Namespace;
        var addresses = new StringBuilder();
        for (var i = 1; i <= Peers; i++)
            addresses.Append(CultureInfo.InvariantCulture, $"address add 198.51.100.{i}/32 dev lo\n");
        await Command.RunAsync("ip", ["-n", router.Name, "-batch", "-"], addresses.ToString(), cancellation);
        var prefixes = services + WarmUp + Added + 1;
        for (var i = 1; i <= Peers; i++)
            halls.Add(SinkHall.Open(router, IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"198.51.100.{i}")), 179, prefixes));
        await cluster.StartControllerAsync();
        await ConfigureAsync(cluster, cancellation);
        var began = Stopwatch.GetTimestamp();
        // What is there before the speaker is: all of it is announced when it starts.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, services),
            new ParallelOptions { MaxDegreeOfParallelism = Creators, CancellationToken = cancellation },
            async (number, stop) => await AddAsync(cluster, BenchObjects.Name("there", number), stop));
        await using var watch = await AssignmentWatch.StartAsync(cluster.Client, cancellation);
        while (await AssignedAsync(cluster, cancellation) < services)
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellation);
        report.Say(string.Create(CultureInfo.InvariantCulture, $"{services} Services with addresses after {Stopwatch.GetElapsedTime(began).TotalSeconds:f0} s"));
        began = Stopwatch.GetTimestamp();
        var speaker = await cluster.StartSpeakerAsync(cluster.Network.Nodes[0]);
        foreach (var hall in halls)
            await hall.UntilAsync(1, book => Volatile.Read(ref book.Announced) >= services, Limit, cancellation);
        var start = Stopwatch.GetElapsedTime(began);
        await RestAsync(speaker, cancellation);
        var rested = Stopwatch.GetElapsedTime(began);
        var sinks = halls.ConvertAll(static h => h.Sinks[^1]);

        var whole = new Samples();
        var fromAddress = new Samples();
        for (var i = 0; i < WarmUp; i++)
            await OneAsync(cluster, watch, sinks, BenchObjects.Name("warm", i), null, null, cancellation);
        var updates = sinks.Sum(static s => Interlocked.Read(ref s.Book.Updates));
        var processor = speaker.ProcessorTime;
        for (var i = 0; i < Added; i++)
            await OneAsync(cluster, watch, sinks, BenchObjects.Name("added", i), whole, fromAddress, cancellation);
        processor = speaker.ProcessorTime - processor;
        updates = sinks.Sum(static s => Interlocked.Read(ref s.Book.Updates)) - updates;
        return
        [
            new Figure($"speaker started beside {services} Services: to the last route at {Peers} peers", start.TotalMilliseconds, "ms"),
            new Figure("the same: until it rests, statuses of all written", rested.TotalMilliseconds, "ms"),
            new Figure($"Service added at {services}: address in the API to the wire of each of {Peers} peers, p50", fromAddress.Median, "ms"),
            new Figure("the same, p99", fromAddress.Quantile(0.99), "ms"),
            new Figure("Service created to the wire of each peer, controller included, p50", whole.Median, "ms"),
            new Figure("the same, p99", whole.Quantile(0.99), "ms"),
            new Figure("UPDATEs for each added Service and peer", (double)updates / Added / Peers, "") { Aim = "1" },
            new Figure($"speaker's processor time for each added Service, {Peers} peers", processor.TotalMilliseconds / Added, "ms"),
            new Figure($"speaker's resident memory, {services} Services, {Peers} peers", speaker.ResidentBytes / 1e6, "MB"),
        ];
    }

    // A speaker that still writes the statuses of its start is another measurement.
    private static async Task RestAsync(LabProcess speaker, CancellationToken cancellation)
    {
        const double BusyShare = 0.05;
        var look = TimeSpan.FromSeconds(1);
        for (var (before, began) = (speaker.ProcessorTime, Stopwatch.GetTimestamp()); ; (before, began) = (speaker.ProcessorTime, Stopwatch.GetTimestamp()))
        {
            await Task.Delay(look, TimeProvider.System, cancellation);
            if ((speaker.ProcessorTime - before) / Stopwatch.GetElapsedTime(began) < BusyShare)
                return;
        }
    }

    private static async Task ConfigureAsync(LabCluster cluster, CancellationToken cancellation)
    {
        await CreateAsync("IPAddressPool", "v1beta1", "bench", """{"addresses": ["100.64.0.0/10"]}""");
        await CreateAsync("BGPAdvertisement", "v1beta1", "bench", "{}");
        for (var i = 1; i <= Peers; i++)
        {
            await CreateAsync(
                "BGPPeer", "v1beta2", BenchObjects.Name("peer", i),
                string.Create(CultureInfo.InvariantCulture, $$"""{"myASN": {{BenchRoutes.ClusterAsn}}, "peerASN": {{BenchRoutes.RouterAsn}}, "peerAddress": "198.51.100.{{i}}"}"""));
        }

        Task CreateAsync(string kind, string version, string name, string spec) => cluster.Admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "metallb.io/" + version,
                ["kind"] = kind,
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = cluster.Namespace },
                ["spec"] = JsonNode.Parse(spec),
            },
            cancellation);
    }

    // Its endpoints first: with its address it is complete.
    private static async Task AddAsync(LabCluster cluster, string name, CancellationToken cancellation)
    {
        var slice = JsonNode.Parse($$"""
            {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
             "metadata": {"name": "{{name}}", "namespace": "default", "labels": {"kubernetes.io/service-name": "{{name}}"} },
             "endpoints": [{"addresses": ["203.0.113.11"], "nodeName": "{{cluster.NodeName(cluster.Network.Nodes[0])}}", "conditions": {"ready": true} }],
             "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}] }
            """);
        var (status, body) = await cluster.Admin.SendAsync(HttpMethod.Post, SlicePath, slice, cancellation);
        if (status != HttpStatusCode.Created)
            throw new InvalidOperationException($"POST {SlicePath} {name}: {(int)status} {body?.ToJsonString()}");
        await BenchObjects.CreateServiceAsync(cluster.Admin, name, cancellation);
    }

    private static async Task OneAsync(
        LabCluster cluster, AssignmentWatch watch, List<PlayedPeer> sinks, string name, Samples? whole, Samples? fromAddress, CancellationToken cancellation)
    {
        var announced = sinks.ConvertAll(static s => Interlocked.Read(ref s.Book.Updates));
        var began = Stopwatch.GetTimestamp();
        await AddAsync(cluster, name, cancellation);
        var assigned = await watch.AssignedAsync(name, cancellation);
        for (var i = 0; i < sinks.Count; i++)
        {
            await sinks[i].UntilAsync(book => Interlocked.Read(ref book.Updates) > announced[i], TimeSpan.FromSeconds(20), cancellation);
            var at = Volatile.Read(ref sinks[i].Book.LastAt);
            whole?.Add(Stopwatch.GetElapsedTime(began, at).TotalMilliseconds);
            // Both watch the API: on a bad day the speaker hears of the address before this process does.
            fromAddress?.Add(Math.Max(0, Stopwatch.GetElapsedTime(assigned, at).TotalMilliseconds));
        }

        await Task.Delay(Rest, TimeProvider.System, cancellation);
    }

    private static async Task<int> AssignedAsync(LabCluster cluster, CancellationToken cancellation)
    {
        var (_, list) = await cluster.Admin.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/services", null, cancellation);
        return (list?["items"]?.AsArray() ?? []).Count(static s => s?["status"]?["loadBalancer"]?["ingress"] is JsonArray { Count: > 0 });
    }
}
