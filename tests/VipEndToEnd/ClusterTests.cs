// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Workloads;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>vipd told by a cluster: VirtualIP objects, and kube-keepalived-vip's ConfigMap.</summary>
public sealed class ClusterTests
{
    private const string Vip = "192.0.2.120";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task VirtualIP_IsHeldByOneNodeAndMoves_WithoutTheApiServerToo()
    {
        await using LabCluster cluster = await StartAsync();
        await cluster.Admin.CreateAsync(Read($$"""
            apiVersion: loadbalancer.io/v1alpha1
            kind: VirtualIP
            metadata: {name: shop}
            spec:
              addresses: [{{Vip}}/24]
              advertisementInterval: 100ms
            """), Cancellation);
        foreach (LabHost node in cluster.Network.Nodes)
        {
            await cluster.StartVipdAsync(node, "--virtual-ips");
        }

        LabHost first = await HolderAsync(cluster, Vip);
        await EventuallyAsync("the status names the master", async () => (string?)(await StatusAsync(cluster))?["master"] == first.Name);

        cluster.Relay.Refuse(true);
        cluster.Daemons["vipd-" + first.Name].Terminate();
        LabHost second = await HolderAsync(cluster, Vip, not: first);
        cluster.Relay.Refuse(false);

        await EventuallyAsync("the status follows", async () => (string?)(await StatusAsync(cluster))?["master"] == second.Name);
        JsonNode status = (await StatusAsync(cluster))!;
        Assert.Contains(status["conditions"]!.AsArray(), c => (string?)c!["type"] == "Accepted" && (string?)c["status"] == "True");
    }

    [Fact]
    public async Task ServicesConfigMap_OfKubeKeepalivedVip_ForwardsToTheService()
    {
        await using LabCluster cluster = await StartAsync();
        foreach (LabHost node in cluster.Network.Nodes)
        {
            await NginxBackend.StartAsync(cluster.Network, node, Cancellation);
        }

        await cluster.Admin.CreateAsync(Read("""
            apiVersion: v1
            kind: Service
            metadata: {name: echoheaders, namespace: default}
            spec:
              type: ClusterIP
              ports: [{name: http, port: 80, targetPort: 8080, protocol: TCP}]
            """), Cancellation);
        await cluster.SetEndpointsAsync(
            "default", "echoheaders", [("http", "TCP", NginxBackend.HttpPort)], cluster.Network.Nodes.ToDictionary(static n => n, static _ => EndpointState.Ready), Cancellation);
        await cluster.Admin.CreateAsync(Read($$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: vip-configmap, namespace: {{cluster.Namespace}}}
            data:
              {{Vip}}: default/echoheaders
            """), Cancellation);
        foreach (LabHost node in cluster.Network.Nodes)
        {
            node.Namespace.SetKernel(("net/ipv4/ip_forward", "1"));
            await cluster.StartVipdAsync(node, $"--services-configmap={cluster.Namespace}/vip-configmap", "--iface=eth0");
        }

        await HolderAsync(cluster, Vip);
        using NamespaceHttp http = new(cluster.Network.Client.Namespace);
        HttpAnswer answer = new(0, "", "", "not asked");
        await EventuallyAsync("the client is served through the address", async () =>
            (answer = await http.GetAsync(new IPEndPoint(IPAddress.Parse(Vip), 80), NginxBackend.HostNames[0], "/", Cancellation)).Status == 200);
        Assert.Contains(cluster.Network.Nodes, n => n.Name == answer.Node);
    }

    private static Task<LabCluster> StartAsync() => LabCluster.StartAsync(
        new LabClusterOptions
        {
            Topology = new LabTopology { Nodes = 2 },
            ServiceProxies = false,
            StartApiServer = static async cancellation =>
            {
                EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new ApiServerOptions(), cancellation);
                return new LabApiServer(server.Kubeconfig(), server);
            },
        },
        Cancellation);

    private static JsonNode Read(string manifest) => Assert.Single(Manifests.Read(manifest));

    private static async Task<JsonNode?> StatusAsync(LabCluster cluster) =>
        (await cluster.Admin.SendAsync(HttpMethod.Get, "/apis/loadbalancer.io/v1alpha1/virtualips/shop", null, Cancellation)).Body?["status"];

    private static async Task<LabHost> HolderAsync(LabCluster cluster, string address, LabHost? not = null)
    {
        LabHost? holder = null;
        await EventuallyAsync($"one node holds {address}", async () =>
        {
            List<LabHost> holders = [];
            foreach (LabHost node in cluster.Network.Nodes)
            {
                if ((await AddressesAsync(node)).Contains(address))
                {
                    holders.Add(node);
                }
            }

            holder = holders is [var only] && only != not ? only : null;
            return holder is not null;
        });
        return holder!;
    }
}
