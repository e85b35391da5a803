// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;

namespace LoadBalancer.Vipd.Tests.Holding;

public sealed class HoldingPlanTests
{
    private static readonly VirtualAddress Here = new() { Address = new(IpAddr.Parse("192.0.2.100"), 24) };
    private static readonly VirtualAddress There = new() { Address = new(IpAddr.Parse("198.51.100.100"), 24), Device = "eth1" };
    private static readonly VipInstance Instance = new() { Name = "web", Interface = "eth0", RouterId = 51, Addresses = [Here, There] };

    [Fact]
    public void Of_WithoutVirtualMac_PutsAddressesOnTheirInterfaces()
    {
        HoldingPlan plan = HoldingPlan.Of(Instance);
        Assert.Equal(["eth0", "eth1"], plan.Addresses.Select(static a => a.Device));
        Assert.Empty(plan.Macvlans);
        Assert.Equal("", plan.AdvertisingDevice);
    }

    [Fact]
    public void Of_VirtualMac_PutsOwnAddressesOnADeviceWithTheRfcsAddress()
    {
        HoldingPlan plan = HoldingPlan.Of(Instance with { VirtualMac = new() });
        Assert.Equal(["vrrp.51", "eth1"], plan.Addresses.Select(static a => a.Device));
        PlannedMacvlan macvlan = Assert.Single(plan.Macvlans);
        Assert.Equal(new("vrrp.51", "eth0", MacAddr.Parse("00:00:5e:00:01:33")), macvlan);
        Assert.Equal("vrrp.51", plan.AdvertisingDevice);
    }

    [Fact]
    [Trait("Scenario", "TX-12")]
    public void Of_VirtualMacAlsoElsewhere_MakesADeviceThere()
    {
        HoldingPlan plan = HoldingPlan.Of(Instance with { VirtualMac = new() { OnAddressInterfaces = true, AdvertiseFromBase = true, Interface = "own0" } });
        Assert.Equal(["own0", "vrrp.51.2"], plan.Addresses.Select(static a => a.Device));
        Assert.Equal(["eth0", "eth1"], plan.Macvlans.Select(static m => m.Lower));
        Assert.Equal("", plan.AdvertisingDevice);
    }

    [Fact]
    public void Of_EqualInstances_AreEqual() => Assert.Equal(HoldingPlan.Of(Instance with { VirtualMac = new() }), HoldingPlan.Of(Instance with { VirtualMac = new(), Priority = 120 }));

    [Fact]
    [Trait("Scenario", "ARP-15")]
    public void Address_SingleIPv6Host_IsNeverSourceUnlessPreferred()
    {
        VirtualAddress host = new() { Address = new(IpAddr.Parse("2001:db8::100"), 128) };
        Assert.True(Resolver.Address(host, 2).IsNeverSource);
        Assert.False(Resolver.Address(host with { Preferred = true }, 2).IsNeverSource);
        Assert.False(Resolver.Address(Here, 2).IsNeverSource);
    }

    [Fact]
    [Trait("Scenario", "ND-02")]
    public void Address_Attributes_AreToldToTheKernel()
    {
        HeldAddress held = Resolver.Address(Here with { Label = "eth0:web", Scope = "link", Broadcast = "+", NoPrefixRoute = true }, 2);
        Assert.Equal("eth0:web", held.Label);
        Assert.Equal(AddressScope.Link, held.Scope);
        Assert.Equal(IpAddr.Parse("192.0.2.255"), held.Broadcast);
        Assert.Equal(AddressOptions.NoDuplicateDetection | AddressOptions.NoPrefixRoute, held.Options);
        Assert.Equal(Resolver.Mark, held.Tag);
    }

    [Fact]
    public void Move_BetweenInstances_TouchesNothing()
    {
        HeldAddress address = Resolver.Address(Here, 2);
        Vipd.Holding.Holding before = new(HoldingPlan.Of(Instance)), after = new(HoldingPlan.Of(Instance with { Name = "other" }));
        before.Addresses.Add(address);
        Change<HeldAddress> change = new();
        change.Compare(before, before.Addresses, []);
        change.Compare(after, after.Addresses, [address]);
        change.Move(static h => h.Addresses);
        Assert.Empty(change.Removals);
        Assert.Empty(change.Additions);
        Assert.Contains(address, after.Addresses);
        Assert.Empty(before.Addresses);
    }
}
