// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.Benchmarks.Assignment;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>
/// One endpoint of one Service changes among many: from the request to the API server to the kernel's word that it is in force, by
/// each of the cluster's doors. kube-keepalived-vip's ConfigMap has an address for each Service, and clients stay with their
/// server; a VirtualIP has a router number, of which a segment has 255, so that each Service has four ports there.
/// </summary>
internal static class ClusterEndpointBench
{
    private const string Place = "shop";
    private const string Map = "vip-configmap";
    private const int PortsOfAVirtualIp = 4;
    private const int RouterNumbers = 255;
    private const int AtATime = 8;

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, VipSizes sizes, CancellationToken cancellation) =>
    [
        .. await RunAsync(report, sizes, byMap: false, cancellation),
        .. await RunAsync(report, sizes, byMap: true, cancellation),
    ];

    private static async Task<IReadOnlyList<Figure>> RunAsync(Report report, VipSizes sizes, bool byMap, CancellationToken cancellation)
    {
        var ports = byMap ? 1 : PortsOfAVirtualIp;
        var services = byMap ? sizes.Services : Math.Min(RouterNumbers, Math.Max(1, sizes.Services / ports));
        var door = byMap ? $"a ConfigMap of {services} Services" : $"{services} VirtualIPs with a Service of {ports} ports each";
        await using var cluster = await LabCluster.StartAsync(
            new LabClusterOptions { Topology = new LabTopology { Nodes = 2 }, StartApiServer = ServerProcess.StartForLabAsync, ServiceProxies = false, LogLevel = "info" }, cancellation);
        var (node, hand) = (cluster.Network.Nodes[0], cluster.Network.Nodes[1]);
        await cluster.CreateNamespaceAsync(Place, cancellation);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, services), new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation }, async (service, stop) =>
            {
                await cluster.Admin.CreateAsync(Service(service, ports, byMap), stop);
                await cluster.Admin.CreateAsync(Slice(service, ports, byMap, EndpointBench.Address(service, 0)), stop);
                if (!byMap)
                    await cluster.Admin.CreateAsync(VirtualIp(service), stop);
            });
        if (byMap)
            await cluster.Admin.CreateAsync(ConfigMap(cluster.Namespace, services), cancellation);
        var began = Stopwatch.GetTimestamp();
        var vipd = await cluster.StartVipdAsync(node, byMap ? [$"--services-configmap={cluster.Namespace}/{Map}", "--iface=eth0"] : ["--virtual-ips"]);
        await EndpointBench.UntilInForceAsync(node, vipd, EndpointBench.Address(services - 1, 0), cancellation);
        var start = Stopwatch.GetElapsedTime(began);
        await EndpointBench.NftAsync(hand, EndpointBench.HandTable(services * ports), cancellation);
        await Task.Delay(EndpointBench.Settle, TimeProvider.System, cancellation);
        await using var ours = await EndpointBench.Monitor.StartAsync(cluster.Network, node, cancellation);
        await using var theirs = await EndpointBench.Monitor.StartAsync(cluster.Network, hand, cancellation);

        Samples changes = new(), elements = new();
        var changing = services / 2;
        for (var run = 1; run <= sizes.Runs; run++)
        {
            var next = Slice(changing, ports, byMap, EndpointBench.Changed(run));
            began = Stopwatch.GetTimestamp();
            await cluster.Admin.PatchAsync(
                $"/apis/discovery.k8s.io/v1/namespaces/{Place}/endpointslices/{Name(changing)}-1", new JsonObject { ["endpoints"] = next["endpoints"]!.DeepClone() }, cancellation);
            await ours.SeeAsync(EndpointBench.Changed(run), EndpointBench.Patience, cancellation);
            changes.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            elements.Add(await EndpointBench.ByHandAsync(hand, theirs, services * ports, run, cancellation));
            report.Say(string.Create(CultureInfo.InvariantCulture, $"{run}/{sizes.Runs}, {door}: by vipd {changes.Values[^1]:f1} ms, one element by nft {elements.Values[^1]:f1} ms"));
        }

        return
        [
            new Figure($"one EndpointSlice changes, {door}: API server to kernel, median of {sizes.Runs}", changes.Median, "ms") { Peer = EndpointBench.Peer, PeerValue = elements.Median },
            new Figure($"the same, worst of {sizes.Runs}", changes.Worst, "ms") { Peer = EndpointBench.Peer, PeerValue = elements.Worst },
            new Figure($"start of vipd with {door}, until all are in force", start.TotalMilliseconds, "ms"),
        ];
    }

    // By UDP where servers would be asked: what their answers cost is not what is measured.
    private static string Protocol(bool byMap) => byMap ? "UDP" : "TCP";

    private static JsonObject Service(int service, int ports, bool byMap) => Object("v1", "Service", Name(service), Place, new JsonObject
    {
        ["type"] = "ClusterIP",
        ["ports"] = Ports(ports, byMap, "targetPort"),
    });

    private static JsonObject Slice(int service, int ports, bool byMap, string first)
    {
        var slice = Object("discovery.k8s.io/v1", "EndpointSlice", Name(service) + "-1", Place, null);
        slice["metadata"]!["labels"] = new JsonObject { ["kubernetes.io/service-name"] = Name(service) };
        slice["addressType"] = "IPv4";
        slice["ports"] = Ports(ports, byMap, null);
        slice["endpoints"] = new JsonArray([.. Enumerable.Range(0, EndpointBench.ServersEach).Select(i => (JsonNode)new JsonObject
        {
            ["addresses"] = new JsonArray(i == 0 ? first : EndpointBench.Address(service, i)),
            ["conditions"] = new JsonObject { ["ready"] = true },
        })]);
        return slice;
    }

    private static JsonArray Ports(int ports, bool byMap, string? target) => [.. Enumerable.Range(80, ports).Select(port =>
    {
        var entry = new JsonObject { ["name"] = $"p{port}", ["port"] = port, ["protocol"] = Protocol(byMap) };
        if (target is not null)
            entry[target] = port;
        return (JsonNode)entry;
    })];

    private static JsonObject VirtualIp(int service) => Object("loadbalancer.io/v1alpha1", "VirtualIP", Name(service), null, new JsonObject
    {
        ["addresses"] = new JsonArray(Vip(service) + "/32"),
        ["interface"] = "eth0",
        ["virtualRouterID"] = service + 1,
        ["service"] = new JsonObject { ["namespace"] = Place, ["name"] = Name(service) },
    });

    private static JsonObject ConfigMap(string place, int services)
    {
        var map = Object("v1", "ConfigMap", Map, place, null);
        map["data"] = new JsonObject(Enumerable.Range(0, services).Select(s => KeyValuePair.Create<string, JsonNode?>(Vip(s), $"{Place}/{Name(s)}")));
        return map;
    }

    private static JsonObject Object(string version, string kind, string name, string? place, JsonObject? spec)
    {
        JsonObject made = new() { ["apiVersion"] = version, ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = name } };
        if (place is not null)
            made["metadata"]!["namespace"] = place;
        if (spec is not null)
            made["spec"] = spec;
        return made;
    }

    private static string Name(int service) => string.Create(CultureInfo.InvariantCulture, $"service-{service:d5}");

    private static string Vip(int service) => string.Create(CultureInfo.InvariantCulture, $"100.127.{service / 250}.{(service % 250) + 1}");
}
