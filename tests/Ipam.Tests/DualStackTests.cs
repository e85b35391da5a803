// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam.Tests;

public sealed class DualStackTests
{
    private const string Both = "198.51.100.1,2001:db8:ff::1";

    private static ServiceFacts Dual(string name, FamilyPolicy policy) => Cluster.Service(name, Both) with { Policy = policy, PrimaryFamily = IpFamily.IPv4 };

    [Fact]
    public void C23_B33_RequireDualStack_GetsAPairOfOnePoolUntilAFamilyIsExhausted()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/31", "2001:db8::/126"));
        Assert.Equal("192.0.2.0,2001:db8::", cluster.Decide(Dual("s1", FamilyPolicy.RequireDualStack)));
        Assert.Equal("192.0.2.1,2001:db8::1", cluster.Decide(Dual("s2", FamilyPolicy.RequireDualStack)));
        Assert.Equal("", cluster.Decide(Dual("s3", FamilyPolicy.RequireDualStack)));
    }

    [Fact]
    public void C30_RequireDualStackWithOneClusterIP_IsRefused()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/31", "2001:db8::/126"));
        Assert.Equal("", cluster.Decide(Cluster.Service("s1") with { Policy = FamilyPolicy.RequireDualStack }));
        Assert.Equal("not enough clusterips", Assert.Single(cluster.Events).Reason);
    }

    [Theory]
    [InlineData("192.0.2.0/31", "192.0.2.0")]
    [InlineData("2001:db8::/126", "2001:db8::")]
    public void B35_B36_PreferDualStack_TakesTheOneFamilyThereIs(string range, string expected) =>
        Assert.Equal(expected, new Cluster().Pools(Cluster.Pool("a", range)).Decide(Dual("s1", FamilyPolicy.PreferDualStack)));

    [Fact]
    public void B64_PreferDualStackWithTwoSingleStackPools_TakesThePrimaryFamily()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/31"), Cluster.Pool("b", "2001:db8::/126"));
        Assert.Equal("192.0.2.0", cluster.Decide(Dual("s1", FamilyPolicy.PreferDualStack)));
        Assert.Equal("2001:db8::", cluster.Decide(Dual("s2", FamilyPolicy.PreferDualStack) with { PrimaryFamily = IpFamily.IPv6 }));
    }

    [Fact]
    public void C52_PoolGainsTheOtherFamily_AddsASecondAddress()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/31"));
        cluster.Decide(Dual("s1", FamilyPolicy.PreferDualStack));
        cluster.Pools(Cluster.Pool("a", "192.0.2.0/31", "2001:db8::/126"));
        Assert.Equal("192.0.2.0,2001:db8::", cluster.Decide(Dual("s1", FamilyPolicy.PreferDualStack)));
    }

    [Fact]
    public void C53_AnotherDualPoolAppears_TheAddressStays()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/31"));
        cluster.Decide(Dual("s1", FamilyPolicy.PreferDualStack));
        cluster.Pools(Cluster.Pool("a", "192.0.2.0/31"), Cluster.Pool("b", "203.0.113.0/31", "2001:db8::/126"));
        Assert.Equal("192.0.2.0", cluster.Decide(Dual("s1", FamilyPolicy.PreferDualStack)));
    }

    [Theory]
    [InlineData("198.51.100.1", "2001:db8::1")]
    [InlineData("2001:db8:ff::1", "192.0.2.0")]
    public void C20_C21_AddressOfTheOtherFamilyAsked_IsRefused(string clusterIP, string asked)
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/31", "2001:db8::/126"));
        Assert.Equal("", cluster.Decide(Cluster.Service("s1", clusterIP) with { LoadBalancerIP = asked }));
        Assert.Equal("LoadBalancerFailed", Assert.Single(cluster.Events).Reason);
    }

    [Fact]
    public void C29_PreferDualStackWithOneClusterIP_GetsOneAddress() =>
        Assert.Equal("192.0.2.0", new Cluster().Pools(Cluster.Pool("a", "192.0.2.0/31", "2001:db8::/126"))
            .Decide(Cluster.Service("s1") with { Policy = FamilyPolicy.PreferDualStack }));
}
