// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Ipam.Tests;

public sealed class SharingTests
{
    private const string Address = "192.0.2.4";

    private static ServiceFacts Shared(string name, string key, string protocol, int port) => Cluster.Service(name) with
    {
        LoadBalancerIP = Address,
        Annotations = new Dictionary<string, string> { [Annotations.Prefix + Annotations.AllowSharedIP] = key },
        Ports = [new ServicePort(protocol, port)],
    };

    private static Cluster WithFirst()
    {
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.4/31"));
        Assert.Equal(Address, cluster.Decide(Shared("s1", "web", "TCP", 80)));
        return cluster;
    }

    [Theory]
    [InlineData("web", "TCP", 443, true)]
    [InlineData("web", "UDP", 80, true)]
    [InlineData("web", "TCP", 80, false)]
    [InlineData("other", "TCP", 443, false)]
    public void B9_B10_SecondService_SharesOnlyWithTheSameKeyAndAnotherPort(string key, string protocol, int port, bool shares) =>
        Assert.Equal(shares ? Address : "", WithFirst().Decide(Shared("s2", key, protocol, port)));

    [Fact]
    public void B13_PortChangedOnSharedAddress_KeepsIt()
    {
        Cluster cluster = WithFirst();
        cluster.Decide(Shared("s2", "web", "TCP", 443));
        Assert.Equal(Address, cluster.Decide(Shared("s2", "web", "UDP", 53)));
    }

    [Fact]
    public void B15_C50_LocalPolicyWithAnotherSelectorWhileShared_LosesTheAddressAlone()
    {
        Cluster cluster = WithFirst();
        cluster.Decide(Shared("s2", "web", "TCP", 443));
        ServiceFacts local = Shared("s2", "web", "TCP", 443) with { LocalTraffic = true, Selector = new Dictionary<string, string> { ["app"] = "b" } };
        Assert.Equal("", cluster.Decide(local));
        Assert.Equal(Address, cluster.Decide(Shared("s1", "web", "TCP", 80)));
    }

    [Fact]
    public void C50_BothLocalWithOneSelector_Share()
    {
        Dictionary<string, string> selector = new() { ["app"] = "a" };
        Cluster cluster = new Cluster().Pools(Cluster.Pool("a", "192.0.2.4/31"));
        Assert.Equal(Address, cluster.Decide(Shared("s1", "web", "TCP", 80) with { LocalTraffic = true, Selector = selector }));
        Assert.Equal(Address, cluster.Decide(Shared("s2", "web", "TCP", 443) with { LocalTraffic = true, Selector = selector }));
    }

    [Fact]
    public void B55_SharedAddress_CountsOnceUntilTheLastUserLeaves()
    {
        Cluster cluster = WithFirst();
        cluster.Decide(Shared("s2", "web", "TCP", 443));
        cluster.Decide(Shared("s3", "web", "UDP", 443));
        Assert.Equal(1, cluster.Allocator.Count("a").AssignedIPv4);
        cluster.Delete("s1");
        cluster.Delete("s2");
        Assert.Equal(1, cluster.Allocator.Count("a").AssignedIPv4);
        cluster.Delete("s3");
        Assert.Equal(0, cluster.Allocator.Count("a").AssignedIPv4);
    }

    [Fact]
    public void SoleUser_ChangesItsKeyInPlace()
    {
        Cluster cluster = WithFirst();
        Assert.Equal(Address, cluster.Decide(Shared("s1", "new", "TCP", 80)));
        Assert.Equal(Address, cluster.Decide(Shared("s2", "new", "TCP", 443)));
        Assert.Equal("", cluster.Decide(Shared("s3", "web", "UDP", 1)));
    }

    [Fact]
    public void C48_LegacyAnnotation_WorksAndIsTold()
    {
        Cluster cluster = WithFirst();
        ServiceFacts legacy = Cluster.Service("s2") with
        {
            Annotations = new Dictionary<string, string>
            {
                [Annotations.LegacyPrefix + Annotations.AllowSharedIP] = "web",
                [Annotations.LegacyPrefix + Annotations.LoadBalancerIPs] = Address,
            },
            Ports = [new ServicePort("TCP", 443)],
        };
        Assert.Equal(Address, cluster.Decide(legacy));
        Assert.Contains(cluster.Events, e => e is { Warning: true, Reason: "deprecatedAnnotation" });
    }
}
