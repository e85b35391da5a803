// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Bgp;

namespace LoadBalancer.Speaker.Tests;

/// <summary>Next hops of a session: its own local address, and of the other family what the interface has.</summary>
[Trait("Scenario", "S13")]
public sealed class NextHopsTests
{
    private static readonly ImmutableArray<LinkInfo> Links =
    [
        Link(1, "lo", Host("127.0.0.1"), Host("::1")),
        Link(2, "eth0", Address("192.0.2.11"), Address("198.51.100.11"), Local("fe80::11"), Address("2001:db8::11"), Address("2001:db8::12")),
        Link(3, "eth1", Local("fe80::31")),
        Link(4, "eth2", Address("203.0.113.41")),
    ];

    [Fact]
    public void Of_IPv4Session_IsItsAddressAndTheFirstGlobalIPv6OfItsInterface() =>
        Assert.Equal((Hop("192.0.2.11"), Hop("2001:db8::11")), NextHops.Of(Ip("192.0.2.11"), 0, Links, false));

    [Fact]
    public void Of_IPv4SessionOnAnInterfaceWithoutIPv6_HasNoneForIt() =>
        Assert.Equal((Hop("203.0.113.41"), null), NextHops.Of(Ip("203.0.113.41"), 0, Links, false));

    [Fact]
    public void Of_IPv6Session_NamesTheLinkLocalAddressBesideItsOwn() =>
        Assert.Equal((Hop("192.0.2.11"), new NextHop(Ip("2001:db8::12"), Ip("fe80::11"))), NextHops.Of(Ip("2001:db8::12"), 0, Links, false));

    [Fact]
    [Trait("Rfc", "8950-3")]
    public void Of_IPv6SessionWhosePeerTakesIPv4OverIPv6_IsTheSameForBothFamilies()
    {
        NextHop both = new(Ip("2001:db8::12"), Ip("fe80::11"));
        Assert.Equal((both, both), NextHops.Of(Ip("2001:db8::12"), 0, Links, true));
    }

    [Fact]
    [Trait("Scenario", "S17")]
    public void Of_UnnumberedSession_IsTheLinkLocalAddressWithTheGlobalOneInFrontWhereThereIs()
    {
        Assert.Equal((new NextHop(Ip("2001:db8::11"), Ip("fe80::11")), new NextHop(Ip("2001:db8::11"), Ip("fe80::11"))), NextHops.Of(Ip("fe80::11"), 2, Links, true));
        Assert.Equal((new NextHop(Ip("fe80::31")), new NextHop(Ip("fe80::31"))), NextHops.Of(Ip("fe80::31"), 3, Links, true));
    }

    [Fact]
    [Trait("Scenario", "S14")]
    public void Of_UnnumberedSessionWhosePeerTakesNoIPv6ForIPv4_HasNoneForItWithoutAnIPv4Address()
    {
        Assert.Null(NextHops.Of(Ip("fe80::31"), 3, Links, false).IPv4);
        Assert.Equal(Hop("192.0.2.11"), NextHops.Of(Ip("fe80::11"), 2, Links, false).IPv4);
    }

    [Fact]
    public void Of_SameLinkLocalAddressOnTwoInterfaces_TakesThatOfTheSession()
    {
        ImmutableArray<LinkInfo> twins = [Link(5, "a", Local("fe80::1"), Address("192.0.2.51")), Link(6, "b", Local("fe80::1"), Address("192.0.2.61"))];
        Assert.Equal(Hop("192.0.2.61"), NextHops.Of(Ip("fe80::1"), 6, twins, false).IPv4);
    }

    [Fact]
    public void Of_AddressesThatAreNotToBeUsed_AreNoNextHops()
    {
        ImmutableArray<LinkInfo> links =
        [
            Link(2, "eth0", Address("192.0.2.11"), Address("2001:db8::1") with { IsTentative = true }, Address("2001:db8::2") with { IsDeprecated = true }, Address("2001:db8::3") with { Scope = AddressScope.Link }),
        ];
        Assert.Null(NextHops.Of(Ip("192.0.2.11"), 0, links, false).IPv6);
    }

    [Fact]
    public void Of_AddressOfNoKnownInterface_StillIsItsOwnNextHop() =>
        Assert.Equal((Hop("192.0.2.99"), null), NextHops.Of(Ip("192.0.2.99"), 0, Links, false));

    private static IpAddr Ip(string text) => IpAddr.Parse(text);

    private static NextHop? Hop(string text) => new(Ip(text));

    private static AddressInfo Address(string text) => new(0, Ip(text), 24, false);

    private static AddressInfo Local(string text) => Address(text) with { Scope = AddressScope.Link };

    private static AddressInfo Host(string text) => Address(text) with { Scope = AddressScope.Host };

    private static LinkInfo Link(int index, string name, params AddressInfo[] addresses) => new() { Index = index, Name = name, Addresses = [.. addresses] };
}
