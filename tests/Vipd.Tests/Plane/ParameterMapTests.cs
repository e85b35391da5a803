// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vipd.Plane;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Tests.Plane;

public sealed class ParameterMapTests
{
    private static readonly VipInstance Instance = new()
    {
        Name = "web",
        Interface = "eth0",
        RouterId = 51,
        Addresses = [new VirtualAddress { Address = new(IpAddr.Parse("192.0.2.100"), 24) }],
    };

    [Fact]
    public void Of_DefaultInstance_HasNoErrors() => Assert.Empty(ParameterMap.Of(Instance, new(), grouped: false).Errors());

    [Fact]
    public void Of_GlobalGroup_CountsWhereTheInstanceNamesNone()
    {
        GlobalSettings global = new() { MulticastGroup4 = IpAddr.Parse("224.0.0.99") };
        Assert.Equal(global.MulticastGroup4, ParameterMap.Of(Instance, global, grouped: false).Group);
        Assert.Null(ParameterMap.Of(Instance with { Unicast = new() { Peers = [new() { Address = IpAddr.Parse("192.0.2.2") }] } }, global, grouped: false).Group);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [Trait("Scenario", "RX-27")]
    public void Of_CheckSubnet_IsThePolicy(bool check, bool accepts) =>
        Assert.Equal(accepts, ParameterMap.Of(Instance with { CheckSubnet = check }, new(), grouped: false).Policy.AcceptOffSubnet);

    [Fact]
    [Trait("Scenario", "STM-06")]
    public void Of_StartAsMaster_IsNoShortcut()
    {
        VrrpParameters plain = ParameterMap.Of(Instance, new(), grouped: false), hinted = ParameterMap.Of(Instance with { StartAsMaster = true }, new(), grouped: false);
        Assert.Equal(plain with { Addresses = [], Peers = [], Policy = VrrpPolicy.Default }, hinted with { Addresses = [], Peers = [], Policy = VrrpPolicy.Default });
        Assert.Equal(plain.Policy with { Announcements = [] }, hinted.Policy with { Announcements = [] });
    }

    [Fact]
    [Trait("Scenario", "MIX-29")]
    public void Of_ExcludedAddresses_AreHeldAndNotAdvertised()
    {
        VipInstance more = Instance with { ExcludedAddresses = [new VirtualAddress { Address = new(IpAddr.Parse("192.0.2.101"), 24) }] };
        Assert.Equal(["192.0.2.100"], ParameterMap.Of(more, new(), grouped: false).Addresses.Select(static a => a.ToString()));
        Assert.Equal(["192.0.2.100", "192.0.2.101"], HoldingPlan.Of(more).Addresses.Select(static a => a.Address.Address.Address.ToString()));
    }

    [Theory]
    [InlineData(255, null, 255)]
    [InlineData(255, 200, 200)]
    [InlineData(64, null, 1)]
    [Trait("Scenario", "RX-05")]
    public void Of_UnicastPeer_AsksForATtlThatFitsWhatIsSent(int ttl, int? least, byte expected)
    {
        VipInstance unicast = Instance with { Unicast = new() { Ttl = ttl, Peers = [new() { Address = IpAddr.Parse("192.0.2.2"), MinTtl = least }] } };
        Assert.Equal(expected, ParameterMap.Of(unicast, new(), grouped: false).Peers[0].MinimumHopLimit);
    }

    [Fact]
    public void Of_LongPassword_CountsEightOctets()
    {
        VrrpParameters cut(string text) => ParameterMap.Of(
            Instance with { Version = VipConfig.VrrpVersion.V2, Authentication = new() { Password = new Secret(text) } }, new(), grouped: false);
        Assert.Equal(cut("12345678").Password, cut("123456789").Password);
        Assert.NotEqual(cut("12345678").Password, cut("1234567").Password);
    }

    [Fact]
    [Trait("Scenario", "ARP-01")]
    public void Rounds_Defaults_AreTwoBurstsInOrder()
    {
        IReadOnlyList<TimeSpan> rounds = ParameterMap.Rounds(new());
        Assert.Equal(10, rounds.Count);
        Assert.Equal(TimeSpan.Zero, rounds[0]);
        Assert.Equal(TimeSpan.FromSeconds(5), rounds[5]);
        Assert.Equal(rounds, rounds.Order());
    }

    [Fact]
    public void Rounds_SecondBurstSooner_NeverGoesBack()
    {
        IReadOnlyList<TimeSpan> rounds = ParameterMap.Rounds(new() { Repeat = 12, SecondAfter = TimeSpan.FromMilliseconds(50) });
        Assert.Equal(rounds, rounds.Order().Distinct());
        Assert.InRange(rounds.Count, 12, 32);
        Assert.Equal([TimeSpan.Zero], ParameterMap.Rounds(new() { Repeat = 1, SecondAfter = TimeSpan.Zero }));
    }
}
