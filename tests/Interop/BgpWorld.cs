// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Interop;

/// <summary>A cluster of three nodes behind a router that speaks BGP, and a client beyond it.</summary>
public sealed class BgpWorld : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private BgpWorld(LabCluster cluster) => Cluster = cluster;

    public LabCluster Cluster { get; }

    public LabNetwork Network => Cluster.Network;

    public IRouter? Router { get; private set; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Addresses of the nodes as the router peers with them.</summary>
    public static IReadOnlyList<string> Peers(LabNetwork network, bool ipv6) =>
        [.. network.Nodes.Select(n => (ipv6 ? n.ServiceAddress6 : n.ServiceAddress).ToString())];

    public static async Task<BgpWorld> StartAsync(Func<LabNetwork, Task<IRouter>> router, IReadOnlyList<string>? speakerArguments = null, int nodes = 3)
    {
        LabCluster cluster = await LabCluster.StartAsync(
            new LabClusterOptions
            {
                Topology = new LabTopology { Nodes = nodes, RemoteClient = true },
                SpeakerArguments = speakerArguments ?? [],
                StartApiServer = static async cancellation =>
                {
                    EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new ApiServerOptions(), cancellation);
                    return new LabApiServer(server.Kubeconfig(), server);
                },
            },
            Cancellation);
        BgpWorld world = new(cluster);
        try
        {
            world.Router = await router(cluster.Network);
            await cluster.StartControllerAsync();
            foreach (LabHost node in cluster.Network.Nodes)
            {
                await NginxBackend.StartAsync(cluster.Network, node, Cancellation);
                await cluster.StartSpeakerAsync(node);
            }

            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates an object of the cluster's own namespace from its spec.</summary>
    public Task CreateAsync(string version, string kind, string name, string spec) => Cluster.Admin.CreateAsync(
        new JsonObject
        {
            ["apiVersion"] = version,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Cluster.Namespace },
            ["spec"] = JsonNode.Parse(spec),
        },
        Cancellation);

    /// <summary>Creates a pool of both families, an advertisement of it, and a peer.</summary>
    public async Task ConfigureAsync(string peer, string advertisement = "{}")
    {
        await CreateAsync("metallb.io/v1beta1", "IPAddressPool", "pool", """{"addresses": ["192.0.2.192/26", "2001:db8:0:9::/120"]}""");
        await CreateAsync("metallb.io/v1beta1", "BGPAdvertisement", "all", advertisement);
        await CreateAsync("metallb.io/v1beta2", "BGPPeer", "router", peer);
    }

    /// <summary>Creates a Service of both families, served by nginx on every node.</summary>
    public async Task<(string IPv4, string IPv6)> ServeAsync(string name, string policy = "Cluster")
    {
        await Cluster.Admin.CreateAsync(
            JsonNode.Parse($$"""
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "{{name}}", "namespace": "{{Cluster.Namespace}}"},
             "spec": {"type": "LoadBalancer", "externalTrafficPolicy": "{{policy}}", "ipFamilyPolicy": "RequireDualStack", "selector": {"app": "web"},
                      "ports": [{"name": "http", "protocol": "TCP", "port": 80}] } }
            """)!,
            Cancellation);
        await Cluster.SetEndpointsAsync(
            Cluster.Namespace, name, [("http", "TCP", NginxBackend.HttpPort)], Network.Nodes.ToDictionary(n => n, _ => EndpointState.Ready), Cancellation);
        string[] addresses = [];
        await UntilAsync($"Service {name} has its addresses", TimeSpan.FromSeconds(20), async () =>
        {
            (_, JsonNode? service) = await Cluster.Admin.SendAsync(HttpMethod.Get, $"/api/v1/namespaces/{Cluster.Namespace}/services/{name}", null, Cancellation);
            addresses = [.. service?["status"]?["loadBalancer"]?["ingress"]?.AsArray().Select(i => (string)i!["ip"]!) ?? []];
            return addresses.Length == 2 ? null : service?["status"]?.ToJsonString() ?? "no status";
        });
        return (addresses.Single(a => !a.Contains(':', StringComparison.Ordinal)), addresses.Single(a => a.Contains(':', StringComparison.Ordinal)));
    }

    /// <summary>Waits until the router has the prefix by so many next hops.</summary>
    public Task UntilRoutedAsync(string prefix, int nextHops) => UntilAsync($"{Router!.Name} has {prefix} by {nextHops} next hops", TimeSpan.FromSeconds(30), async () =>
    {
        IReadOnlyDictionary<string, IReadOnlyList<string>> routes = await Router.RoutesAsync();
        int count = routes.TryGetValue(prefix, out IReadOnlyList<string>? hops) ? hops.Count : 0;
        return count == nextHops ? null : $"{count} next hops; all routes: {string.Join(", ", routes.Keys)}";
    });

    /// <summary>Waits until the look finds nothing wrong; at the deadline fails with what it last found and the daemons' logs.</summary>
    public async Task UntilAsync(string what, TimeSpan deadline, Func<Task<string?>> look)
    {
        long began = Stopwatch.GetTimestamp();
        while (await look() is { } wrong)
        {
            if (Stopwatch.GetElapsedTime(began) > deadline)
                Fail($"not within {deadline.TotalSeconds} s: {what}; last seen: {wrong}");
            await Task.Delay(Look, TimeProvider.System, Cancellation);
        }
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public void Fail(string message)
    {
        StringBuilder text = new(message);
        foreach ((string name, LabProcess process) in Cluster.Daemons.OrderBy(static d => d.Key, StringComparer.Ordinal).Where(static d => !d.Key.StartsWith("proxy-", StringComparison.Ordinal)))
            text.Append(CultureInfo.InvariantCulture, $"\n--- {name} ({(process.IsRunning ? "runs" : $"ended with {process.ExitCode}")})\n{process.Output.Tail(12)}");
        Assert.Fail(text.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (Router is not null)
            await Router.DisposeAsync();
        await Cluster.DisposeAsync();
    }
}
