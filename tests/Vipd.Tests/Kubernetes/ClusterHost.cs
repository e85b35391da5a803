// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Testing;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

/// <summary>An API server with the product's definitions and roles, and nodes that follow it under vipd's role.</summary>
internal sealed class ClusterHost : IAsyncDisposable
{
    private const string Place = "metallb-system";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<IAsyncDisposable> _nodes = [];
    private readonly List<IDisposable> _clients = [];
    private bool _stopped;

    private ClusterHost(EmbeddedApiServer server) => Server = server;

    public EmbeddedApiServer Server { get; }

    public static async Task<ClusterHost> StartAsync()
    {
        EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new ApiServerOptions { PlainHttp = true }, TestContext.Current.CancellationToken);
        foreach (string part in new[] { "namespace", "crd", "rbac" })
            await server.LoadManifestsAsync(Path.Combine(Checkout.PathOf("config"), part), TestContext.Current.CancellationToken);
        ClusterHost host = new(server);
        foreach ((string name, string address) in new[] { ("node-a", "192.0.2.1"), ("node-b", "192.0.2.2") })
            host.Apply("v1", "Node", name, null, "{}", $$"""{"addresses":[{"type":"InternalIP","address":"{{address}}"}]}""");
        return host;
    }

    public KubernetesConfiguration Node(KubernetesOptions options, string name, IRouterEar? ear = null, Func<ValueList<LocalLink>>? links = null)
    {
        ApiClient client = new(new KubeConfig { Server = new(Server.Url), Token = Server.IssueToken(Place, "vipd", TimeSpan.FromHours(1)) }, new ApiClientOptions(), TimeProvider.System, new Random(1));
        _clients.Add(client);
        KubernetesConfiguration made = new(options with { NodeName = name }, client, ear ?? new FakeEar(), TimeProvider.System, NullLogger.Instance, links ?? (static () => ClusterSample.View().Links));
        _nodes.Add(made);
        made.Start();
        return made;
    }

    public JsonObject Apply(string version, string kind, string name, string? @namespace, string spec, string? status = null)
    {
        JsonObject metadata = new() { ["name"] = name };
        if (@namespace is not null)
            metadata["namespace"] = @namespace;
        JsonObject node = new() { ["apiVersion"] = version, ["kind"] = kind, ["metadata"] = metadata };
        foreach ((string key, JsonNode? value) in JsonNode.Parse(kind == "ConfigMap" ? spec : $$"""{"spec":{{spec}}}""")!.AsObject())
            node[key] = value?.DeepClone();
        if (status is not null)
            node["status"] = JsonNode.Parse(status);
        return Server.Apply(node);
    }

    public JsonObject VirtualIp(string name, string spec) => Apply("loadbalancer.io/v1alpha1", "VirtualIP", name, null, spec);

    public JsonNode? StatusOf(string name) => Server.Find("loadbalancer.io", "virtualips", "", name)?["status"];

    public static async Task<VipConfiguration> NextAsync(KubernetesConfiguration node, Predicate<VipConfiguration> wanted)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            VipConfiguration next = await node.Changes.ReadAsync(limit.Token);
            if (wanted(next))
                return next;
        }
    }

    public static async Task UntilAsync(Func<bool> so, Func<string?> shown)
    {
        long end = TimeProvider.System.GetTimestamp() + (long)(Patience.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (!so())
        {
            Assert.True(TimeProvider.System.GetTimestamp() < end, shown());
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A node says nothing more.</summary>
    public ValueTask EndAsync(KubernetesConfiguration node)
    {
        _nodes.Remove(node);
        return node.DisposeAsync();
    }

    /// <summary>Takes the server away.</summary>
    public async Task StopAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            await Server.DisposeAsync();
        }
    }

    public async Task UntilEventsAsync(string about, Predicate<IReadOnlyList<(string Reason, string Type, string Message)>> so)
    {
        long end = TimeProvider.System.GetTimestamp() + (long)(Patience.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (await EventsAsync(about) is var events && !so(events))
        {
            Assert.True(TimeProvider.System.GetTimestamp() < end, string.Join(", ", events));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    // Of a VirtualIP.
    private async Task<(string Reason, string Type, string Message)[]> EventsAsync(string about)
    {
        using HttpClient admin = Admin();
        JsonNode list = JsonNode.Parse(await admin.GetStringAsync("/api/v1/namespaces/default/events", TestContext.Current.CancellationToken))!;
        return [.. list["items"]!.AsArray().Where(e => (string?)e!["involvedObject"]!["name"] == about).Select(static e => ((string)e!["reason"]!, (string)e["type"]!, (string)e["message"]!))];
    }

    private HttpClient Admin()
    {
        HttpClient admin = new() { BaseAddress = new Uri(Server.Url) };
        admin.DefaultRequestHeaders.Authorization = new("Bearer", Server.AdminToken);
        return admin;
    }

    public async Task DeleteAsync(string path)
    {
        using HttpClient admin = Admin();
        using HttpResponseMessage answer = await admin.DeleteAsync(path, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable node in _nodes)
            await node.DisposeAsync();
        _clients.ForEach(static client => client.Dispose());
        await StopAsync();
    }
}
