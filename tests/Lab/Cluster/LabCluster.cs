// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Lab.Network;
using LoadBalancer.Testing;

namespace LoadBalancer.Lab.Cluster;

/// <summary>
/// A network with an API server, Node objects, service accounts bound as config/rbac says, and the daemons as processes in
/// it. The daemons reach the server over the management segment, each with a token of its own account.
/// </summary>
public sealed partial class LabCluster : IAsyncDisposable
{
    private const int ApiPort = 6443;
    private const string ProxyAccount = "lab-service-proxy";

    private readonly LabClusterOptions _options;
    private readonly LabApiServer _server;
    private readonly KubeConfig _adminConfig;
    private readonly string _keyDirectory;

    private LabCluster(LabClusterOptions options, LabNetwork network, LabApiServer server, KubeConfig adminConfig, ApiRelay relay)
    {
        _options = options;
        _server = server;
        _adminConfig = adminConfig;
        _keyDirectory = Path.Combine(network.State.Directory, "ml-key");
        Network = network;
        Relay = relay;
        Admin = new AdminApi(adminConfig);
        Client = new ApiClient(adminConfig, new ApiClientOptions { UserAgent = "lab" }, TimeProvider.System, new Random(network.Id.GetHashCode(StringComparison.Ordinal)));
        Namespace = server.External ? $"{options.Namespace}-{network.Id}" : options.Namespace;
    }

    public LabNetwork Network { get; }

    /// <summary>The path of the daemons to the API server: an outage is made here.</summary>
    public ApiRelay Relay { get; }

    /// <summary>The administrator, in plain JSON.</summary>
    public AdminApi Admin { get; }

    /// <summary>The administrator, through the product's client.</summary>
    public ApiClient Client { get; }

    /// <summary>Namespace of the daemons and their configuration objects.</summary>
    public string Namespace { get; }

    /// <summary>The administrator's kubeconfig for use on the machine itself.</summary>
    public string AdminKubeConfig => Path.Combine(Network.State.Directory, "admin.kubeconfig");

    /// <summary>Name of a node in the API; on somebody else's server it carries the lab's name.</summary>
    public string NodeName(LabHost node) => _server.External ? $"{node.Name}-{Network.Id}" : node.Name;

    /// <summary>The host behind a name in the API.</summary>
    public LabHost Host(string nodeName) => Network.Nodes.First(n => NodeName(n) == nodeName);

    /// <summary>Builds everything but the daemons; service proxies run when this returns, unless the options say otherwise.</summary>
    public static async Task<LabCluster> StartAsync(LabClusterOptions options, CancellationToken cancellation = default)
    {
        var network = await LabNetwork.StartAsync(options.Topology, cancellation);
        LabApiServer? server = null;
        LabCluster? cluster = null;
        try
        {
            server = LabApiServer.FromEnvironment() ?? await options.StartApiServer(cancellation);
            var config = server.ReadConfig(network.State.Directory);
            var relay = ApiRelay.Start(
                network.Control.Namespace, new IPEndPoint(network.Control.ManagementAddress, ApiPort), config.Server.DnsSafeHost, config.Server.Port);
            cluster = new LabCluster(options, network, server, config, relay);
            await cluster.PrepareAsync(cancellation);
            return cluster;
        }
        catch
        {
            if (cluster is not null)
            {
                await cluster.DisposeAsync();
            }
            else
            {
                if (server is not null)
                    await server.DisposeAsync();
                await network.DisposeAsync();
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The daemons first, so that nobody writes back what is removed.
        foreach (var process in _daemons.Values)
            await process.DisposeAsync();
        if (_server.External)
            await Admin.RemoveAllAsync(CancellationToken.None);
        await Relay.DisposeAsync();
        Admin.Dispose();
        Client.Dispose();
        await _server.DisposeAsync();
        await Network.DisposeAsync();
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        await CreateNamespaceAsync(Namespace, cancellation);
        var config = Checkout.PathOf("config");
        foreach (var manifest in Manifests.ReadDirectory(Path.Combine(config, "crd")))
            await Admin.CreateAsync(manifest, cancellation);
        // Accounts before what names them; the names of cluster-wide objects carry the namespace too.
        string Rename(string text) => text.Replace("metallb-system", Namespace, StringComparison.Ordinal);
        var access = Manifests.ReadDirectory(Path.Combine(config, "rbac"), Rename);
        foreach (var manifest in access.OrderBy(m => (string?)m["kind"] != "ServiceAccount"))
            await Admin.CreateAsync(manifest, cancellation);
        foreach (var manifest in ProxyAccess())
            await Admin.CreateAsync(manifest, cancellation);
        foreach (var node in Network.Nodes)
            await CreateNodeAsync(node, cancellation);
        await WaitForKindsAsync(cancellation);

        Directory.CreateDirectory(_keyDirectory);
        await using (var key = new StreamWriter(new FileStream(Path.Combine(_keyDirectory, "secretkey"), LabApiServer.OwnerOnly)))
            await key.WriteAsync(Convert.ToBase64String(RandomNumberGenerator.GetBytes(128)).AsMemory(), cancellation);
        foreach (var account in new[] { "controller", "speaker", "vipd", ProxyAccount })
            await WriteKubeConfigAsync(account, cancellation);
        if (_options.ServiceProxies)
            await Task.WhenAll(Network.Nodes.Select(n => StartProxyAsync(n, cancellation)));
    }

    /// <summary>Creates a namespace that goes with the cluster.</summary>
    public Task CreateNamespaceAsync(string name, CancellationToken cancellation = default) => Admin.CreateAsync(
        new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } }, cancellation);

