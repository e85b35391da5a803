// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Kubernetes;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

public sealed class LocalLinkTests
{
    [Theory]
    [InlineData("eth0", true)]
    [InlineData("ens192", true)]
    [InlineData("bond0.100", true)]
    [InlineData("br-lan", true)]
    [InlineData("lo", false)]
    [InlineData("docker0", false)]
    [InlineData("cni0", false)]
    [InlineData("cbr0", false)]
    [InlineData("flannel.1", false)]
    [InlineData("veth1a2b3c4d", false)]
    [InlineData("cali0123456789a", false)]
    [InlineData("cilium_host", false)]
    [InlineData("lxc4f5e6d", false)]
    [InlineData("tunl0", false)]
    [InlineData("kube-ipvs0", false)]
    [InlineData("nodelocaldns", false)]
    [InlineData("vrrp.51", false)]
    [Trait("Scenario", "CFG-14")]
    [Trait("Scenario", "K8-24")]
    public void Interface_OfAContainerNetwork_IsNeverChosen(string name, bool chosen) => Assert.Equal(chosen, LocalLink.MayBeOnASegment(name));

    [Fact]
    public void All_OfThisHost_AreOnlyThoseThatMayBeChosen() => Assert.All(LocalLink.All(), static link => Assert.True(LocalLink.MayBeOnASegment(link.Name)));

    [Fact]
    public void Of_AnAddress_IsTheInterfaceOfTheNarrowestNetwork()
    {
        ValueList<LocalLink> links = [new("eth0", [Address("192.0.2.1/24")]), new("eth1", [Address("192.0.2.129/25"), Address("198.51.100.1/32")])];
        Assert.Equal("eth1", LocalLink.Of(links, IpAddr.Parse("192.0.2.200"))?.Name);
        Assert.Equal("eth0", LocalLink.Of(links, IpAddr.Parse("192.0.2.100"))?.Name);
        // An address of the node's own, and one no network holds.
        Assert.Null(LocalLink.Of(links, IpAddr.Parse("198.51.100.1")));
        Assert.Null(LocalLink.Of(links, IpAddr.Parse("203.0.113.1")));
    }

    private static InterfaceAddress Address(string text) => InterfaceAddress.TryParse(text, out InterfaceAddress address) ? address : throw new FormatException(text);
}
