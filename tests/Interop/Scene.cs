// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>What one test makes: a router, its BGPPeers, an advertisement and Services. All goes when it is disposed.</summary>
public sealed class Scene : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly BgpWorld _world;
    private static int _number;
    private readonly List<string> _made = [];
    // A peer of a name that was there a moment ago would go on with the back-off it had.
    private readonly int _own = Interlocked.Increment(ref _number);

    private Scene(BgpWorld world, IRouter router, RouterOptions options) => (_world, Router, Options) = (world, router, options);

    public IRouter Router { get; }

    public RouterOptions Options { get; }

    private string Peers2 => $"/apis/metallb.io/v1beta2/namespaces/{_world.Cluster.Namespace}/bgppeers";

    private string Configuration => $"/apis/metallb.io/v1beta1/namespaces/{_world.Cluster.Namespace}";

    /// <summary>Starts a router and makes the advertisement; peers and Services follow.</summary>
    public static async Task<Scene> OpenAsync(BgpWorld world, RouterKind kind, RouterOptions options, bool ipv6 = false, string advertisement = "{}")
    {
        if (options.Peers.Count == 0)
            options = options with { Peers = Peers(world, ipv6) };
        Scene scene = new(world, Routers.Make(kind, world.Network, options), options);
        try
        {
            await scene.Router.StartAsync();
            scene._made.Add($"{scene.Configuration}/bgpadvertisements/all");
            await world.CreateAsync("metallb.io/v1beta1", "BGPAdvertisement", "all", advertisement);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Addresses of the nodes as the router peers with them.</summary>
    public static IReadOnlyList<string> Peers(BgpWorld world, bool ipv6) => [.. world.Network.Nodes.Select(n => Peer(n, ipv6))];

    public static string Peer(LabHost node, bool ipv6) => (ipv6 ? node.ServiceAddress6 : node.ServiceAddress).ToString();

    /// <summary>Creates a BGPPeer for the router as the options have it, with more fields if wanted.</summary>
    public async Task PeerAsync(bool ipv6 = false, Action<JsonObject>? change = null, string name = "router")
    {
        JsonObject spec = new()
        {
            ["myASN"] = Options.ClusterAsn,
            ["peerASN"] = Options.RouterAsn,
            ["peerAddress"] = (ipv6 ? _world.Network.Router.ServiceAddress6 : _world.Network.Router.ServiceAddress).ToString(),
            ["peerPort"] = Options.Port,
            ["holdTime"] = "9s",
            ["keepaliveTime"] = "3s",
            ["connectTime"] = "1s",
            ["dualStackAddressFamily"] = Options.DualStack,
            ["enableGracefulRestart"] = Options.GracefulRestart,
        };
        if (Options.Password is { } password)
            spec["password"] = password;
        change?.Invoke(spec);
        name = NameOf(name);
        lock (_made)
            _made.Add($"{Peers2}/{name}");
        await _world.CreateAsync("metallb.io/v1beta2", "BGPPeer", name, spec.ToJsonString());
    }

    /// <summary>Creates a BGPPeer of one node for a router made of sockets.</summary>
    public Task RawPeerAsync(RawPeer peer, LabHost node, string name, Action<JsonObject>? change = null) => PeerAsync(
        change: spec =>
        {
            spec["peerAddress"] = peer.Host.ServiceAddress.ToString();
            spec["peerPort"] = peer.Port;
            spec["peerASN"] = RawOctets.Asn;
            spec["dualStackAddressFamily"] = true;
            spec["nodeSelectors"] = new JsonArray(new JsonObject { ["matchLabels"] = new JsonObject { ["kubernetes.io/hostname"] = _world.Cluster.NodeName(node) } });
            change?.Invoke(spec);
        },
        name: name);

    /// <summary>Waits until the status of a BGPPeer says of a node's session what is wanted.</summary>
    public Task UntilSessionAsync(string peer, LabHost node, string what, Func<JsonNode, bool> asWanted) => _world.UntilAsync($"{NameOf(peer)} {what}", Patience, async () =>
    {
        (_, JsonNode? found) = await _world.Cluster.Admin.SendAsync(HttpMethod.Get, $"{Peers2}/{NameOf(peer)}", null, BgpWorld.Cancellation);
        JsonNode? session = found?["status"]?["sessions"]?.AsArray().FirstOrDefault(s => (string?)s!["node"] == _world.Cluster.NodeName(node));
        return session is not null && asWanted(session) ? null : session?.ToJsonString() ?? "no session";
    });

    /// <summary>How far the log of each node is.</summary>
    public int[] Marks() => [.. _world.Network.Nodes.Select(n => _world.Cluster.Speaker(n).Output.Count)];

    /// <summary>Fails if a node has lost, or made, its session with the router since.</summary>
    public void AssertUndisturbed(int[] marks)
    {
        string name = $"BGP with {NameOf()} is ";
        foreach ((LabHost node, int mark) in _world.Network.Nodes.Zip(marks))
            Assert.DoesNotContain(_world.Logged(node, mark), l => l.StartsWith(name, StringComparison.Ordinal));
    }

    /// <summary>Full name of a BGPPeer of this scene.</summary>
    public string NameOf(string peer = "router") => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{peer}-{_own}");

    /// <summary>Creates another object of the cluster's own namespace.</summary>
    public async Task CreateAsync(string kind, string name, string spec)
    {
        _made.Add($"{Configuration}/{kind.ToLowerInvariant()}s/{name}");
        await _world.CreateAsync("metallb.io/v1beta1", kind, name, spec);
    }

    /// <summary>Creates or changes the Secret that a BGPPeer names.</summary>
    public async Task SecretAsync(string name, string password)
    {
        string path = $"/api/v1/namespaces/{_world.Cluster.Namespace}/secrets/{name}";
        JsonObject data = new() { ["password"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(password)) };
        if (_made.Contains(path))
        {
            await _world.Cluster.Admin.PatchAsync(path, new JsonObject { ["data"] = data }, BgpWorld.Cancellation);
            return;
        }

        _made.Add(path);
        await _world.Cluster.Admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["type"] = "kubernetes.io/basic-auth",
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = _world.Cluster.Namespace },
                ["data"] = data,
            },
            BgpWorld.Cancellation);
    }

    /// <summary>Creates a Service and returns its two prefixes.</summary>
    public async Task<(string IPv4, string IPv6)> ServeAsync(string name, string policy = "Cluster")
    {
        _made.Add(Service(name));
        (string address4, string address6) = await _world.ServeAsync(name, policy);
        return ($"{address4}/32", $"{address6}/128");
    }

    /// <summary>Deletes a Service.</summary>
    public Task WithdrawAsync(string name) => _world.DeleteAsync(Service(name));

    /// <summary>Waits until the router has each prefix by so many next hops; zero for none; returns how long that took.</summary>
    public async Task<TimeSpan> UntilRoutedAsync(int nextHops, params IReadOnlyList<string> prefixes)
    {
        long began = Stopwatch.GetTimestamp();
        await _world.UntilAsync($"{string.Join(" and ", prefixes)} by {nextHops} next hops", Patience, async () =>
        {
            IReadOnlyDictionary<string, IReadOnlyList<string>> routes = await Router.RoutesAsync();
            return prefixes.All(p => routes.GetValueOrDefault(p, []).Count == nextHops)
                ? null
                : $"all routes: {string.Join("; ", routes.Select(static r => $"{r.Key} via {string.Join(", ", r.Value)}"))}";
        });
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Waits until the router's kernel has each prefix by so many next hops.</summary>
    public async Task UntilInKernelAsync(int nextHops, params IReadOnlyList<string> prefixes)
    {
        foreach (string prefix in prefixes)
            await _world.UntilAsync($"{prefix} by {nextHops} next hops in the kernel", Patience, async () =>
                await KernelRoutes.NextHopsAsync(_world.Network, prefix, BgpWorld.Cancellation) is var hops && hops == nextHops ? null : $"{hops} next hops");
    }

    /// <summary>Waits until BFD is up with all nodes, by the router.</summary>
    public Task UntilBfdUpAsync() => _world.UntilAsync("BFD is up with all nodes", Patience, async () => await BfdUpAsync() is var up && up == _world.Nodes ? null : $"{up} are");

    /// <summary>Waits until all nodes say that the session of a BGPPeer is up: the log lags behind the routes.</summary>
    public async Task UntilUpAsync(string peer = "router")
    {
        foreach (LabHost node in _world.Network.Nodes)
            await UntilLoggedAsync(node, 0, NameOf(peer), "is up");
    }

    /// <summary>
    /// Waits until all nodes have the router's End-of-RIB of both families: routes are kept from the first moment, but a family
    /// of which it is still to come is of a restart under way.
    /// </summary>
    public async Task UntilSettledAsync()
    {
        foreach (LabHost node in _world.Network.Nodes)
        {
            await UntilLoggedAsync(node, 0, NameOf(), "EndOfRib ipv4-unicast");
            await UntilLoggedAsync(node, 0, NameOf(), "EndOfRib ipv6-unicast");
        }
    }

    /// <summary>Waits until the router says of its last session with a peer that it ended so; returns its words.</summary>
    public async Task<string> UntilEndedAsync(string peer, params IReadOnlyList<string> parts)
    {
        string end = "";
        await _world.UntilAsync($"the session with {peer} ended by {string.Join(" and ", parts)}", Patience, async () =>
        {
            end = await LastEndAsync(peer);
            return parts.All(p => end.Contains(p, StringComparison.OrdinalIgnoreCase)) ? null : end;
        });
        return end;
    }

    /// <summary>Waits until the router has sessions with all its peers.</summary>
    public async Task<TimeSpan> UntilEstablishedAsync()
    {
        long began = Stopwatch.GetTimestamp();
        await _world.UntilAsync($"sessions with {string.Join(", ", Options.Peers)}", Patience, async () =>
            (await Router.EstablishedAsync()) is var up && up.Count == Options.Peers.Count ? null : $"up: {string.Join(", ", up)}");
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Waits until the speaker of a node has logged what is looked for, from its n-th line on.</summary>
    public async Task<string> UntilLoggedAsync(LabHost node, int from, params IReadOnlyList<string> parts)
    {
        string found = "";
        await _world.UntilAsync($"{node} says \"{string.Join("\" and \"", parts)}\"", Patience, () =>
        {
            found = _world.Logged(node, from).FirstOrDefault(l => parts.All(p => l.Contains(p, StringComparison.Ordinal))) ?? "";
            return Task.FromResult(found.Length > 0 ? null : "nothing like it");
        });
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string path in _made.AsEnumerable().Reverse())
            await _world.DeleteAsync(path);
        await Router.DisposeAsync();
    }

    private Task<string> LastEndAsync(string peer) => Router switch
    {
        Frr frr => frr.LastEndAsync(peer),
        Bird bird => bird.LastEndAsync(peer),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private Task<int> BfdUpAsync() => Router switch
    {
        Frr frr => frr.BfdUpAsync(),
        Bird bird => bird.BfdUpAsync(),
        _ => Task.FromResult(0),
    };

    private string Service(string name) => $"/api/v1/namespaces/{_world.Cluster.Namespace}/services/{name}";
}
