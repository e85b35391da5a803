// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Lab.Tests;

public sealed class LabClusterTests
{
    private const string Vip = "192.0.2.100";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cluster_ServiceWithEndpoints_IsServedByTheProxiesAndFollowsThem()
    {
        await using var cluster = await LabCluster.StartAsync(
            new LabClusterOptions { Topology = new LabTopology { Nodes = 2 }, StartApiServer = StartServerAsync }, Cancellation);
        var (first, second) = (cluster.Network.Nodes[0], cluster.Network.Nodes[1]);
        foreach (var node in cluster.Network.Nodes)
            await NginxBackend.StartAsync(cluster.Network, node, Cancellation);
        var place = "web-" + cluster.Network.Id;
        await cluster.CreateNamespaceAsync(place, Cancellation);
        await cluster.Admin.CreateAsync(
            JsonNode.Parse($$"""
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "{{place}}"},
                 "spec": {"type": "LoadBalancer", "externalTrafficPolicy": "Cluster", "ports": [{"name": "http", "port": 80}] } }
                """)!,
            Cancellation);
        await cluster.Admin.PatchAsync(
            $"/api/v1/namespaces/{place}/services/web/status",
            JsonNode.Parse($$"""{"status": {"loadBalancer": {"ingress": [{"ip": "{{Vip}}"}] } } }""")!, Cancellation);
        await SetAsync(cluster, place, (first, EndpointState.NotReady), (second, EndpointState.Ready));
        await LabNetwork.RunAsync(
            cluster.Network.Client.Namespace, "ip",
            ["neigh", "replace", Vip, "lladdr", first.Mac(Segment.Service), "dev", "eth0", "nud", "permanent"], null, Cancellation);

        using var http = new NamespaceHttp(cluster.Network.Client.Namespace);
        await WaitForAsync(http, "node-2");
        await SetAsync(cluster, place, (first, EndpointState.Ready));
        await WaitForAsync(http, "node-1");

        // An outage of the API changes no rule; what is written meanwhile is caught up with.
        cluster.Relay.Refuse(true);
        await SetAsync(cluster, place, (second, EndpointState.Ready));
        await WaitForAsync(http, "node-1");
        cluster.Relay.Refuse(false);
        await WaitForAsync(http, "node-2");
    }

    private static Task SetAsync(LabCluster cluster, string place, params (LabHost Node, EndpointState State)[] endpoints) =>
        cluster.SetEndpointsAsync(
            place, "web", [("http", "TCP", NginxBackend.HttpPort)], endpoints.ToDictionary(e => e.Node, e => e.State), Cancellation);

    private static async Task WaitForAsync(NamespaceHttp http, string node)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        while ((await http.GetAsync(new IPEndPoint(IPAddress.Parse(Vip), 80), "shop.example.test", "/", limit.Token)).Node != node)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
    }

    private static async Task<LabApiServer> StartServerAsync(CancellationToken cancellation)
    {
        var server = await EmbeddedApiServer.StartAsync(new ApiServerOptions(), cancellation);
        return new LabApiServer(server.Kubeconfig(), server);
    }
}