    private async Task CreateNodeAsync(LabHost node, CancellationToken cancellation)
    {
        var labels = new JsonObject { ["kubernetes.io/hostname"] = NodeName(node), ["kubernetes.io/os"] = "linux" };
        foreach (var (key, value) in _options.NodeLabels(node.Number - Network.Nodes[0].Number + 1))
            labels[key] = value;
        await Admin.CreateAsync(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Node",
                ["metadata"] = new JsonObject { ["name"] = NodeName(node), ["labels"] = labels },
            },
            cancellation);
        var status = JsonNode.Parse($$"""
            {"status": {
              "addresses": [
                {"type": "InternalIP", "address": "{{node.ManagementAddress}}"},
                {"type": "InternalIP", "address": "{{node.ManagementAddress6}}"},
                {"type": "Hostname", "address": "{{NodeName(node)}}"}],
              "conditions": [{"type": "Ready", "status": "True", "reason": "LabNode", "message": "a namespace of the lab"}]
            } }
            """)!;
        await Admin.PatchAsync($"/api/v1/nodes/{NodeName(node)}/status", status, cancellation);
    }

    /// <summary>A real server serves a new kind some time after it has taken its definition.</summary>
    private async Task WaitForKindsAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        foreach (var plural in new[] { "ipaddresspools", "l2advertisements", "servicel2statuses", "configurationstates" })
        {
            while ((await Admin.SendAsync(HttpMethod.Get, $"/apis/metallb.io/v1beta1/{plural}?limit=1", null, limit.Token)).Status != HttpStatusCode.OK)
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }

    private IReadOnlyList<JsonNode> ProxyAccess() => Manifests.Read($$"""
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: {{ProxyAccount}}, namespace: {{Namespace}}}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: "{{Namespace}}:{{ProxyAccount}}"}
        rules:
          - {apiGroups: [""], resources: [services], verbs: [get, list, watch]}
          - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [get, list, watch]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: "{{Namespace}}:{{ProxyAccount}}"}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "{{Namespace}}:{{ProxyAccount}}"}
        subjects:
          - {kind: ServiceAccount, name: {{ProxyAccount}}, namespace: {{Namespace}}}
        """);

    private string KubeConfigOf(string account) => Path.Combine(Network.State.Directory, account + ".kubeconfig");

    private async Task WriteKubeConfigAsync(string account, CancellationToken cancellation)
    {
        var secure = _adminConfig.Server.Scheme == Uri.UriSchemeHttps;
        var cluster = new JsonObject { ["server"] = $"{_adminConfig.Server.Scheme}://{Relay.Endpoint}{_adminConfig.Server.AbsolutePath.TrimEnd('/')}" };
        if (secure)
        {
            // The certificate is good for the name the machine knows the server by, not for the relay's address.
            cluster["tls-server-name"] = _adminConfig.TlsServerName ?? _adminConfig.Server.DnsSafeHost;
            if (_adminConfig.CertificateAuthority is { } authority)
                cluster["certificate-authority-data"] = Convert.ToBase64String(authority);
            if (_adminConfig.InsecureSkipTlsVerify)
                cluster["insecure-skip-tls-verify"] = true;
        }

        var token = await Admin.TokenAsync(Namespace, account, cancellation);
        var config = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = new JsonArray(new JsonObject { ["name"] = "lab", ["cluster"] = cluster }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = account, ["user"] = new JsonObject { ["token"] = token } }),
            ["contexts"] = new JsonArray(new JsonObject
            {
                ["name"] = "lab",
                ["context"] = new JsonObject { ["cluster"] = "lab", ["user"] = account, ["namespace"] = Namespace },
            }),
            ["current-context"] = "lab",
        };
        await using var writer = new StreamWriter(new FileStream(KubeConfigOf(account), LabApiServer.OwnerOnly));
        await writer.WriteAsync(config.ToJsonString().AsMemory(), cancellation);
    }
}
