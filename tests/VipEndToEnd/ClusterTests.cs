// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer;
using LoadBalancer.Lab.Cluster;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Workloads;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>vipd told by a cluster: VirtualIP objects, and kube-keepalived-vip's ConfigMap.</summary>
public sealed class ClusterTests
{
    private const string Vip = "192.0.2.120";
    private const string OtherVip = "192.0.2.121";
    private const string Shop = $$"""
        apiVersion: loadbalancer.io/v1alpha1
        kind: VirtualIP
        metadata: {name: shop}
        spec:
          addresses: [{{Vip}}/24]
          advertisementInterval: 100ms
        """;

    private const int MetricsPort = 9121;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Scenario", "K8-11")]
    public async Task VirtualIP_IsHeldByOneNodeAndMoves_WithoutTheApiServerToo()
    {
        await using LabCluster cluster = await StartWithShopAsync();
        // Where machines are busy it may move once more: who holds it and who is named are looked at together.
        LabHost first = await NamedHolderAsync(cluster);

        cluster.Relay.Refuse(true);
        cluster.Daemons["vipd-" + first.Name].Terminate();
        LabHost second = await HolderAsync(cluster, Vip, not: first);
        await EventuallyAsync("it says that it hears nothing of the cluster", async () =>
            ((string?)JsonNode.Parse(await AskAsync(second, "/status"))!["lostContact"])?.Contains("virtualips", StringComparison.Ordinal) == true
            && (await AskAsync(second, "/metrics")).Contains("\nvipd_api_contact_lost 1\n", StringComparison.Ordinal));
        cluster.Relay.Refuse(false);
        await EventuallyAsync("it hears of the cluster", async () => JsonNode.Parse(await AskAsync(second, "/status"))!["lostContact"] is null);

        Assert.Equal(second, await NamedHolderAsync(cluster));
        JsonNode status = (await StatusAsync(cluster))!;
        Assert.Contains(status["conditions"]!.AsArray(), c => (string?)c!["type"] == "Accepted" && (string?)c["status"] == "True");
    }

    [Fact]
    [Trait("Scenario", "K8-12")]
    [Trait("Scenario", "K8-19")]
    [Trait("Scenario", "K8-26")]
    public async Task VirtualIP_BehindASlowApiServer_MovesAllTheSameAndGoesWhenItIsDeleted()
    {
        await using LabCluster cluster = await StartWithShopAsync();
        LabHost first = await NamedHolderAsync(cluster);
        TimeSpan delay = TimeSpan.FromSeconds(5);
        TimeSpan before = cluster.Relay.HeldBack;
        cluster.Relay.Slow(delay);
        cluster.Daemons["vipd-" + first.Name].Terminate();
        LabHost second = await HolderAsync(cluster, Vip, not: first);
        string metrics = await AskAsync(second, "/metrics");
        Assert.All(
            (string[])["vipd_instance_state", "vipd_transitions_total", "vipd_became_master_total", "vipd_advertisements_sent_total", "vipd_advertisements_received_total", "vipd_discards_total", "vipd_address_conflicts_total", "vipd_instance_peers"],
            name => Assert.Contains($"# TYPE {name} ", metrics, StringComparison.Ordinal));
        Assert.Contains(metrics.Split('\n'), static l => l.StartsWith("vipd_instance_state{", StringComparison.Ordinal) && l.Contains("state=\"master\"", StringComparison.Ordinal) && l.EndsWith(" 1", StringComparison.Ordinal));

        // The second's own word about it has to wait for its answer.
        await EventuallyAsync("the API server was slow", () => Task.FromResult(cluster.Relay.HeldBack - before >= delay));
        cluster.Relay.Slow(TimeSpan.Zero);
        await cluster.Admin.SendAsync(HttpMethod.Delete, "/apis/loadbalancer.io/v1alpha1/virtualips/shop", null, Cancellation);
        await EventuallyAsync("no node holds it", async () => !(await AddressesAsync(first)).Contains(Vip) && !(await AddressesAsync(second)).Contains(Vip));
        Assert.True(cluster.Daemons["vipd-" + second.Name].IsRunning);
    }

