// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Kubernetes;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

/// <summary>Numbers of virtual routers: what others on the segment have is taken.</summary>
public sealed class RouterIdTests
{
    private static readonly HashSet<int> Nothing = [];

    [Fact]
    [Trait("Scenario", "K8-25")]
    public void Choose_ANumberThatIsHeard_IsPassedOver()
    {
        int usual = RouterIds.Choose([Unnumbered("web", 0)], static _ => Nothing).Chosen["web"];
        Assert.Equal(RouterIds.FirstFor("web"), usual);
        int other = RouterIds.Choose([Unnumbered("web", 0)], _ => new HashSet<int> { usual }).Chosen["web"];
        Assert.NotEqual(usual, other);
        // Recorded is recorded, whoever comes later.
        VirtualIP recorded = Unnumbered("web", 0);
        recorded.Status.VirtualRouterId = usual;
        Assert.Empty(RouterIds.Choose([recorded], _ => new HashSet<int> { usual }).Chosen);
    }

    [Fact]
    public void Choose_AllHeard_SaysSo()
    {
        RouterIdChoice choice = RouterIds.Choose([Unnumbered("web", 0)], static _ => Enumerable.Range(1, 255).ToHashSet());
        Assert.Equal((0, "web"), (choice.Chosen.Count, Assert.Single(choice.WithoutOne)));
    }

    [Fact]
    public void Compile_TooLittleListened_ChoosesLater()
    {
        ClusterResult result = ClusterCompiler.Compile(ClusterSample.View(Unnumbered("web", 0)) with { HeardOn = static (_, _) => null }, new());
        Assert.Empty(result.RouterIds);
        Assert.True(result.IsListening);
        Assert.Equal((true, "Pending"), (result.VirtualIPs["web"].IsAccepted, result.VirtualIPs["web"].Reason));
    }

    [Fact]
    public void Compile_ListensOnTheSegmentOfTheAddressAndInItsFamily()
    {
        List<(string, IpFamily)> asked = [];
        ClusterView view = ClusterSample.View(Unnumbered("four", 0, "198.51.100.7"), Unnumbered("six", 1, "2001:db8::7"), Unnumbered("named", 2, "203.0.113.9/24", "eth1")) with
        {
            HeardOn = (link, family) =>
            {
                asked.Add((link.Name, family));
                return Nothing;
            },
        };
        Assert.Equal(["four", "named", "six"], ClusterCompiler.Compile(view, new()).RouterIds.Keys);
        Assert.Equal([("eth1", IpFamily.IPv4), ("eth0", IpFamily.IPv6), ("eth1", IpFamily.IPv4)], asked);
    }

    [Theory]
    [InlineData("203.0.113.9/24", null, "no interface of node node-a is in the network of 203.0.113.9")]
    [InlineData("192.0.2.100", "eth7", "node node-a has no interface eth7")]
    public void Compile_NotOnTheSegment_LeavesItToThoseThatAre(string address, string? link, string words)
    {
        ClusterResult result = ClusterCompiler.Compile(ClusterSample.View(Unnumbered("web", 0, address, link)), new());
        Assert.Empty(result.RouterIds);
        Assert.False(result.IsListening);
        Assert.Equal((false, true), (result.VirtualIPs["web"].IsAccepted, result.VirtualIPs["web"].IsLocal));
        Assert.StartsWith(words, result.VirtualIPs["web"].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_OnAnInterfaceOfAContainerNetwork_ChoosesWithoutListening() =>
        Assert.Equal(["web"], ClusterCompiler.Compile(ClusterSample.View(Unnumbered("web", 0, "192.0.2.100", "dummy0")) with { HeardOn = static (_, _) => null }, new()).RouterIds.Keys);

    [Fact]
    [Trait("Scenario", "K8-25")]
    public async Task Cluster_ANumberIsRecorded_OnlyAfterListeningAndNoneThatIsHeard()
    {
        await using ClusterHost host = await ClusterHost.StartAsync();
        FakeEar ear = new() { Numbers = null };
        KubernetesConfiguration node = host.Node(new() { FollowsVirtualIPs = true }, "node-a", ear);
        host.VirtualIp("web", """{"addresses":["192.0.2.100/24"]}""");
        host.VirtualIp("api", """{"addresses":["192.0.2.101/24"],"virtualRouterID":7}""");
        // What has a number goes first.
        VipConfiguration made = await ClusterHost.NextAsync(node, static c => c.Instances.Count == 1);
        Assert.Equal("api", made.Instances[0].Name);
        Assert.Null(host.StatusOf("web")?["virtualRouterID"]);
        Assert.Equal(2, ear.Links);
        ear.Numbers = new HashSet<int> { RouterIds.FirstFor("web") };
        made = await ClusterHost.NextAsync(node, static c => c.Instances.Count == 2);
        Assert.DoesNotContain(made.Instances, static i => i.RouterId == RouterIds.FirstFor("web"));
    }

    private static VirtualIP Unnumbered(string name, int age, string address = "192.0.2.100", string? link = null)
    {
        VirtualIP made = ClusterSample.VirtualIp(name, address);
        made.Spec.VirtualRouterId = null;
        made.Spec.Interface = link;
        made.Metadata.CreationTimestamp = DateTimeOffset.UnixEpoch.AddSeconds(age);
        return made;
    }
}
