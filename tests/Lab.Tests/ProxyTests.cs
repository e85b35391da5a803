// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Proxy;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Lab.Tests;

public sealed class ProxyTests
{
    private const string Vip = "192.0.2.100";
    private const string Vip6 = "2001:db8:0:1::100";
    private const int EchoPort = 7007;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Model_PolicyLocal_KeepsEndpointsOfTheNodeForTheBalancerAddressOnly()
    {
        var entries = ProxyModel.Build("node-1", [Service("Local")], [Slice(("203.0.113.11", "node-1", true), ("203.0.113.12", "node-2", true))]);
        var cluster = Assert.Single(entries, e => e.Address.ToString() == "198.51.100.10");
        var balancer = Assert.Single(entries, e => e.Address.ToString() == Vip);
        Assert.Equal(2, cluster.Endpoints.Count);
        Assert.Equal("203.0.113.11:8080", Assert.Single(balancer.Endpoints).ToString());
        Assert.False(balancer.Masquerade);
        Assert.True(cluster.Masquerade);
    }

    [Fact]
    public void Model_NothingReady_TakesEndpointsThatEndButServe()
    {
        var slice = Slice(("203.0.113.11", "node-1", false));
        slice.Endpoints[0].Conditions = new EndpointConditions(false, true, true);
        var entries = ProxyModel.Build("node-1", [Service("Local")], [slice]);
        Assert.All(entries, e => Assert.Single(e.Endpoints));
        slice.Endpoints[0].Conditions = new EndpointConditions(false, false, true);
        Assert.All(ProxyModel.Build("node-1", [Service("Local")], [slice]), e => Assert.Empty(e.Endpoints));
    }

    [Fact]
    public void Model_PortNamesAndFamilies_AreMatched()
    {
        var service = Service("Cluster");
        service.Status.LoadBalancer.Ingress = [new LoadBalancerIngress { Ip = Vip6 }, new LoadBalancerIngress { Ip = Vip, IpMode = "Proxy" }];
        var other = Slice(("203.0.113.11", "node-1", true));
        other.Ports = [new EndpointPort { Name = "other", Protocol = "TCP", Port = 9 }];
        var entries = ProxyModel.Build("node-1", [service], [other]);
        Assert.DoesNotContain(entries, e => e.Address.ToString() == Vip);
        Assert.All(entries, e => Assert.Empty(e.Endpoints));
    }

    [Fact]
    public void Ruleset_NoEndpoint_DropsForLocalAndRefusesForCluster()
    {
        Assert.Contains($"ip daddr {Vip} tcp dport 80 drop", ProxyRuleset.Render([Entry(Vip, 80, local: true)]), StringComparison.Ordinal);
        Assert.Contains("reject with tcp reset", ProxyRuleset.Render([Entry(Vip, 80, local: false)]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ruleset_EveryShape_IsAcceptedByNft()
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 1 }, Cancellation);
        ProxyEntry[] entries =
        [
            Entry(Vip, 80, false, "203.0.113.11:8080", "203.0.113.12:8080"),
            Entry(Vip6, 80, true, "[2001:db8:0:2::11]:8080"),
            Entry(Vip, 81, true),
            Entry(Vip6, 82, false) with { Protocol = "udp" },
            Entry(Vip, 83, false, "203.0.113.11:53") with { Protocol = "udp" },
            Entry(Vip, 80, false, "203.0.113.19:8080"),
        ];
        for (var round = 0; round < 2; round++)
            await NftAsync(network.Nodes[0], entries);
        var listed = await LabNetwork.RunAsync(network.Nodes[0].Namespace, "nft", ["list", "table", "inet", "lab_proxy"], null, Cancellation);
        Assert.Contains("numgen random mod 2", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.19", listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nginx_BehindTheRules_AnswersHereAndOnTheOtherNodeAndByBothFamilies()
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 2 }, Cancellation);
        var (first, second) = (network.Nodes[0], network.Nodes[1]);
        await NginxBackend.StartAsync(network, first, Cancellation);
        await NginxBackend.StartAsync(network, second, Cancellation);
        await NftAsync(first, Entry(Vip, 80, true, "203.0.113.11:8080"), Entry(Vip, 81, false, "203.0.113.12:8080"),
            Entry(Vip6, 80, true, "[2001:db8:0:2::11]:8080"), Entry(Vip6, 81, false, "[2001:db8:0:2::12]:8080"), Entry(Vip, 82, false));
        await RouteAsync(network, first);
        using var http = new NamespaceHttp(network.Client.Namespace);

        foreach (var address in new[] { Vip, Vip6 })
        {
            var here = await http.GetAsync(new IPEndPoint(IPAddress.Parse(address), 80), "shop.example.test", "/", Cancellation);
            Assert.Equal((200, "node-1", ""), (here.Status, here.Node, here.Failure));
            // Local keeps the client's address.
            Assert.Contains(address == Vip ? "192.0.2.2\n" : "2001:db8:0:1::2\n", here.Body, StringComparison.Ordinal);
            var there = await http.GetAsync(new IPEndPoint(IPAddress.Parse(address), 81), "blog.example.test", "/", Cancellation);
            Assert.Equal((200, "node-2", ""), (there.Status, there.Node, there.Failure));
        }

