// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam.Tests;

public sealed class AllocationStories
{
    private static Allocator With(params PoolManifest[] pools)
    {
        Allocator allocator = new();
        allocator.SetPools(Configuration.Build(new ManifestSet(pools, [])));
        return allocator;
    }

    private static PoolManifest Pool(string name, params string[] addresses) => new("lb", name, 1, 1, addresses);

    private static ServiceFacts Service(string name) => new(new ServiceKey("shop", name)) { ClusterIPs = [IpAddr.Parse("198.51.100.1")] };

    private static string Text(Decision decision) => string.Join(',', decision.Addresses);

    [Fact]
    public void B1_B3_AddressOfAnother_IsRefused()
    {
        Allocator allocator = With(Pool("a", "192.0.2.4/31"));
        Assert.Equal("192.0.2.4", Text(allocator.Decide(Service("s1") with { LoadBalancerIP = "192.0.2.4" })));
        Decision second = allocator.Decide(Service("s2") with { LoadBalancerIP = "192.0.2.4" });
        Assert.True(second.Pending);
        Assert.Equal("LoadBalancerFailed", second.Events[0].Reason);
    }

    [Fact]
    public void B6_B7_BuggyAddresses_AreSkipped()
    {
        Allocator allocator = With(Pool("a", "192.0.2.0/24") with { AvoidBuggyIPs = true });
        Assert.Empty(allocator.Decide(Service("s1") with { LoadBalancerIP = "192.0.2.255" }).Addresses);
        Assert.Equal("192.0.2.1", Text(allocator.Decide(Service("s2"))));
    }

    [Fact]
    public void C44_FullPool_WaitingServiceGetsWhatIsFreed()
    {
        Allocator allocator = With(Pool("a", "192.0.2.9/32"));
        allocator.Decide(Service("s1"));
        Assert.True(allocator.Decide(Service("s2")).Pending);
        Assert.True(allocator.Release(new ServiceKey("shop", "s1")));
        Assert.Equal("192.0.2.9", Text(allocator.Decide(Service(allocator.Pending[0].Name))));
        Assert.Empty(allocator.Pending);
    }

    [Fact]
    public void Decide_AppliedOnce_WritesNothingMore()
    {
        Allocator allocator = With(Pool("a", "192.0.2.0/24"));
        Assert.True(allocator.Decide(Service("s1")).WriteStatus);
        Decision again = allocator.Decide(Service("s1") with
        {
            Ingress = ["192.0.2.0"],
            Annotations = new Dictionary<string, string> { [Annotations.AllocatedFromPool] = "a" },
        });
        Assert.False(again.WriteStatus || again.WriteAnnotation || again.Pending || again.Events.Count > 0);
    }

    [Fact]
    public void Configuration_PoolEditedWrongly_LastVersionStays()
    {
        Configuration first = Configuration.Build(new ManifestSet([Pool("a", "192.0.2.0/24")], []));
        Configuration second = Configuration.Build(new ManifestSet([Pool("a", "192.0.2.0/33")], []), first);
        Assert.False(second.Verdicts[0].Accepted);
        Assert.Equal("192.0.2.0-192.0.2.255", second.FindPool("a")!.Ranges[0].ToString());
    }
}
