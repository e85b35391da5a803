// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>Who is let through when a peer may have only so many routes, and what counts.</summary>
public sealed class PrefixLimitTests
{
    private static readonly RouteOffer Other = RouteOffer.ToAll(RibCases.Tagged(7));
    private readonly AdjRibOut _rib = new();
    private readonly PolicyId _all;

    public PrefixLimitTests() => _all = _rib.AddPolicy();

    [Fact]
    public void Route_OfferedToOthersAlone_TakesNoPlace()
    {
        PolicyId other = _rib.AddPolicy();
        Limit(1);
        _rib.Set(RibCases.Host(1), RouteOffer.To(new(), other));
        _rib.Set(RibCases.Host(1), RouteOffer.To(RibCases.Tagged(3), other));
        _rib.Set(RibCases.Host(2), RibCases.Plain);
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4);
        peer.Drain();
        Assert.Equal("+1", peer.TakeLog());
        Assert.Equal((RouteState.NotOffered, RouteState.Advertised), (State(peer, 1), State(peer, 2)));
    }

    [Fact]
    public void Policy_AddedBehindRoutes_CountsThoseItIsOffered()
    {
        _rib.Set(RibCases.Host(1), RouteOffer.To(new(), _all));
        _rib.Set(RibCases.Host(2), RibCases.Plain);
        _rib.Set(RibCases.Host(3), RibCases.Plain);
        PolicyId late = _rib.AddPolicy();
        _rib.SetPrefixLimit(late, IpFamily.IPv4, 2);
        Receiver peer = new(_rib, late, RibCases.OnlyIPv4);
        peer.Drain();
        Assert.Equal("+2", peer.TakeLog());
        _rib.Set(RibCases.Host(4), RibCases.Plain);
        peer.Drain();
        Assert.Equal(("", RouteState.PrefixLimit), (peer.TakeLog(), State(peer, 4)));
    }

    [Fact]
    public void Limit_Lowered_TakesThoseThatCameLast()
    {
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4);
        Set(1, 2, 3);
        peer.Drain();
        Limit(2);
        Assert.Equal(RouteState.WaitsToWithdraw, State(peer, 3));
        Limit(1);
        Assert.Equal((RouteState.Advertised, RouteState.WaitsToWithdraw), (State(peer, 1), State(peer, 2)));
        Limit(0);
        peer.Drain();
        Assert.Equal(("+3 -3", 0), (peer.TakeLog(), peer.Peer.Advertised(IpFamily.IPv4)));
        Limit(1);
        peer.Drain();
        Assert.Equal(("+1", RouteState.Advertised), (peer.TakeLog(), State(peer, 1)));
    }

    [Fact]
    public void Route_RefusedAndRemoved_LeavesNothingToTheNextInItsSlot()
    {
        Limit(1);
        Set(1, 2);
        _rib.Remove(RibCases.Host(2));
        Limit(2);
        Set(3);
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4);
        peer.Drain();
        Assert.Equal(("+2", RouteState.Advertised), (peer.TakeLog(), State(peer, 3)));
        Set(4);
        Assert.Equal(RouteState.PrefixLimit, State(peer, 4));
    }

    [Fact]
    public void Route_RefusedAndOfferedOtherwise_StaysRefused()
    {
        Limit(1);
        Set(1, 2);
        _rib.Set(RibCases.Host(2), Other);
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4);
        peer.Drain();
        Assert.Equal(("+1", RouteState.PrefixLimit), (peer.TakeLog(), State(peer, 2)));
        _rib.Set(RibCases.Host(1), Other);
        peer.Drain();
        Assert.Equal(("+1", RouteState.Advertised), (peer.TakeLog(), State(peer, 1)));
        _rib.Remove(RibCases.Host(1));
        peer.Drain();
        Assert.Equal(("-1 +1", RouteState.Advertised), (peer.TakeLog(), State(peer, 2)));
    }

    /// <summary>What a peer without add-path does not get is neither taken from it nor given to it, whatever the limit does.</summary>
    [Fact]
    public void FurtherPath_RefusedAndLetIn_IsNothingToAPeerWithoutAddPath()
    {
        Receiver plain = new(_rib, _all, RibCases.OnlyIPv4);
        Receiver paths = new(_rib, _all, RibCases.OnlyIPv4 with { AddPathIPv4 = true });
        _rib.Set(RibCases.Host(1), RibCases.Plain);
        _rib.Set(RibCases.Host(1), Other, 1);
        plain.Drain();
        paths.Drain();
        Limit(1);
        plain.Drain();
        paths.Drain();
        Limit(2);
        plain.Drain();
        paths.Drain();
        Assert.Equal(("+1", "+1 +1 -1 +1"), (plain.TakeLog(), paths.TakeLog()));
        Assert.Equal((1, 2), (plain.Peer.Advertised(IpFamily.IPv4), paths.Peer.Advertised(IpFamily.IPv4)));
    }

    private void Limit(int limit) => _rib.SetPrefixLimit(_all, IpFamily.IPv4, limit);

    private void Set(params ReadOnlySpan<int> hosts)
    {
        foreach (int host in hosts)
        {
            _rib.Set(RibCases.Host(host), RibCases.Plain);
        }
    }

    private RouteState State(Receiver peer, int host) => _rib.StateOf(peer.Peer, RibCases.Host(host));
}
