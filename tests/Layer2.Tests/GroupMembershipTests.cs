// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2.Tests;

public sealed class GroupMembershipTests
{
    private static readonly IpAddr Group = IpAddr.Parse("ff02::1:ff00:100");
    private static readonly IpAddr SameGroup = IpAddr.Parse("2001:db8:1::100");
    private readonly GroupMembership _groups = new();

    [Fact]
    public void Address_JoinsItsGroupOnEveryInterface_IPv4None()
    {
        Assert.Equal([new(true, 2, Group), new(true, 3, Group)], Update([Lan.Service, Lan.Service6], Lan.Eth0, Lan.Eth1));
        Assert.Equal("33:33:ff:00:01:00", new GroupChange(true, 2, Group).Mac.ToString());
        Assert.Empty(Update([Lan.Service, Lan.Service6], Lan.Eth0, Lan.Eth1));
    }

    [Fact]
    public void Interface_ThatAppearsAfterTheAddress_Joins()
    {
        _ = Update([Lan.Service6], Lan.Eth0, Lan.Eth1 with { LinkLocal = null });
        Assert.Equal([new(true, 3, Group)], Update([Lan.Service6], Lan.Eth0, Lan.Eth1));
        Assert.Equal([new(false, 2, Group)], Update([Lan.Service6], Lan.Eth1));
    }

    [Fact]
    public void Group_OfTwoAddresses_IsLeftWithTheLast()
    {
        Assert.Equal([new(true, 2, Group)], Update([Lan.Service6, SameGroup], Lan.Eth0));
        Assert.Empty(Update([SameGroup], Lan.Eth0));
        Assert.Equal([new(false, 2, Group)], Update([], Lan.Eth0));
        Assert.Equal(0, _groups.Count);
    }

    [Fact]
    public void FailedJoin_IsAskedForAgain()
    {
        GroupChange join = Assert.Single(Update([Lan.Service6], Lan.Eth0));
        _groups.Failed(join);
        Assert.Equal([join], Update([Lan.Service6], Lan.Eth0));
    }

    private IReadOnlyList<GroupChange> Update(IpAddr[] addresses, params InterfaceFacts[] links) =>
        _groups.Update(Array.ConvertAll(addresses, address => new Announcement(address, InterfaceSet.All)), links);
}
