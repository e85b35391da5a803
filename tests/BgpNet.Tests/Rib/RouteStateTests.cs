// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>What is told of a route that goes out, and of one that does not.</summary>
public sealed class RouteStateTests
{
    private static readonly IpPrefix One = RibCases.Host(1);
    private readonly AdjRibOut _rib = new();
    private readonly PolicyId _all;

    public RouteStateTests()
    {
        _all = _rib.AddPolicy();
        _rib.CompleteInitialState();
    }

    [Fact]
    public void Route_FromSetToGone_GoesThroughItsStates()
    {
        Receiver peer = new(_rib, _all, RibCases.External);
        Assert.Equal(RouteState.None, _rib.StateOf(peer.Peer, One));
        _rib.Set(One, RibCases.Plain);
        Assert.Equal(RouteState.WaitsToAnnounce, _rib.StateOf(peer.Peer, One));
        peer.Drain();
        Assert.Equal(RouteState.Advertised, _rib.StateOf(peer.Peer, One));
        _rib.Remove(One);
        Assert.Equal(RouteState.WaitsToWithdraw, _rib.StateOf(peer.Peer, One));
        Assert.Equal(RouteState.WaitsToWithdraw, Assert.Single(_rib.Snapshot(peer.Peer, IpFamily.IPv4)).State);
        peer.Drain();
        Assert.Equal(RouteState.None, _rib.StateOf(peer.Peer, One));
        Assert.Empty(_rib.Snapshot(peer.Peer, IpFamily.IPv4));
    }

    [Fact]
    [Trait("Scenario", "S14")]
    public void Route_ThatDoesNotGo_HasItsReason()
    {
        PolicyId other = _rib.AddPolicy();
        _rib.Set(One, RouteOffer.To(new RouteAttributes(), _all));
        _rib.Set(RibCases.HostIPv6(1), RouteOffer.ToAll(new RouteAttributes { Communities = [.. Enumerable.Repeat(Community.NoExport, 1100)] }));
        _rib.Set(One, RibCases.Plain, 1);
        Assert.Equal(RouteState.NotOffered, StateOf(One, RibCases.External, other));
        Assert.Equal(RouteState.NoNextHop, StateOf(One, RibCases.External with { IPv4NextHop = null }, _all));
        Assert.Equal(RouteState.FamilyNotNegotiated, StateOf(One, RibCases.External with { IPv4Unicast = false }, _all));
        Assert.Equal(RouteState.NoAddPath, StateOf(One, RibCases.External, _all, path: 1));
        Assert.Equal(RouteState.Advertised, StateOf(One, RibCases.External with { AddPathIPv4 = true }, _all, path: 1));
        Assert.Equal(RouteState.AttributesTooLong, StateOf(RibCases.HostIPv6(1), RibCases.External, _all));
        Assert.Equal(RouteState.Advertised, StateOf(RibCases.HostIPv6(1), RibCases.External with { ExtendedMessages = true }, _all));
        Assert.Equal(RouteState.NoNextHop, StateOf(RibCases.HostIPv6(1), RibCases.External with { IPv6NextHop = RibCases.External.IPv4NextHop }, _all));
    }

    /// <summary>The longest attributes that leave room for any next hop and prefix, and the shortest that do not.</summary>
    [Theory]
    [InlineData(998, RouteState.Advertised)]
    [InlineData(999, RouteState.AttributesTooLong)]
    public void Attributes_AtTheBound_GoOrDoNot(int communities, RouteState state)
    {
        _rib.Set(One, RouteOffer.ToAll(new RouteAttributes { Communities = [.. Enumerable.Repeat(Community.NoExport, communities)] }));
        Assert.Equal(state, StateOf(One, RibCases.OnlyIPv4, _all));
    }

    [Fact]
    public void Route_WithdrawnFromOneOfTwo_IsInTheOthersTableAlone()
    {
        Receiver[] peers = [new(_rib, _all, RibCases.OnlyIPv4), new(_rib, _all, RibCases.OnlyIPv4)];
        _rib.Set(One, RibCases.Plain);
        peers[0].Drain();
        peers[1].Drain();
        _rib.Remove(One);
        Assert.Equal(0, _rib.Count(IpFamily.IPv4));
        peers[0].Drain();
        _rib.Set(RibCases.Host(2), RibCases.Plain);
        Assert.Equal(RibCases.Host(2), Assert.Single(_rib.Snapshot(peers[0].Peer, IpFamily.IPv4)).Route.Prefix);
    }

    [Fact]
    public void IPv4Route_OverAnIPv6NextHop_GoesWithIt()
    {
        _rib.Set(One, RibCases.Plain);
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4 with { IPv4NextHop = RibCases.External.IPv6NextHop });
        peer.Drain();
        Assert.StartsWith("2001:db8::6/", peer.Table[new(One, 0)], StringComparison.Ordinal);
    }

    [Fact]
    public void PrefixLimit_Exceeded_NamesWhoCameLastAndLetsThemInWhenThereIsRoom()
    {
        _rib.SetPrefixLimit(_all, IpFamily.IPv4, 3);
        Receiver peer = new(_rib, _all, RibCases.External);
        for (int i = 0; i < 5; i++)
        {
            _rib.Set(RibCases.Host(i), RibCases.Plain);
            _rib.Set(RibCases.HostIPv6(i), RibCases.Plain);
        }

        peer.Drain();
        Assert.Equal("+3 EoR/ipv4-unicast +5 EoR/ipv6-unicast", peer.TakeLog());
        Assert.Equal(3, peer.Peer.Advertised(IpFamily.IPv4));
        Assert.Equal([RibCases.Host(3), RibCases.Host(4)], Refused(peer));
        _rib.Remove(RibCases.Host(4));
        _rib.Remove(RibCases.Host(1));
        peer.Drain();
        Assert.Equal("-1 +1", peer.TakeLog());
        Assert.Empty(Refused(peer));
        _rib.SetPrefixLimit(_all, IpFamily.IPv4, 1);
        peer.Drain();
        Assert.Equal("-2", peer.TakeLog());
        Assert.Equal(2, Refused(peer).Length);
        _rib.SetPrefixLimit(_all, IpFamily.IPv4, null);
        peer.Drain();
        Assert.Equal("+2", peer.TakeLog());
        Assert.Equal(3, peer.Table.Keys.Count(route => route.Prefix.Family == IpFamily.IPv4));
    }

    private IpPrefix[] Refused(Receiver peer) =>
    [
        .. _rib.Snapshot(peer.Peer, IpFamily.IPv4).Where(route => route.State == RouteState.PrefixLimit).Select(route => route.Route.Prefix),
    ];

    private RouteState StateOf(IpPrefix prefix, ExportTerms terms, PolicyId policy, uint path = 0)
    {
        Receiver peer = new(_rib, policy, terms);
        peer.Drain();
        RouteState state = _rib.StateOf(peer.Peer, prefix, path);
        Assert.Equal(state == RouteState.Advertised, peer.Table.ContainsKey(new(prefix, path)));
        Assert.Equal(MonoTime.Never, _rib.Due(peer.Peer));
        _rib.PeerDown(peer.Peer);
        return state;
    }
}
