// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;
using LoadBalancer.Routing;
using LoadBalancer.Speaker.Bgp;

namespace LoadBalancer.Speaker.Tests;

/// <summary>What the planner decided, as each router comes to hear it.</summary>
public sealed class OffersTests
{
    private const uint OurAsn = 64512;
    private static readonly IpPrefix Prefix = IpPrefix.Parse("198.51.100.1/32");
    private readonly AdjRibOut _rib = new();
    private readonly Offers _offers;

    public OffersTests() => _offers = new Offers(_rib);

    [Fact]
    public void Apply_PlannedRoute_IsToldToItsGroupAlone()
    {
        RibPeer told = Up(0), other = Up(1);
        Assert.True(_offers.Apply(Route(new RoutePolicy(), 0), false));
        Assert.Equal(RouteState.Advertised, Drained(told));
        Assert.Equal(RouteState.NotOffered, Drained(other));
    }

    [Fact]
    [Trait("Scenario", "S19")]
    public void Apply_RouteMovesToAnotherGroup_IsWithdrawnThere()
    {
        RibPeer one = Up(0), two = Up(1);
        _offers.Apply(Route(new RoutePolicy(), 0), false);
        Drained(one);
        _offers.Apply(Route(new RoutePolicy(), 1), false);
        Assert.Equal((RouteState.NotOffered, RouteState.Advertised), (Drained(one), Drained(two)));
    }

    [Fact]
    public void Apply_SameRouteAgain_ChangesNothing()
    {
        _offers.Apply(Route(new RoutePolicy(), 0), false);
        Assert.False(_offers.Apply(Route(new RoutePolicy(), 0), false));
    }

    [Fact]
    public void Apply_RouteWithoutVariants_IsWithdrawn()
    {
        RibPeer peer = Up(0);
        _offers.Apply(Route(new RoutePolicy(), 0), false);
        Drained(peer);
        Assert.True(_offers.Apply(new RouteChange(Prefix, []), false));
        Drained(peer);
        Assert.Equal(RouteState.None, _rib.StateOf(peer, Prefix));
    }

    [Fact]
    [Trait("Scenario", "S11")]
    public void Apply_LocalPref_IsForInternalPeersAlone()
    {
        RibPeer inside = Up(0, isInternal: true), outside = Up(0);
        _offers.Apply(Route(new RoutePolicy { LocalPref = 150, Med = 5 }, 0), false);
        Assert.Equal((150u, 5u), (Attributes(inside).LocalPref, Attributes(inside).Med));
        Assert.Contains("4005040000009" + "6", Sent(Up(0, isInternal: true)), StringComparison.Ordinal);
        Assert.DoesNotContain("400504", Sent(outside), StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_CommunitiesOfBothKinds_KeepTheirOrder()
    {
        RibPeer peer = Up(0);
        _offers.Apply(Route(new RoutePolicy { Communities = [BgpCommunity.Standard(7), BgpCommunity.Standard(9), BgpCommunity.Large(1, 2, 3)] }, 0), false);
        Assert.Equal([new Community(7), new Community(9)], Attributes(peer).Communities.AsEnumerable());
        Assert.Equal([new LargeCommunity(1, 2, 3)], Attributes(peer).LargeCommunities.AsEnumerable());
    }

    [Fact]
    public void Apply_PrependAndBandwidth_CarryTheAsnTheGroupIsShown()
    {
        RibPeer peer = Up(0);
        _offers.Define(0, OurAsn, null);
        _offers.Apply(Route(new RoutePolicy { AsPathPrepend = 2, Bandwidth = 500 }, 0), false);
        Assert.Equal([OurAsn, OurAsn], Attributes(peer).AsPath.AsEnumerable());
        Assert.Equal(500f, Assert.Single(Attributes(peer).ExtendedCommunities).LinkBandwidth);
        _offers.Define(0, 64999, null);
        Assert.True(_offers.Apply(Route(new RoutePolicy { AsPathPrepend = 2, Bandwidth = 500 }, 0), false));
        Assert.Equal([64999u, 64999u], Attributes(peer).AsPath.AsEnumerable());
    }

    [Fact]
    [Trait("Scenario", "G18")]
    public void Apply_WhileDraining_AddsGracefulShutdownOnceAndTakesItBack()
    {
        RibPeer peer = Up(0);
        RoutePolicy policy = new() { Communities = [BgpCommunity.Standard(Community.GracefulShutdown.Value), BgpCommunity.Standard(5)] };
        _offers.Apply(Route(policy, 0), true);
        Assert.Equal([new Community(5), Community.GracefulShutdown], Attributes(peer).Communities.AsEnumerable());
        RoutePolicy plain = new() { Communities = [BgpCommunity.Standard(5)] };
        _offers.Apply(Route(plain, 0), true);
        Assert.Equal([new Community(5), Community.GracefulShutdown], Attributes(peer).Communities.AsEnumerable());
        Assert.True(_offers.Apply(Route(plain, 0), false));
        Assert.Equal([new Community(5)], Attributes(peer).Communities.AsEnumerable());
    }

    [Fact]
    public void Define_PrefixLimit_HoldsBackWhatExceedsItInEachFamily()
    {
        RibPeer peer = Up(0);
        _offers.Define(0, OurAsn, 1);
        _offers.Apply(Route(new RoutePolicy(), 0), false);
        _offers.Apply(Route(new RoutePolicy(), 0) with { Prefix = IpPrefix.Parse("198.51.100.2/32") }, false);
        Drained(peer);
        Assert.Equal(1, peer.Advertised(IpFamily.IPv4));
        _offers.Define(0, OurAsn, uint.MaxValue);
        Drained(peer);
        Assert.Equal(2, peer.Advertised(IpFamily.IPv4));
    }

    [Fact]
    public void Apply_TwoVariants_TellEachGroupItsOwn()
    {
        RibPeer one = Up(0), two = Up(1);
        _offers.Apply(
            new RouteChange(Prefix, [new(PeerGroupSet.Of([0]), new RoutePolicy { Med = 1 }), new(PeerGroupSet.Of([1]), new RoutePolicy { Med = 2 })]), false);
        Assert.Equal((1u, 2u), (Attributes(one).Med, Attributes(two).Med));
    }

    private static RouteChange Route(RoutePolicy policy, int group) => new(Prefix, [new RouteVariant(PeerGroupSet.Of([group]), policy)]);

    private RibPeer Up(int group, bool isInternal = false) => _rib.PeerUp(
        _offers.PolicyOf(group), new ExportTerms { LocalAs = OurAsn, IPv4Unicast = true, Internal = isInternal, IPv4NextHop = new(IpAddr.Parse("192.0.2.11")) });

    private RouteState Drained(RibPeer peer)
    {
        _ = Sent(peer);
        return _rib.StateOf(peer, Prefix);
    }

    private string Sent(RibPeer peer)
    {
        byte[] buffer = new byte[1 << 16];
        List<byte> all = [];
        int length;
        while ((length = _rib.Fill(peer, buffer, default)) > 0)
            all.AddRange(buffer[..length]);
        return Convert.ToHexStringLower([.. all]);
    }

    private RouteAttributes Attributes(RibPeer peer)
    {
        Drained(peer);
        return Assert.Single(_rib.Snapshot(peer, IpFamily.IPv4)).Attributes!;
    }
}