    [Fact]
    [Trait("Scenario", "FI-28")]
    public async Task Daemon_StoodStillForSeconds_GoesOnAndStillFollowsTheCluster()
    {
        await using LabCluster cluster = await StartAsync(nodes: 1);
        LabHost node = cluster.Network.Nodes[0];
        await cluster.Admin.CreateAsync(Read(Shop), Cancellation);
        LabProcess daemon = await cluster.StartVipdAsync(node, "--virtual-ips");
        await HolderAsync(cluster, Vip);
        int from = daemon.Output.Count;
        // First the thread that elects: what looks at it each second waits by the time that all stands still.
        using (HeldThread.Of(daemon, "vrrp"))
        {
            await Task.Delay(TimeSpan.FromSeconds(1.2), TimeProvider.System, Cancellation);
            daemon.Pause();
            await Task.Delay(TimeSpan.FromSeconds(5.8), TimeProvider.System, Cancellation);
            daemon.Resume();
            await Task.Delay(TimeSpan.FromSeconds(0.5), TimeProvider.System, Cancellation);
        }

        await EventuallyAsync("it is master again", () => Task.FromResult(daemon.Output.From(from).Any(static l => l.Contains("\"To\":\"master\"", StringComparison.Ordinal))));
        await cluster.Admin.CreateAsync(Read(Shop.Replace("shop", "mail", StringComparison.Ordinal).Replace(Vip, OtherVip, StringComparison.Ordinal)), Cancellation);
        await HolderAsync(cluster, OtherVip);
        Assert.True(daemon.IsRunning);
    }

    [Fact]
    [Trait("Scenario", "K8-01")]
    [Trait("Scenario", "K8-08")]
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

        LabHost holder = await HolderAsync(cluster, Vip);
        using NamespaceHttp http = new(cluster.Network.Client.Namespace);
        HttpAnswer answer = new(0, "", "", "not asked");
        await EventuallyAsync("the client is served through the address", async () =>
            (answer = await http.GetAsync(new IPEndPoint(IPAddress.Parse(Vip), 80), NginxBackend.HostNames[0], "/", Cancellation)).Status == 200);
        // The one that serves this client, which may well be of no other's: were nothing heard of it, it would go on.
        LabHost flapping = Assert.Single(cluster.Network.Nodes, n => n.Name == answer.Node);

        // An endpoint that flaps: whoever is left serves, and the address stays where it is.
        foreach (EndpointState state in (EndpointState[])[EndpointState.NotReady, EndpointState.Ready, EndpointState.NotReady, EndpointState.Ready, EndpointState.NotReady])
        {
            await cluster.SetEndpointsAsync(
                "default", "echoheaders", [("http", "TCP", NginxBackend.HttpPort)],
                cluster.Network.Nodes.ToDictionary(static n => n, n => n == flapping ? state : EndpointState.Ready), Cancellation);
            Assert.Equal(200, (await http.GetAsync(new IPEndPoint(IPAddress.Parse(Vip), 80), NginxBackend.HostNames[0], "/", Cancellation)).Status);
        }

        LabHost other = cluster.Network.Nodes.Single(n => n != flapping);
        await ServedByAsync(http, other);
        // And the other way round: more than once, since a look at everything, for another reason, would show the last of all changes too.
        foreach (LabHost only in (LabHost[])[flapping, other, flapping])
        {
            await cluster.SetEndpointsAsync(
                "default", "echoheaders", [("http", "TCP", NginxBackend.HttpPort)],
                cluster.Network.Nodes.ToDictionary(static n => n, n => n == only ? EndpointState.Ready : EndpointState.NotReady), Cancellation);
            await ServedByAsync(http, only);
        }

