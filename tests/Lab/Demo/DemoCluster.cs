// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Steps;
using LoadBalancer.Lab.Workloads;
using LoadBalancer.Testing;

namespace LoadBalancer.Lab.Demo;

/// <summary>What the demo works on: the lab, its workloads, and short questions to the cluster.</summary>
internal sealed class DemoCluster : IAsyncDisposable
{
    public const string Place = "ingress-nginx";
    public const string Web = "nginx-ingress-svc";
    public const string Echo = "echo";
    private const int EchoPort = 5300;
    private const int HttpPort = 8080;
    private const int HttpsPort = 8443;
    private const int HealthPort = 17472;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private readonly List<IDisposable> _owned = [];
    private readonly LabCluster _cluster;

    private DemoCluster(LabCluster cluster) => _cluster = cluster;

    public LabCluster Cluster => _cluster;

    public LabNetwork Network => _cluster.Network;

    public static async Task<DemoCluster> StartAsync(CancellationToken cancellation)
    {
        LabCluster cluster = await LabCluster.StartAsync(
            new LabClusterOptions
            {
                LogLevel = "info",
                StartApiServer = async ended =>
                {
                    EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new ApiServerOptions(), ended);
                    return new LabApiServer(server.Kubeconfig(), server);
                },
            },
            cancellation);
        return new(cluster);
    }

    /// <summary>A real nginx and a UDP echo on each node, as pods would run there.</summary>
    public async Task StartWorkloadsAsync(CancellationToken cancellation)
    {
        foreach (LabHost node in Network.Nodes)
        {
            await NginxBackend.StartAsync(Network, node, cancellation);
            _owned.Add(UdpEcho.Start(node.Namespace, new IPEndPoint(node.ManagementAddress, EchoPort), node.Name));
        }
    }

    public async Task StartDaemonsAsync(StepProgress progress, CancellationToken cancellation)
    {
        await _cluster.StartControllerAsync(1);
        await _cluster.StartControllerAsync(2);
        foreach (LabHost node in Network.Nodes)
        {
            await _cluster.StartSpeakerAsync(node);
        }

        foreach (LabHost node in Network.Nodes)
        {
            await ReadyAsync(node, progress, cancellation);
        }
    }

    /// <summary>Waits until the speaker of a node is ready.</summary>
    public static async Task ReadyAsync(LabHost node, StepProgress progress, CancellationToken cancellation)
    {
        using NamespaceHttp http = new(node.Namespace);
        await UntilAsync($"the speaker on {node.Name} is ready", TimeSpan.FromSeconds(30), progress, async () =>
            (await http.GetAsync(new IPEndPoint(IPAddress.Loopback, HealthPort), "localhost", "/readyz", cancellation)).Status == 200, cancellation);
    }

    /// <summary>Applies a manifest of config/samples.</summary>
    public async Task ApplySampleAsync(string file, CancellationToken cancellation, Func<JsonNode, bool>? only = null)
    {
        string text = await File.ReadAllTextAsync(Checkout.PathOf("config", "samples", file), cancellation);
        foreach (JsonNode manifest in Manifests.Read(text))
        {
            if (only?.Invoke(manifest) ?? true)
            {
                await _cluster.Admin.CreateAsync(manifest, cancellation);
            }
        }
    }

    /// <summary>A UDP Service beside nginx on the same address: what the gap is measured with, a request a millisecond.</summary>
    public Task CreateEchoAsync(string address, CancellationToken cancellation) => _cluster.Admin.CreateAsync(
        Manifests.Read($$"""
            apiVersion: v1
            kind: Service
            metadata:
              name: {{Echo}}
              namespace: {{Place}}
              annotations:
                metallb.io/loadBalancerIPs: {{address}}
                metallb.io/allow-shared-ip: demo
            spec:
              type: LoadBalancer
              externalTrafficPolicy: Local
              allocateLoadBalancerNodePorts: false
              selector:
                app.kubernetes.io/component: controller
                app.kubernetes.io/instance: ingress-nginx
                app.kubernetes.io/name: ingress-nginx
              ports: [{name: echo, port: 5300, protocol: UDP, targetPort: 5300}]
            """)[0],
        cancellation);

    public Task ShareAddressAsync(CancellationToken cancellation) => _cluster.Admin.PatchAsync(
        $"/api/v1/namespaces/{Place}/services/{Web}",
        new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["metallb.io/allow-shared-ip"] = "demo" } } },
        cancellation);

    public async Task SetEndpointsAsync(CancellationToken cancellation)
    {
        Dictionary<LabHost, EndpointState> ready = Network.Nodes.ToDictionary(n => n, _ => EndpointState.Ready);
        await _cluster.SetEndpointsAsync(Place, Web, [("http", "TCP", HttpPort), ("https", "TCP", HttpsPort)], ready, cancellation);
        await _cluster.SetEndpointsAsync(Place, Echo, [("echo", "UDP", EchoPort)], ready, cancellation);
    }

    public async Task<string?> AddressAsync(string service, CancellationToken cancellation) =>
        (string?)(await GetAsync($"/api/v1/namespaces/{Place}/services/{service}", cancellation))?["status"]?["loadBalancer"]?["ingress"]?[0]?["ip"];

    public async Task<string?> ConditionAsync(string plural, string name, CancellationToken cancellation)
    {
        JsonNode? found = await GetAsync($"/apis/metallb.io/v1beta1/namespaces/{_cluster.Namespace}/{plural}/{name}", cancellation);
        JsonNode? condition = found?["status"]?["conditions"]?[0];
        return condition is null ? null : $"{(string?)condition["type"]}={(string?)condition["status"]}";
    }

    public async Task<long?> AssignedAsync(string pool, CancellationToken cancellation) =>
        (long?)(await GetAsync($"/apis/metallb.io/v1beta1/namespaces/{_cluster.Namespace}/ipaddresspools/{pool}", cancellation))?["status"]?["assignedIPv4"];

    /// <summary>The nodes recorded to announce nginx.</summary>
    public async Task<IReadOnlyList<string>> AnnouncersAsync(CancellationToken cancellation)
    {
        JsonNode? list = await GetAsync($"/apis/metallb.io/v1beta1/namespaces/{_cluster.Namespace}/servicel2statuses", cancellation);
        return [.. list?["items"]?.AsArray().Where(i => (string?)i?["status"]?["serviceName"] == Web).Select(i => (string?)i!["status"]!["node"] ?? "") ?? []];
    }

    /// <summary>Hardware addresses that answer an ARP request of the client.</summary>
    public async Task<IReadOnlyList<string>> AnsweringAsync(string address, CancellationToken cancellation)
    {
        (_, string output, _) = await Command.TryRunAsync(
            "ip", ["netns", "exec", Network.Client.Namespace.Name, "arping", "-c", "3", "-W", "0.1", "-i", "eth0", address], cancellation: cancellation);
        return [.. output.Split('\n').Where(l => l.Contains("bytes from", StringComparison.Ordinal)).Select(l => l.Split(' ')[3]).Distinct()];
    }

    /// <summary>What curl prints when the client asks the address for a host name.</summary>
    public async Task<string> CurlAsync(string address, string host, CancellationToken cancellation)
    {
        (int status, string output, string error) = await Command.TryRunAsync(
            "ip", ["netns", "exec", Network.Client.Namespace.Name, "curl", "-sS", "-m", "5", "-w", " [%{http_code}]", "-H", $"Host: {host}", $"http://{address}/"], cancellation: cancellation);
        return status == 0 ? string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : throw new CommandFailedException($"curl {address} for {host}: {error.Trim()}");
    }

    public async Task DeleteServicesAsync(CancellationToken cancellation)
    {
        foreach (string service in (string[])[Web, Echo])
        {
            await _cluster.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/{Place}/services/{service}", null, cancellation);
        }
    }

    /// <summary>Waits until a look is satisfied; says what it waited for when it is not in time.</summary>
    public static async Task UntilAsync(string what, TimeSpan deadline, StepProgress progress, Func<Task<bool>> look, CancellationToken cancellation)
    {
        progress.Waiting(what);
        long began = Stopwatch.GetTimestamp();
        while (!await look())
        {
            if (Stopwatch.GetElapsedTime(began) > deadline)
            {
                throw new CommandFailedException($"not within {deadline.TotalSeconds:f0} s: {what}");
            }

            await Task.Delay(Look, TimeProvider.System, cancellation);
        }
    }

    private async Task<JsonNode?> GetAsync(string path, CancellationToken cancellation)
    {
        (HttpStatusCode status, JsonNode? body) = await _cluster.Admin.SendAsync(HttpMethod.Get, path, null, cancellation);
        return status == HttpStatusCode.OK ? body : null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }

        await _cluster.DisposeAsync();
    }
}