        var refused = await http.GetAsync(new IPEndPoint(IPAddress.Parse(Vip), 82), "shop.example.test", "/", Cancellation);
        Assert.Equal(0, refused.Status);
        var unknown = await http.GetAsync(new IPEndPoint(IPAddress.Parse(Vip), 80), "nobody.example.test", "/", Cancellation);
        Assert.Equal(404, unknown.Status);

        await using var load = HttpLoad.Start(network.Client.Namespace, new IPEndPoint(IPAddress.Parse(Vip), 80), "shop.example.test");
        await load.WaitForRequestsAsync(10, Patience, Cancellation);
        var report = await load.StopAsync();
        Assert.Equal(0, report.Failed);
    }

    [Fact]
    public async Task UdpFlow_RulesComeLateAndNodeChanges_IsAnsweredAgain()
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 2 }, Cancellation);
        var echoes = network.Nodes.Select(n => UdpEcho.Start(n.Namespace, new IPEndPoint(n.ManagementAddress, EchoPort), n.Name)).ToArray();
        try
        {
            // The table is there, the Service is not yet: what arrives now must not decide where the flow goes later.
            foreach (var node in network.Nodes)
                await NftAsync(node);
            await RouteAsync(network, network.Nodes[0]);
            await using var probe = GapProbe.Start(network.Client.Namespace, new IPEndPoint(IPAddress.Parse(Vip), EchoPort));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
            foreach (var node in network.Nodes)
                await NftAsync(node, Entry(Vip, EchoPort, true, $"{node.ManagementAddress}:{EchoPort}") with { Protocol = "udp" });
            await probe.WaitForAnswersAsync(50, Patience, Cancellation);
            Assert.Equal("node-1", probe.LastAnswerer);

            await RouteAsync(network, network.Nodes[1]);
            Assert.Equal("node-2", await probe.WaitForOtherAsync("node-1", Patience, Cancellation));
            await RouteAsync(network, network.Nodes[0]);
            Assert.Equal("node-1", await probe.WaitForOtherAsync("node-2", Patience, Cancellation));
        }
        finally
        {
            foreach (var echo in echoes)
                echo.Dispose();
        }
    }

    [Fact]
    public async Task FlowTable_EndpointGoes_ForgetsItsFlows()
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 2 }, Cancellation);
        using var first = UdpEcho.Start(network.Nodes[0].Namespace, new IPEndPoint(network.Nodes[0].ManagementAddress, EchoPort), "node-1");
        using var second = UdpEcho.Start(network.Nodes[1].Namespace, new IPEndPoint(network.Nodes[1].ManagementAddress, EchoPort), "node-2");
        await NftAsync(network.Nodes[0], Entry(Vip, EchoPort, false, $"203.0.113.11:{EchoPort}") with { Protocol = "udp" });
        await RouteAsync(network, network.Nodes[0]);
        await using var probe = GapProbe.Start(network.Client.Namespace, new IPEndPoint(IPAddress.Parse(Vip), EchoPort));
        await probe.WaitForAnswersAsync(20, Patience, Cancellation);
        await NftAsync(network.Nodes[0], Entry(Vip, EchoPort, false, $"203.0.113.12:{EchoPort}") with { Protocol = "udp" });
        network.Nodes[0].Namespace.Run(() => FlowTable.Forget(ProxyRuleset.FlowMark(new IPEndPoint(network.Nodes[0].ManagementAddress, EchoPort))));
        Assert.Equal("node-2", await probe.WaitForOtherAsync("node-1", Patience, Cancellation));
    }

    /// <summary>Stands in for an announcement: the client's neighbour tables point at the node.</summary>
    private static async Task RouteAsync(LabNetwork network, LabHost node)
    {
        foreach (var address in new[] { Vip, Vip6 })
        {
            await LabNetwork.RunAsync(
                network.Client.Namespace,
                "ip", ["neigh", "replace", address, "lladdr", node.Mac(Segment.Service), "dev", "eth0", "nud", "permanent"], null, Cancellation);
        }
    }

    private static Task NftAsync(LabHost node, params ProxyEntry[] entries) =>
        LabNetwork.RunAsync(node.Namespace, "nft", ["-f", "-"], ProxyRuleset.Render(entries), Cancellation);

    private static ProxyEntry Entry(string address, int port, bool local, params string[] endpoints) => new(
        "default/echo", IPAddress.Parse(address), "tcp", port, Masquerade: !local, LocalOnly: local, [.. endpoints.Select(IPEndPoint.Parse)]);

    private static Service Service(string policy) => new()
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = "web" },
        Spec = new ServiceSpec
        {
            Type = "LoadBalancer",
            ClusterIP = "198.51.100.10",
            ExternalTrafficPolicy = policy,
            Ports = [new ServicePort { Name = "http", Port = 80 }],
        },
        Status = new ServiceStatus { LoadBalancer = new LoadBalancerStatus { Ingress = [new LoadBalancerIngress { Ip = Vip }] } },
    };

    private static EndpointSlice Slice(params (string Address, string Node, bool Ready)[] endpoints) => new()
    {
        Metadata = new ObjectMeta
        {
            Namespace = "default",
            Name = "web-1",
            Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = "web" },
        },
        AddressType = "IPv4",
        Ports = [new EndpointPort { Name = "http", Protocol = "TCP", Port = 8080 }],
        Endpoints =
        [
            .. endpoints.Select(e => new Endpoint
            {
                Addresses = [e.Address],
                NodeName = e.Node,
                Conditions = new EndpointConditions(e.Ready, e.Ready, false),
            }),
        ],
    };
}