        Assert.Equal(holder, await HolderAsync(cluster, Vip));
    }

    [Fact]
    public async Task Restart_WithoutTheApiServer_GoesOnWithWhatTheClusterSaid()
    {
        await using LabCluster cluster = await StartAsync();
        await cluster.Admin.CreateAsync(Read($$"""
            apiVersion: loadbalancer.io/v1alpha1
            kind: VirtualIP
            metadata: {name: shop}
            spec:
              addresses: [{{Vip}}/24]
              advertisementInterval: 100ms
              accept: false
            """), Cancellation);
        LabHost node = cluster.Network.Nodes[0];
        LabProcess first = await cluster.StartVipdAsync(node, "--virtual-ips");
        await HolderAsync(cluster, Vip);
        await AssertTakesNothingAsync(cluster, node);
        string kept = Path.Combine(cluster.Network.State.Directory, "vipd-" + node.Name, "cluster.yaml");
        await EventuallyAsync("what the cluster said is kept", () => Task.FromResult(System.IO.File.Exists(kept) && System.IO.File.ReadAllText(kept).Contains(Vip, StringComparison.Ordinal)));

        cluster.Relay.Refuse(true);
        first.Terminate();
        await EventuallyAsync("the address is let go", async () => !first.IsRunning && !(await AddressesAsync(node)).Contains(Vip));
        LabProcess second = await cluster.StartVipdAsync(node, "--virtual-ips");
        await second.WaitForLineAsync("\"EventId\":12026", Patience, Cancellation);
        Assert.Equal(node, await HolderAsync(cluster, Vip));
        await AssertTakesNothingAsync(cluster, node);

        // The cluster says the same when it is back: nothing is touched.
        await EventuallyAsync("it says that it is backup, and then master", () => Task.FromResult(Transitions(second) == 2));
        cluster.Relay.Refuse(false);
        await second.WaitForLineAsync("\"EventId\":12600", Patience, Cancellation);
        await EventuallyAsync("the status names the master", async () => (string?)(await StatusAsync(cluster))?["master"] == node.Name);
        Assert.Equal(2, Transitions(second));
        await EventuallyAsync("an event says so", async () =>
            (await cluster.Admin.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/events", null, Cancellation)).Body?["items"]?.AsArray().Any(static e => (string?)e!["reason"] == "BecameMaster") == true);

        second.Kill();
        await System.IO.File.WriteAllTextAsync(kept, "instances: {}\n", Cancellation);
        LabProcess third = await cluster.StartVipdAsync(node, "--virtual-ips");
        await third.WaitForLineAsync("\"EventId\":12027", Patience, Cancellation);
        await HolderAsync(cluster, Vip);
    }

    // It is found at the hardware address of the node, which itself answers.
    private static async Task AssertTakesNothingAsync(LabCluster cluster, LabHost node)
    {
        string asked = await LabNetwork.RunAsync(
            cluster.Network.Client.Namespace, "sh",
            ["-c", $"ip neigh flush all; ping -n -q -c 1 -W 0.5 {Vip}; ping -n -q -c 1 -W 5 {node.ServiceAddress}; ip neigh show {Vip}"], null, Cancellation);
        Assert.Equal(["0 received", "1 received"], System.Text.RegularExpressions.Regex.Matches(asked, "[01] received").Select(static m => m.Value));
        Assert.Contains($"lladdr {node.Mac(Segment.Service)}", asked, StringComparison.Ordinal);
    }

    private static int Transitions(LabProcess vipd) => vipd.Output.From(0).Count(static l => l.Contains("\"EventId\":12002", StringComparison.Ordinal));

    private static Task<LabCluster> StartAsync(int nodes = 2) => LabCluster.StartAsync(
        new LabClusterOptions
        {
            Topology = new LabTopology { Nodes = nodes },
            ServiceProxies = false,
            StartApiServer = static async cancellation =>
            {
                EmbeddedApiServer server = await EmbeddedApiServer.StartAsync(new ApiServerOptions(), cancellation);
                return new LabApiServer(server.Kubeconfig(), server);
            },
        },
        Cancellation);

    // With its VirtualIP, and a daemon on each node.
    private static async Task<LabCluster> StartWithShopAsync()
    {
        LabCluster cluster = await StartAsync();
        try
        {
            await cluster.Admin.CreateAsync(Read(Shop), Cancellation);
            foreach (LabHost node in cluster.Network.Nodes)
            {
                await cluster.StartVipdAsync(node, "--virtual-ips");
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private static Task ServedByAsync(NamespaceHttp http, LabHost only) => EventuallyAsync($"{only} alone serves", async () =>
    {
        for (int i = 0; i < 8; i++)
        {
            if ((await http.GetAsync(new IPEndPoint(IPAddress.Parse(Vip), 80), NginxBackend.HostNames[0], "/", Cancellation)).Node != only.Name)
            {
                return false;
            }
        }

        return true;
    });

    private static JsonNode Read(string manifest) => Assert.Single(Manifests.Read(manifest));

    private static async Task<string> AskAsync(LabHost node, string path)
    {
        using NamespaceHttp http = new(node.Namespace);
        return (await http.GetAsync(new IPEndPoint(IPAddress.Loopback, MetricsPort), "localhost", path, Cancellation)).Body;
    }

    private static async Task<JsonNode?> StatusAsync(LabCluster cluster) =>
        (await cluster.Admin.SendAsync(HttpMethod.Get, "/apis/loadbalancer.io/v1alpha1/virtualips/shop", null, Cancellation)).Body?["status"];

    private static async Task<LabHost> NamedHolderAsync(LabCluster cluster)
    {
        LabHost? named = null;
        await EventuallyAsync("the status names who holds it", async () =>
        {
            named = await HolderAsync(cluster, Vip);
            return (string?)(await StatusAsync(cluster))?["master"] == named.Name;
        });
        return named!;
    }

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
