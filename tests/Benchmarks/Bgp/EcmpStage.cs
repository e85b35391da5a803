// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.Benchmarks.Assignment;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Routers;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>
/// Three nodes with speakers and a Service that each of them serves, before a router whose kernel spreads flows over them, and
/// a client beyond the router. Each measurement brings a router of its own.
/// </summary>
internal sealed class EcmpStage : IAsyncDisposable
{
    private const int Port = 7007;
    private const string Address = "192.0.2.200";
    private const string HoldTime = "3s";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly LabCluster _cluster;
    private readonly List<UdpEcho> _echoes = [];
    private int _peers;

    private EcmpStage(LabCluster cluster) => _cluster = cluster;

    internal LabNetwork Network => _cluster.Network;

    /// <summary>The node that fails.</summary>
    internal LabHost First => Network.Nodes[0];

    internal LabProcess Speaker => _cluster.Speaker(First);

    internal static async Task<EcmpStage> StartAsync(CancellationToken cancellation)
    {
        var stage = new EcmpStage(await LabCluster.StartAsync(
            new LabClusterOptions { Topology = new LabTopology { RemoteClient = true }, StartApiServer = ServerProcess.StartForLabAsync },
            cancellation));
        try
        {
            await stage.PrepareAsync(cancellation);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a router and peers with it; returns when its kernel spreads over all nodes and BFD, if any, is up.</summary>
    internal async Task<IRouter> RouteAsync(RouterKind kind, int? bfdMilliseconds, bool gracefulRestart, CancellationToken cancellation)
    {
        var options = new RouterOptions
        {
            Peers = [.. Network.Nodes.Select(static n => n.ServiceAddress.ToString())],
            BfdMilliseconds = bfdMilliseconds,
            GracefulRestart = gracefulRestart,
        };
        IRouter router = kind == RouterKind.Frr ? new Frr(Network, options, cancellation) : new Bird(Network, options, cancellation);
        try
        {
            await router.StartAsync();
            var profile = bfdMilliseconds is { } interval ? $"bfd-{interval}" : null;
            if (profile is not null)
            {
                await _cluster.Admin.SendAsync(
                    HttpMethod.Post,
                    $"/apis/metallb.io/v1beta1/namespaces/{_cluster.Namespace}/bfdprofiles",
                    Object("v1beta1", "BFDProfile", profile, new JsonObject { ["receiveInterval"] = bfdMilliseconds, ["transmitInterval"] = bfdMilliseconds, ["detectMultiplier"] = 3 }),
                    cancellation);
            }

            await PeerAsync(options, profile, cancellation);
            await UntilWholeAsync(router, bfdMilliseconds is not null, cancellation);
            return router;
        }
        catch
        {
            await router.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the peering with a router, and the router.</summary>
    internal async Task LeaveAsync(IRouter router, CancellationToken cancellation)
    {
        await _cluster.Admin.SendAsync(
            HttpMethod.Delete, $"/apis/metallb.io/v1beta2/namespaces/{_cluster.Namespace}/bgppeers/{BenchObjects.Name("router", _peers)}", null, cancellation);
        await router.DisposeAsync();
    }

    /// <summary>Waits until the router's kernel spreads over all nodes.</summary>
    internal async Task UntilWholeAsync(IRouter router, bool withBfd, CancellationToken cancellation)
    {
        await UntilAsync("routes over all nodes", async () => await NextHopsAsync(cancellation) == Network.Nodes.Count, cancellation);
        if (withBfd)
            await UntilAsync("BFD with all nodes", async () => await (router is Frr frr ? frr.BfdUpAsync() : ((Bird)router).BfdUpAsync()) == Network.Nodes.Count, cancellation);
    }

    /// <summary>Waits until the router has lost its session with the node that fails.</summary>
    internal Task UntilLostAsync(IRouter router, CancellationToken cancellation) =>
        UntilAsync("a session lost", async () => !(await router.EstablishedAsync()).Contains(First.ServiceAddress.ToString()), cancellation);

    /// <summary>Starts the speaker of the node that failed; returns when it has a session, and where a restart is graceful the router's End-of-RIB.</summary>
    internal async Task ReturnAsync(IRouter router, bool gracefulRestart, CancellationToken cancellation)
    {
        var speaker = await _cluster.StartSpeakerAsync(First);
        await UntilAsync("the session again", async () => (await router.EstablishedAsync()).Contains(First.ServiceAddress.ToString()), cancellation);
        if (gracefulRestart)
            await speaker.WaitForLineAsync("EndOfRib ipv4-unicast", Patience, cancellation);
    }

    internal Task<int> NextHopsAsync(CancellationToken cancellation) => KernelRoutes.NextHopsAsync(Network, Address + "/32", cancellation);

    /// <summary>A flow of the client that the node that fails answers.</summary>
    internal Task<GapProbe> FlowAsync(CancellationToken cancellation) =>
        GapProbe.StartByAsync(Network.Remote!, new IPEndPoint(IPAddress.Parse(Address), Port), First.Name, Patience, cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var echo in _echoes)
            echo.Dispose();
        await _cluster.DisposeAsync();
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        // Flows, not hosts, are what the router spreads.
        Network.Router.Namespace.SetKernel(("net/ipv4/fib_multipath_hash_policy", "1"));
        await _cluster.StartControllerAsync();
        foreach (var node in Network.Nodes)
        {
            await _cluster.StartSpeakerAsync(node);
            _echoes.Add(UdpEcho.Start(node.Namespace, new IPEndPoint(node.ManagementAddress, Port), node.Name));
        }

        await _cluster.Admin.CreateAsync(Object("v1beta1", "IPAddressPool", "bench", new JsonObject { ["addresses"] = new JsonArray(Address + "/32") }), cancellation);
        await _cluster.Admin.CreateAsync(Object("v1beta1", "BGPAdvertisement", "all", []), cancellation);
        await BenchObjects.CreateEchoAsync(_cluster, Port, cancellation);
    }

    // A peer of a name that was there before would go on with the back-off it had.
    private Task PeerAsync(RouterOptions options, string? profile, CancellationToken cancellation)
    {
        var spec = new JsonObject
        {
            ["myASN"] = options.ClusterAsn,
            ["peerASN"] = options.RouterAsn,
            ["peerAddress"] = Network.Router.ServiceAddress.ToString(),
            ["holdTime"] = HoldTime,
            ["keepaliveTime"] = "1s",
            ["connectTime"] = "1s",
            ["enableGracefulRestart"] = options.GracefulRestart,
        };
        if (profile is not null)
            spec["bfdProfile"] = profile;
        return _cluster.Admin.CreateAsync(Object("v1beta2", "BGPPeer", BenchObjects.Name("router", ++_peers), spec), cancellation);
    }

    private JsonObject Object(string version, string kind, string name, JsonObject spec) => new()
    {
        ["apiVersion"] = "metallb.io/" + version,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = _cluster.Namespace },
        ["spec"] = spec,
    };

    private static async Task UntilAsync(string what, Func<Task<bool>> look, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await look())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"Not within {Patience.TotalSeconds:f0} s: {what}.");
            await Task.Delay(Look, TimeProvider.System, cancellation);
        }
    }
}
