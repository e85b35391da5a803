// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.EndToEnd;

/// <summary>What one test puts into the API: a namespace, a pool with its advertisement, Services. All of it goes with the test.</summary>
public sealed class Scene : IAsyncDisposable
{
    public const string Range = "192.0.2.100-192.0.2.119";
    public const string Range6 = "2001:db8:0:1::100-2001:db8:0:1::11f";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentStack<string> _made = new();

    private Scene(World world, int number)
    {
        World = world;
        Namespace = string.Create(CultureInfo.InvariantCulture, $"e2e-{world.Network.Id}-{number}");
        Pool = string.Create(CultureInfo.InvariantCulture, $"pool-{number}");
    }

    public World World { get; }

    /// <summary>The namespace of the Services.</summary>
    public string Namespace { get; }

    /// <summary>Name of the pool.</summary>
    public string Pool { get; }

    private static CancellationToken Cancellation => World.Cancellation;

    /// <summary>Opens with everything healthy and one pool of these ranges, advertised from eth0 of every node.</summary>
    public static async Task<Scene> OpenAsync(World world, params string[] ranges)
    {
        await world.RestoreAsync();
        var scene = new Scene(world, world.NextScene);
        await world.Cluster.CreateNamespaceAsync(scene.Namespace, Cancellation);
        await scene.PoolAsync(scene.Pool, ranges.Length == 0 ? [Range, Range6] : ranges);
        await scene.ConfigureAsync("L2Advertisement", scene.Pool, new JsonObject
        {
            ["ipAddressPools"] = new JsonArray(scene.Pool),
            ["interfaces"] = new JsonArray("eth0"),
        });
        // The controller watches each kind by itself: a Service made now might be heard of before the last scene's pool is gone.
        await scene.VerdictAsync("IPAddressPool", scene.Pool, "True", "Accepted");
        return scene;
    }

    public Task PoolAsync(string name, params IReadOnlyList<string> ranges) => ConfigureAsync(
        "IPAddressPool", name, new JsonObject { ["addresses"] = new JsonArray([.. ranges.Select(r => (JsonNode)r)]) });

    public async Task ConfigureAsync(string kind, string name, JsonObject spec)
    {
        var (status, body) = await TryConfigureAsync(kind, name, spec);
        World.Check(status == HttpStatusCode.Created, $"{kind} {name} was refused with {(int)status}: {body?.ToJsonString()}");
    }

