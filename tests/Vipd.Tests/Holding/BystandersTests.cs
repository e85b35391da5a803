// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;

namespace LoadBalancer.Vipd.Tests.Holding;

public sealed class BystandersTests
{
    private static readonly LinkInfo Eth0 = Link(2, "eth0", "192.0.2.11/24");
    private static readonly LinkInfo Eth1 = Link(3, "eth1", "192.0.2.211/24");

    [Fact]
    [Trait("Scenario", "ARP-17")]
    public void Interface_WithAnAddressInTheNetwork_IsOne() => Assert.Equal(["eth1"], Of("192.0.2.100/24", "eth0", Eth0, Eth1));

    [Fact]
    public void Interface_InTheNetworkOfTheInterface_IsOneForAnAddressOfAnother() => Assert.Equal(["eth1"], Of("198.51.100.100/32", "eth0", Eth0, Eth1));

    [Fact]
    public void Interface_InTheNetworkOfTheAddressAlone_IsOne() =>
        Assert.Equal(["eth1"], Of("192.0.2.100/32", "eth0", Link(2, "eth0", "198.51.100.11/24"), Eth1));

    [Theory]
    [InlineData("203.0.113.11/24")]
    [InlineData("192.0.2.11/32")]
    [InlineData("192.0.2.100/24")]
    [InlineData("2001:db8::1/64")]
    [InlineData(null)]
    public void Interface_ThatNothingTiesToTheSegment_IsNone(string? address) => Assert.Empty(Of("192.0.2.100/24", "eth0", Eth0, Link(3, "eth1", address)));

    [Fact]
    public void Interface_ThatDoesNotAnswer_IsNone() => Assert.Empty(Of(
        "192.0.2.100/24", "eth0", Eth0, Eth1 with { IsNoArp = true }, Eth1 with { Index = 4, MasterIndex = 9 }, Eth1 with { Index = 5, IsLoopback = true }, Eth1 with { Index = 6, IsBroadcast = false }));

    [Fact]
    public void Interface_BelowAMacvlanAndBesideIt_IsOne() => Assert.Equal(
        ["eth0", "child"],
        Of("192.0.2.100/24", "vrrp.51", Eth0, Link(4, "vrrp.51", null) with { Kind = "macvlan", LowerIndex = 2 }, Link(5, "child", null) with { Kind = "macvlan", LowerIndex = 2 }));

    [Fact]
    public void Interface_AboveIt_IsOneIfItIsAMacvlan() => Assert.Equal(
        ["child"],
        Of("192.0.2.100/24", "eth0", Eth0, Link(5, "child", null) with { Kind = "macvlan", LowerIndex = 2 }, Link(6, "vlan", null) with { Kind = "vlan", LowerIndex = 2 }));

    [Fact]
    public void Addresses_OfIPv6_HaveNone() => Assert.Empty(Of("2001:db8::100/64", "eth0", Eth0, Eth1));

    [Fact]
    public void Known_AreLeftOut() => Assert.Empty(Bystanders.Of([Eth0, Eth1], Plan("192.0.2.100/24", "eth0"), IsOurs, new HashSet<int> { 3 }));

    private static IEnumerable<string> Of(string address, string device, params LinkInfo[] table) =>
        Bystanders.Of(table, Plan(address, device), IsOurs, new HashSet<int>()).Select(static l => l.Name);

    // Whatever is virtual says nothing of its interface.
    private static bool IsOurs(AddressInfo address) => address.Address == IpAddr.Parse("192.0.2.100");

    private static HoldingPlan Plan(string address, string device) => new()
    {
        Name = "web",
        Addresses = [new PlannedAddress(new VirtualAddress { Address = Read(address) }, device)],
    };

    private static LinkInfo Link(int index, string name, string? address) => new()
    {
        Index = index,
        Name = name,
        IsUp = true,
        IsBroadcast = true,
        Addresses = address is null ? [] : [new AddressInfo(index, Read(address).Address, Read(address).PrefixLength, IsTentative: false)],
    };

    private static InterfaceAddress Read(string text)
    {
        Assert.True(InterfaceAddress.TryParse(text, out InterfaceAddress address));
        return address;
    }
}
