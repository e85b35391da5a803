// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam.Tests;

/// <summary>What a change of pools does to addresses that are assigned, and what each kind of pool gives.</summary>
public sealed class PoolChangeTests
{
    private const string Both = "198.51.100.1,2001:db8:ff::1";

    private static ServiceFacts Named(string name, string pool) =>
        Cluster.Service(name) with { Annotations = new Dictionary<string, string> { [Annotations.Prefix + Annotations.AddressPool] = pool } };

    /// <summary>A controller that has just started and reads the Services another one has left.</summary>
    private static Cluster Restarted(Cluster before, params PoolManifest[] pools)
    {
        Cluster after = new Cluster().Pools(pools);
        foreach (ServiceFacts service in before.All)
            after.Allocator.Adopt(service);
        return after;
    }

    [Fact]
    public void PoolIsSplit_EachAddressFollowsItsRange()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/30"));
        foreach (string name in (string[])["s1", "s2", "s3"])
            cluster.Decide(Cluster.Service(name));
        cluster.Pools(Cluster.Pool("a", "192.0.2.0/31"), Cluster.Pool("b", "192.0.2.2/31"));
        Assert.Equal(["192.0.2.0", "192.0.2.1", "192.0.2.2"], ((string[])["s1", "s2", "s3"]).Select(n => cluster.Decide(Cluster.Service(n))));
        Assert.Equal((2, 1), (cluster.Allocator.Count("a").AssignedIPv4, cluster.Allocator.Count("b").AssignedIPv4));
        Assert.Equal("b", cluster.All.Single(s => s.Key.Name == "s3").Annotations[Annotations.AllocatedFromPool]);
    }

    [Fact]
    public void DualPoolLosesOneFamily_BothAddressesComeFromAnotherDualPool()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/31", "2001:db8::/127"));
        ServiceFacts service = Cluster.Service("s1", Both) with { Policy = FamilyPolicy.PreferDualStack, PrimaryFamily = IpFamily.IPv4 };
        Assert.Equal("192.0.2.0,2001:db8::", cluster.Decide(service));
        cluster.Pools(Cluster.Pool("a", "2001:db8::/127"), Cluster.Pool("b", "203.0.113.0/31", "2001:db8:1::/127"));
        Assert.Equal("203.0.113.0,2001:db8:1::", cluster.Decide(service));
    }

    [Fact]
    public void DualPoolLosesOneFamilyAndThereIsNoOther_TheOtherAddressStays()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/31", "2001:db8::/127"));
        ServiceFacts service = Cluster.Service("s1", Both) with { Policy = FamilyPolicy.PreferDualStack, PrimaryFamily = IpFamily.IPv4 };
        cluster.Decide(service);
        cluster.Pools(Cluster.Pool("a", "192.0.2.0/31"));
        Assert.Equal("192.0.2.0", cluster.Decide(service));
    }

    [Fact]
    public void AvoidBuggyIPsSwitchedOn_OnlyTheAddressItAvoidsMoves()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/24", "2001:db8::/120"));
        Assert.Equal("192.0.2.0", cluster.Decide(Cluster.Service("s1")));
        Assert.Equal("2001:db8::", cluster.Decide(Cluster.Service("s2", "2001:db8:ff::1")));
        cluster.Pools(Cluster.Pool("a", "192.0.2.0/24", "2001:db8::/120") with { AvoidBuggyIPs = true });
        Assert.Equal("192.0.2.1", cluster.Decide(Cluster.Service("s1")));
        Assert.Equal("2001:db8::", cluster.Decide(Cluster.Service("s2", "2001:db8:ff::1")));
    }

    [Fact]
    public void AllPoolsGone_AddressesAreFreedAndCountersGoWithThem()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/24"));
        cluster.Decide(Cluster.Service("s1"));
        cluster.Pools();
        Assert.Equal("", cluster.Decide(Cluster.Service("s1")));
        Assert.Equal(default, cluster.Allocator.Count("a"));
    }

    [Fact]
    public void SameConfigurationAgain_IsNoChange()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/24"));
        Assert.False(cluster.Allocator.SetPools(Configuration.Build(new ManifestSet([Cluster.Pool("a", "192.0.2.0/24")], []))));
    }

    [Fact]
    public void HugePool_CountersSaturate()
    {
        PoolCounters counters = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/24", "203.0.113.0-203.0.113.124", "2001:db8::/64")).Allocator.Count("a");
        Assert.Equal((381L, long.MaxValue), (counters.AvailableIPv4, counters.AvailableIPv6));
    }

    [Fact]
    public void RequestsOfTwoPools_AreRefused()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.4/31", "2001:db8::/127"), Cluster.Pool("b", "203.0.113.4/31"));
        ServiceFacts Asking(string name, string addresses) => Cluster.Service(name, Both) with
        {
            Policy = FamilyPolicy.RequireDualStack,
            Annotations = new Dictionary<string, string> { [Annotations.Prefix + Annotations.LoadBalancerIPs] = addresses },
        };
        Assert.Equal("192.0.2.4,2001:db8::", cluster.Decide(Asking("s1", "192.0.2.4,2001:db8::")));
        Assert.Equal("", cluster.Decide(Asking("s2", "203.0.113.4, 2001:db8::1")));
        Assert.Contains(cluster.Events, e => e.Warning && e.Message.Contains("both must be of one pool", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("shop", "red", true)]
    [InlineData("shop", "blue", false)]
    [InlineData("other", "red", false)]
    public void PoolForANamespaceAndALabel_GivesOnlyWhereBothMatch(string @namespace, string team, bool gives)
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.4/31") with
        {
            ServiceAllocation = new(0, ["shop"], null, [new(new Dictionary<string, string> { ["team"] = "red" })]),
        });
        ServiceFacts service = new(new ServiceKey(@namespace, "s1"))
        {
            ClusterIPs = [IpAddr.Parse("198.51.100.1")],
            Labels = new Dictionary<string, string> { ["team"] = team },
            LoadBalancerIP = "192.0.2.4",
        };
        Assert.Equal(gives ? "192.0.2.4" : "", cluster.Decide(service));
        Assert.Equal(gives ? "192.0.2.4" : "", cluster.Decide(service with { LoadBalancerIP = null }));
    }

    [Fact]
    public void PriorityBelowZero_IsTriedFirst()
    {
        PoolManifest Pinned(string name, string range, long priority) => Cluster.Pool(name, range) with { ServiceAllocation = new(priority, ["shop"]) };
        Cluster cluster = new Cluster().Pools(Pinned("one", "192.0.2.1/32", 1), Pinned("minus", "192.0.2.2/32", -3), Pinned("zero", "192.0.2.3/32", 0));
        Assert.Equal(["192.0.2.2", "192.0.2.1", "192.0.2.3"], Enumerable.Range(1, 3).Select(i => cluster.Decide(Cluster.Service($"s{i}"))));
    }

    [Fact]
    public void PinnedManualPool_IsNeverChosenByItself()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.1/32") with { AutoAssign = false, ServiceAllocation = new(1, ["shop"]) });
        Assert.Equal("", cluster.Decide(Cluster.Service("s1")));
        Assert.Equal("192.0.2.1", cluster.Decide(Named("s1", "a")));
    }

    [Fact]
    public void PinnedPoolOfOneFamilyAndOpenPoolOfBoth_ThePinnedOneIsTaken()
    {
        Cluster cluster = new Cluster().Pools(
            Cluster.Pool("open", "192.0.2.0/31", "2001:db8::/127"), Cluster.Pool("pinned", "203.0.113.0/31") with { ServiceAllocation = new(0, ["shop"]) });
        Assert.Equal("203.0.113.0", cluster.Decide(Cluster.Service("s1", Both) with { Policy = FamilyPolicy.PreferDualStack }));
    }

    [Fact]
    public void SharingKeyWithoutAddress_LowerFreeAddressGoesBeforeTheSharedOne()
    {
        ServiceFacts Sharing(string name, int port) => Cluster.Service(name) with
        {
            Annotations = new Dictionary<string, string> { [Annotations.Prefix + Annotations.AllowSharedIP] = "k" },
            Ports = [new ServicePort("TCP", port)],
        };
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.1-192.0.2.2"));
        Assert.Equal("192.0.2.2", cluster.Decide(Sharing("s1", 80) with { LoadBalancerIP = "192.0.2.2" }));
        Assert.Equal("192.0.2.1", cluster.Decide(Sharing("s2", 81)));
        Assert.Equal("192.0.2.1", cluster.Decide(Sharing("s3", 82)));
        Assert.Equal("192.0.2.2", cluster.Decide(Sharing("s4", 81)));
    }

    [Fact]
    public void RestartWithAPoolThatIsRefused_ItsServicesKeepWhatTheyHaveAndNobodyGetsMore()
    {
        Cluster before = new Cluster().Pools(Cluster.Pool("p", "192.0.2.0/30"));
        Assert.Equal("192.0.2.0", before.Decide(Cluster.Service("s1")));
        Cluster after = Restarted(before, Cluster.Pool("p", "192.0.2.0/33"));
        Assert.Equal("192.0.2.0", after.Decide(before.All.Single()));
        Assert.Equal("", after.Decide(Cluster.Service("s2")));
        Assert.Equal("", after.Decide(Named("s3", "p")));
    }

    [Fact]
    public void RestartWithAnOlderPoolGrownIntoThePool_ItsServicesKeepAddressAndPool()
    {
        Cluster before = new Cluster().Pools(Cluster.Pool("old", "192.0.2.0/26"), Cluster.Pool("young", "192.0.2.64/26") with { CreatedAt = 2 });
        Assert.Equal("192.0.2.64", before.Decide(Named("s1", "young")));
        Cluster after = Restarted(before, Cluster.Pool("old", "192.0.2.0/25"), Cluster.Pool("young", "192.0.2.64/26") with { CreatedAt = 2 });
        ServiceFacts kept = before.All.Single();
        Decision decision = after.Allocator.Decide(kept);
        Assert.Equal("192.0.2.64", string.Join(',', decision.Addresses));
        Assert.False(decision.WriteStatus || decision.WriteAnnotation);
        // To the pool that is in force now the address is taken.
        Assert.Equal("", after.Decide(Cluster.Service("s2") with { LoadBalancerIP = "192.0.2.64" }));
        Assert.Equal("192.0.2.5", after.Decide(kept with { Annotations = new Dictionary<string, string>(), LoadBalancerIP = "192.0.2.5" }));
    }
}