    /// <summary>Creates a configuration object; the server may refuse it.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> TryConfigureAsync(string kind, string name, JsonObject spec, string query = "")
    {
        var collection = Collection(kind);
        var answer = await World.Cluster.Admin.SendAsync(
            HttpMethod.Post, collection + query,
            new JsonObject
            {
                ["apiVersion"] = "metallb.io/v1beta1",
                ["kind"] = kind,
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = World.Cluster.Namespace },
                ["spec"] = spec,
            },
            Cancellation);
        if (answer.Status == HttpStatusCode.Created)
            _made.Push($"{collection}/{name}");
        return answer;
    }

    public string Collection(string kind) => $"/apis/metallb.io/v1beta1/namespaces/{World.Cluster.Namespace}/{(kind == "Community" ? "communities" : kind.ToLowerInvariant() + "s")}";

    public string ServicePath(string name) => $"/api/v1/namespaces/{Namespace}/services/{name}";

    /// <summary>Skips the test on a cluster whose Services cannot have this family, such as one with IPv4 only.</summary>
    public async Task NeedFamilyAsync(string family)
    {
        var asked = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject { ["name"] = "family", ["namespace"] = Namespace },
            ["spec"] = new JsonObject { ["ipFamilies"] = new JsonArray(family), ["ports"] = new JsonArray(new JsonObject { ["port"] = 80 }) },
        };
        var (status, _) = await World.Cluster.Admin.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/services?dryRun=All", asked, Cancellation);
        Assert.SkipUnless(status == HttpStatusCode.Created, $"needs a cluster with {family} Services");
    }

    /// <summary>Creates a Service of type LoadBalancer, changed by the caller; fails when the server refuses it.</summary>
    public async Task<JsonNode> ServiceAsync(string name, Action<JsonObject, JsonObject>? edit = null)
    {
        var metadata = new JsonObject { ["name"] = name, ["namespace"] = Namespace, ["annotations"] = new JsonObject() };
        var spec = new JsonObject
        {
            ["type"] = "LoadBalancer",
            ["allocateLoadBalancerNodePorts"] = false,
            ["ports"] = new JsonArray(
                new JsonObject { ["name"] = "http", ["port"] = 80, ["targetPort"] = NginxBackend.HttpPort },
                new JsonObject { ["name"] = "echo", ["port"] = World.EchoPort, ["protocol"] = "UDP" }),
        };
        edit?.Invoke(metadata, spec);
        var (status, body) = await World.Cluster.Admin.SendAsync(
            HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/services",
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Service", ["metadata"] = metadata, ["spec"] = spec }, Cancellation);
        World.Check(status == HttpStatusCode.Created, $"Service {name} was refused with {(int)status}: {body?.ToJsonString()}");
        _made.Push(ServicePath(name));
        return body!;
    }

    /// <summary>Gives a Service ready endpoints on these nodes, by hand.</summary>
    public Task EndpointsAsync(string service, params IReadOnlyList<LabHost> nodes)
    {
        foreach (var family in new[] { "ipv4", "ipv6" })
            _made.Push($"/apis/discovery.k8s.io/v1/namespaces/{Namespace}/endpointslices/{service}-{family}");
        return World.Cluster.SetEndpointsAsync(
            Namespace, service, [("http", "TCP", NginxBackend.HttpPort), ("echo", "UDP", World.EchoPort)],
            nodes.ToDictionary(n => n, _ => EndpointState.Ready), Cancellation);
    }

    /// <summary>Gives a Service one ready IPv4 endpoint on every node, in one request.</summary>
    public async Task SliceAsync(string service)
    {
        var (status, body) = await World.Cluster.Admin.SendAsync(
            HttpMethod.Post, $"/apis/discovery.k8s.io/v1/namespaces/{Namespace}/endpointslices",
            new JsonObject
            {
                ["apiVersion"] = "discovery.k8s.io/v1",
                ["kind"] = "EndpointSlice",
                ["metadata"] = new JsonObject { ["name"] = service, ["namespace"] = Namespace, ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = service } },
                ["addressType"] = "IPv4",
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = NginxBackend.HttpPort }),
                ["endpoints"] = new JsonArray([.. World.Nodes.Select(n => (JsonNode)new JsonObject
                {
                    ["addresses"] = new JsonArray(n.ManagementAddress.ToString()),
                    ["nodeName"] = World.Cluster.NodeName(n),
                    ["conditions"] = new JsonObject { ["ready"] = true },
                })]),
            },
            Cancellation);
        World.Check(status == HttpStatusCode.Created, $"EndpointSlice {service} was refused with {(int)status}: {body?.ToJsonString()}");
        _made.Push(SlicePath(service));
    }

    public string SlicePath(string service) => $"/apis/discovery.k8s.io/v1/namespaces/{Namespace}/endpointslices/{service}";

    /// <summary>A Service that is local to its nodes and answered on all of them; returns its address.</summary>
    public async Task<string> ServedAsync(string name, params IReadOnlyList<LabHost> nodes)
    {
        await ServiceAsync(name, static (_, spec) => spec["externalTrafficPolicy"] = "Local");
        await EndpointsAsync(name, nodes.Count == 0 ? World.Nodes : nodes);
        var address = (await AddressesAsync(name))[0];
        await AnnouncerAsync(address);
        return address;
    }

    public async Task<JsonNode?> GetAsync(string path)
    {
        var (status, body) = await World.Cluster.Admin.SendAsync(HttpMethod.Get, path, null, Cancellation);
        World.Check(status is HttpStatusCode.OK or HttpStatusCode.NotFound, $"GET {path}: {(int)status} {body?.ToJsonString()}");
        return status == HttpStatusCode.OK ? body : null;
    }

    public async Task<IReadOnlyList<JsonNode>> ListAsync(string path) =>
        [.. ((await GetAsync(path))?["items"]?.AsArray() ?? []).OfType<JsonNode>()];

    public async Task DeleteAsync(string path)
    {
        var (status, body) = await World.Cluster.Admin.SendAsync(HttpMethod.Delete, path, null, Cancellation);
        World.Check((int)status is 200 or 202 or 404, $"DELETE {path}: {(int)status} {body?.ToJsonString()}");
    }

    public static IReadOnlyList<string> Ingress(JsonNode? service) =>
        [.. (service?["status"]?["loadBalancer"]?["ingress"]?.AsArray() ?? []).Select(i => (string?)i?["ip"] ?? "")];

    /// <summary>The addresses of a Service; waits until it has this many.</summary>
    public async Task<IReadOnlyList<string>> AddressesAsync(string name, int count = 1)
    {
        IReadOnlyList<string> found = [];
        await World.UntilAsync($"Service {name} has {count} addresses", Patience, async () =>
            (found = Ingress(await GetAsync(ServicePath(name)))).Count == count ? null : $"it has {string.Join(", ", found)}");
        return found;
    }

    /// <summary>Waits for an event on a Service and returns its message.</summary>
    public async Task<string> EventAsync(string service, string reason)
    {
        string? message = null;
        await World.UntilAsync($"Service {service} has an event {reason}", Patience, async () =>
        {
            var events = (await ListAsync($"/api/v1/namespaces/{Namespace}/events")).Where(e => (string?)e["involvedObject"]?["name"] == service).ToList();
            message = events.Where(e => (string?)e["reason"] == reason).Select(e => (string?)e["message"]).FirstOrDefault();
            return message is null ? $"its events are {string.Join("; ", events.Select(e => $"{e["reason"]}: {e["message"]}"))}" : null;
        });
        return message!;
    }

    /// <summary>Waits for the Accepted condition of a configuration object to be so; returns its message.</summary>
    public async Task<string> VerdictAsync(string kind, string name, string status, string reason)
    {
        string message = "";
        await World.UntilAsync($"{kind} {name} has Accepted={status} with reason {reason}", Patience, async () =>
        {
            var conditions = (await GetAsync($"{Collection(kind)}/{name}"))?["status"]?["conditions"];
            var condition = conditions?.AsArray().FirstOrDefault(c => (string?)c?["type"] == "Accepted");
            message = (string?)condition?["message"] ?? "";
            return (string?)condition?["status"] == status && (string?)condition?["reason"] == reason ? null : $"{conditions?.ToJsonString() ?? "no condition"}";
        });
        return message;
    }

    /// <summary>Waits until exactly one node answers for an address, with its own hardware address, and returns it.</summary>
    public async Task<LabHost> AnnouncerAsync(string address, TimeSpan? deadline = null)
    {
        LabHost? found = null;
        await World.UntilAsync($"exactly one node answers for {address}", deadline ?? Patience, async () =>
        {
            var answers = await World.Eye.AskAsync(address, Cancellation);
            found = answers.Count == 1 ? World.Nodes.FirstOrDefault(n => n.Mac(Segment.Service) == answers[0]) : null;
            return found is null ? $"answers from [{string.Join(", ", answers)}]" : null;
        });
        return found!;
    }

    /// <summary>Waits until the ServiceL2Status of a Service names just this node.</summary>
    public Task RecordedAsync(string service, LabHost node, TimeSpan? deadline = null) => World.UntilAsync(
        $"the ServiceL2Status of {service} names {node}", deadline ?? Patience, async () =>
        {
            var nodes = await RecordsAsync(service);
            return nodes.Count == 1 && nodes[0] == World.Cluster.NodeName(node) ? null : $"it names [{string.Join(", ", nodes)}]";
        });

    public async Task<IReadOnlyList<string>> RecordsAsync(string service) =>
    [
        .. (await ListAsync("/apis/metallb.io/v1beta1/servicel2statuses"))
            .Where(s => (string?)s["status"]?["serviceName"] == service && (string?)s["status"]?["serviceNamespace"] == Namespace)
            .Select(s => (string?)s["status"]?["node"] ?? ""),
    ];

    public async Task<long> AssignedAsync(string? pool = null) =>
        (long?)(await GetAsync($"{Collection("IPAddressPool")}/{pool ?? Pool}"))?["status"]?["assignedIPv4"] ?? -1;

    public Task AssignedIsAsync(long count) => World.UntilAsync(
        $"pool {Pool} counts {count} assigned IPv4 addresses", Patience, async () =>
            await AssignedAsync() is var found && found == count ? null : $"it counts {found}");

    public async ValueTask DisposeAsync()
    {
        // A failed test leaves its faults behind: the API has to be reachable for what follows.
        World.Embedded?.Faults.Clear();
        World.Cluster.Relay.Refuse(false);
        while (_made.TryPop(out var path))
            await World.Cluster.Admin.SendAsync(HttpMethod.Delete, path, null, CancellationToken.None);
    }
}
