// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Vip;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>A keepalived of somebody else on the segment of the cluster, with a number a VirtualIP would have.</summary>
public sealed class StrangerTests
{
    private const string Vip = "192.0.2.120";
    private const string OtherVip = "192.0.2.121";
    private const string StrangersVip = "192.0.2.130";
    private const string Kind = "/apis/loadbalancer.io/v1alpha1/virtualips/";

    // The one the name leads to where nobody else is.
    private static readonly int Usual = 1 + (SHA256.HashData(Encoding.UTF8.GetBytes("shop"))[0] % 255);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Scenario", "K8-25")]
    public async Task VirtualIP_WhoseNumberAStrangerHas_GetsAnotherAndIsHeld()
    {
        await using LabCluster cluster = await StartAsync();
        LabHost node = cluster.Network.Nodes[0];
        KeepalivedNode stranger = new(cluster.Network, cluster.Network.Control);
        await stranger.ConfigureAsync($$"""
            vrrp_instance theirs {
              interface eth0
              version 3
              virtual_router_id {{Usual}}
              priority 50
              advert_int 1
              virtual_ipaddress {
                {{StrangersVip}}/24
              }
            }

            """, Cancellation);
        await stranger.StartAsync(Cancellation);
        await HeldAsync(stranger.Host, StrangersVip);

        await CreateAsync(cluster, "shop", Vip, "");
        await cluster.StartVipdAsync(node, "--virtual-ips");
        await HeldAsync(node, Vip);
        int chosen = (int)(await GetAsync(cluster, "shop"))["status"]!["virtualRouterID"]!;
        Assert.NotEqual(Usual, chosen);
        Assert.Contains(StrangersVip, await AddressesAsync(stranger.Host));
        Assert.DoesNotContain("BACKUP", string.Join('\n', stranger.Process!.Output.Lines.SkipWhile(static l => !l.Contains("MASTER STATE", StringComparison.Ordinal))), StringComparison.Ordinal);

        // Who gives that number by hand is told, with the remedy; the other object is let be.
        await CreateAsync(cluster, "other", OtherVip, $"virtualRouterID: {Usual}");
        JsonNode? told = null;
        await EventuallyAsync("an event tells of the stranger", async () => (told = (await EventsAsync(cluster)).FirstOrDefault(static e => (string?)e!["reason"] == "SharedRouterID")) is not null);
        Assert.Equal("other", (string)told!["involvedObject"]!["name"]!);
        Assert.Equal("Warning", (string)told["type"]!);
        Assert.StartsWith(cluster.Network.Control.ServiceAddress.ToString(), (string)told["message"]!, StringComparison.Ordinal);
        Assert.Equal(chosen, (int)(await GetAsync(cluster, "shop"))["status"]!["virtualRouterID"]!);
        Assert.Contains(Vip, await AddressesAsync(node));
    }

    private static Task HeldAsync(LabHost host, string address) => EventuallyAsync($"{host} holds {address}", async () => (await AddressesAsync(host)).Contains(address));

    private static Task CreateAsync(LabCluster cluster, string name, string address, string more) => cluster.Admin.CreateAsync(Assert.Single(Manifests.Read($$"""
        apiVersion: loadbalancer.io/v1alpha1
        kind: VirtualIP
        metadata: {name: {{name}}}
        spec:
          addresses: [{{address}}/24]
          {{more}}
        """)), Cancellation);

    private static async Task<JsonNode> GetAsync(LabCluster cluster, string name) => (await cluster.Admin.SendAsync(HttpMethod.Get, Kind + name, null, Cancellation)).Body!;

    private static async Task<JsonArray> EventsAsync(LabCluster cluster) =>
        (await cluster.Admin.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/events", null, Cancellation)).Body!["items"]!.AsArray();

    private static Task<LabCluster> StartAsync() => LabCluster.StartAsync(
        new LabClusterOptions
        {
            Topology = new LabTopology { Nodes = 1 },
            ServiceProxies = false,
            StartApiServer = static async cancellation =>
            {
                EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new ApiServerOptions(), cancellation);
                return new LabApiServer(server.Kubeconfig(), server);
            },
        },
        Cancellation);
}
