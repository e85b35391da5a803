// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;

namespace LoadBalancer.Ipam.Tests;

public sealed class ConvergeTests
{
    private static Dictionary<string, string> Annotated(string name, string value) => new() { [Annotations.Prefix + name] = value };

    [Theory]
    [InlineData("here", "no IP address")]
    [InlineData("192.0.2.1,192.0.2.2", "at most one")]
    [InlineData("203.0.113.99", "in no IPAddressPool")]
    public void C7_C8_BadRequest_IsOneWarningThatSaysWhy(string asked, string says)
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/24"));
        ServiceFacts service = Cluster.Service("s1") with { Annotations = Annotated(Annotations.LoadBalancerIPs, asked) };
        Assert.Equal("", cluster.Decide(service));
        cluster.Decide(service);
        ServiceEvent only = Assert.Single(cluster.Events);
        Assert.True(only.Warning);
        Assert.Contains(says, only.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void C6_FieldAndAnnotation_IsRefused()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/24"));
        Assert.Equal("", cluster.Decide(Cluster.Service("s1") with { LoadBalancerIP = "192.0.2.1", Annotations = Annotated(Annotations.LoadBalancerIPs, "192.0.2.1") }));
    }

    [Fact]
    public void C13_PoolAnnotationChanged_Moves()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/31"), Cluster.Pool("b", "203.0.113.6/32") with { AutoAssign = false });
        Assert.Equal("192.0.2.0", cluster.Decide(Cluster.Service("s1")));
        Assert.Equal("203.0.113.6", cluster.Decide(Cluster.Service("s1") with { Annotations = Annotated(Annotations.AddressPool, "b") }));
    }

    [Fact]
    public void C14_UnknownPool_IsNamed()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/31"));
        Assert.Equal("", cluster.Decide(Cluster.Service("s1") with { Annotations = Annotated(Annotations.AddressPool, "nowhere") }));
        Assert.Contains("nowhere", Assert.Single(cluster.Events).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void B39_ManualPool_IsNeverChosenByItself()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/32"), Cluster.Pool("b", "203.0.113.0/24") with { AutoAssign = false });
        Assert.Equal("192.0.2.0", cluster.Decide(Cluster.Service("s1")));
        Assert.Equal("", cluster.Decide(Cluster.Service("s2")));
    }

    [Fact]
    public void B58_B59_PinnedPools_GoByPriorityWithZeroLastAndBeforeTheOthers()
    {
        PoolManifest Pinned(string name, string range, int priority) => Cluster.Pool(name, range) with { ServiceAllocation = new(priority, ["shop"]) };
        Cluster cluster = new Cluster().Pools(
            Cluster.Pool("open", "192.0.2.0/32"), Pinned("none", "192.0.2.1/32", 0), Pinned("nine", "192.0.2.2/32", 9), Pinned("eight", "192.0.2.3/32", 8));
        Assert.Equal(
            ["192.0.2.3", "192.0.2.2", "192.0.2.1", "192.0.2.0"],
            Enumerable.Range(1, 4).Select(i => cluster.Decide(Cluster.Service($"s{i}"))));
    }

    [Fact]
    public void NamespaceSelectorsThatMatchNothing_OpenThePoolToNobody()
    {
        LabelSelectorManifest selector = new(new Dictionary<string, string> { ["team"] = "a" });
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/24") with { ServiceAllocation = new(0, null, [selector]) });
        Assert.Equal("", cluster.Decide(Cluster.Service("s1")));
        Assert.True(cluster.Allocator.SetNamespace("shop", new Dictionary<string, string> { ["team"] = "a" }));
        Assert.Equal("192.0.2.0", cluster.Decide(Cluster.Service("s1")));
    }

    [Fact]
    public void B42_B43_PoolGrowsOrShrinksAroundAnAddress_ItStays()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.4/30"));
        Assert.Equal("192.0.2.4", cluster.Decide(Cluster.Service("s1")));
        cluster.Pools(Cluster.Pool("a", "192.0.2.0/24"));
        Assert.Equal("192.0.2.4", cluster.Decide(Cluster.Service("s1")));
        cluster.Pools(Cluster.Pool("a", "192.0.2.4/32"));
        Assert.Equal("192.0.2.4", cluster.Decide(Cluster.Service("s1")));
        Assert.DoesNotContain(cluster.Events, e => e.Reason == "ClearAssignment");
    }

    [Fact]
    public void C46_PoolGone_TheServiceGetsAnAddressOfTheOther()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/32"), Cluster.Pool("b", "203.0.113.0/32"));
        Assert.Equal("192.0.2.0", cluster.Decide(Cluster.Service("s1")));
        cluster.Pools(Cluster.Pool("b", "203.0.113.0/32"));
        Assert.Equal("203.0.113.0", cluster.Decide(Cluster.Service("s1")));
        Assert.Contains(cluster.Events, e => e.Reason == "ClearAssignment");
    }

    [Fact]
    public void C2_OtherKindOfService_IsTouchedOnlyIfItWasOurs()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/24"));
        Decision foreign = cluster.Allocator.Decide(Cluster.Service("x") with { IsLoadBalancer = false, Ingress = ["203.0.113.1"] });
        Assert.False(foreign.WriteStatus || foreign.WriteAnnotation);
        cluster.Decide(Cluster.Service("s1"));
        Decision changed = cluster.Allocator.Decide(cluster.Seen(Cluster.Service("s1") with { IsLoadBalancer = false }));
        Assert.True(changed.WriteStatus && changed.WriteAnnotation && changed.ReprocessOthers);
        Assert.Equal(0, cluster.Allocator.Count("a").AssignedIPv4);
    }

    [Fact]
    public void C57_ForeignClass_IsLeftAlone()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/24"));
        Decision decision = cluster.Allocator.Decide(Cluster.Service("s1") with { Class = "example.com/other" });
        Assert.False(decision.WriteStatus || decision.WriteAnnotation || decision.Pending);
    }

    [Fact]
    public void NoPool_TheServiceWaitsAndIsToldWhy()
    {
        Cluster cluster = new Cluster().Pools();
        Assert.Equal("", cluster.Decide(Cluster.Service("s1")));
        Assert.Contains("no IPAddressPool is in force", Assert.Single(cluster.Events).Message, StringComparison.Ordinal);
        Assert.Single(cluster.Allocator.Pending);
    }

    [Fact]
    public void StaleEcho_AfterAClear_DoesNotBringTheOldAddressBack()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/24"));
        cluster.Decide(Cluster.Service("s1"));
        ServiceFacts stale = cluster.Seen(Cluster.Service("s1"));
        cluster.Decide(Cluster.Service("s1") with { LoadBalancerIP = "203.0.113.1" });
        Assert.Empty(cluster.Allocator.Decide(stale with { LoadBalancerIP = "203.0.113.1" }).Addresses);
        Assert.Equal("192.0.2.0", cluster.Decide(Cluster.Service("s2")));
    }

    [Fact]
    public void AvoidBuggyIPs_CountsOnlyWhatCanBeGiven()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/24") with { AvoidBuggyIPs = true });
        Assert.Equal(254, cluster.Allocator.Count("a").AvailableIPv4);
    }
}
