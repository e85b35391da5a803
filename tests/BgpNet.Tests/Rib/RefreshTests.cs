// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>The first sending with its End-of-RIB, and what a refresh asks for again.</summary>
public sealed class RefreshTests
{
    private const string Ends = "EoR/ipv4-unicast EoR/ipv6-unicast";
    private static readonly RouteOffer Other = RouteOffer.ToAll(RibCases.Tagged(7));
    private readonly AdjRibOut _rib = new();
    private readonly PolicyId _all;

    public RefreshTests() => _all = _rib.AddPolicy();

    [Fact]
    [Trait("Scenario", "S02")]
    [Trait("Scenario", "G03")]
    public void Session_WithRoutesThere_SendsThemThenEndOfRibOfEachFamily()
    {
        Set(3, 2);
        _rib.CompleteInitialState();
        Receiver peer = new(_rib, _all, RibCases.External);
        peer.Drain();
        Assert.Equal("+3 EoR/ipv4-unicast +2 EoR/ipv6-unicast", peer.TakeLog());
    }

    [Fact]
    public void Session_WithoutRoutes_SaysEndOfRibAtOnce()
    {
        _rib.CompleteInitialState();
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4);
        Assert.True(_rib.Due(peer.Peer) <= default(MonoTime));
        peer.Drain();
        Assert.Equal("EoR/ipv4-unicast", peer.TakeLog());
    }

    [Fact]
    [Trait("Scenario", "S03")]
    [Trait("Scenario", "G08")]
    public void EndOfRib_BeforeAllIsKnown_IsWithheldAndThenSaidOnce()
    {
        Receiver peer = new(_rib, _all, RibCases.External);
        Set(3, 2);
        peer.Drain();
        Assert.Equal("+3 +2", peer.TakeLog());
        Assert.Equal(MonoTime.Never, _rib.Due(peer.Peer));
        _rib.Set(RibCases.Host(50), Other);
        _rib.CompleteInitialState();
        peer.Drain();
        Assert.Equal("+1 " + Ends, peer.TakeLog());
        _rib.Set(RibCases.Host(51), Other);
        _rib.Refresh(peer.Peer, AfiSafi.IPv6Unicast);
        peer.Drain();
        Assert.DoesNotContain("EoR", peer.TakeLog(), StringComparison.Ordinal);
    }

    [Fact]
    public void Session_UpAgain_GetsAllAndItsOwnEndOfRib()
    {
        _rib.CompleteInitialState();
        Set(3, 2);
        Receiver peer = new(_rib, _all, RibCases.External);
        Receiver stays = new(_rib, _all, RibCases.External);
        peer.Drain();
        stays.Drain();
        stays.TakeLog();
        _rib.PeerDown(peer.Peer);
        _rib.Remove(RibCases.Host(0));
        peer = new(_rib, _all, RibCases.External);
        peer.Drain();
        stays.Drain();
        Assert.Equal("+2 EoR/ipv4-unicast +2 EoR/ipv6-unicast", peer.TakeLog());
        Assert.Equal("-1", stays.TakeLog());
    }

    [Fact]
    [Trait("Scenario", "G12")]
    public void Refresh_WithoutMarkers_SendsTheFamilyAgainToWhomItAskedAlone()
    {
        _rib.CompleteInitialState();
        Set(3, 2);
        ExportTerms terms = RibCases.External with { EnhancedRouteRefresh = false };
        Receiver peer = new(_rib, _all, terms);
        Receiver other = new(_rib, _all, terms);
        peer.Drain();
        other.Drain();
        peer.TakeLog();
        other.TakeLog();
        _rib.Refresh(peer.Peer, AfiSafi.IPv4Unicast);
        peer.Drain();
        other.Drain();
        Assert.Equal("+3", peer.TakeLog());
        Assert.Equal("", other.TakeLog());
        _rib.Refresh(peer.Peer, new((Afi)99, Safi.Unicast));
        Assert.Equal(0, peer.Fill());
    }

    [Fact]
    [Trait("Scenario", "G13")]
    public void Refresh_WithMarkers_StandsBetweenThem()
    {
        _rib.CompleteInitialState();
        Set(3, 2);
        Receiver peer = new(_rib, _all, RibCases.External);
        peer.Drain();
        peer.TakeLog();
        _rib.Refresh(peer.Peer, AfiSafi.IPv4Unicast);
        peer.Drain();
        Assert.Equal("Begin/ipv4-unicast +3 End/ipv4-unicast", peer.TakeLog());
    }

    [Fact]
    [Trait("Rfc", "7313-4")]
    public void Refresh_BeforeEndOfRib_IsAnsweredBehindIt()
    {
        Set(3, 0);
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4);
        _rib.Refresh(peer.Peer, AfiSafi.IPv4Unicast);
        peer.Drain();
        Assert.Equal("+3", peer.TakeLog());
        _rib.CompleteInitialState();
        peer.Drain();
        Assert.Equal("EoR/ipv4-unicast Begin/ipv4-unicast +3 End/ipv4-unicast", peer.TakeLog());
    }

    [Fact]
    public void Refresh_WithChangesUnderWay_SendsEachRouteOnce()
    {
        _rib.CompleteInitialState();
        Set(5, 0);
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4);
        peer.Drain();
        peer.TakeLog();
        _rib.Set(RibCases.Host(0), Other);
        _rib.Refresh(peer.Peer, AfiSafi.IPv4Unicast);
        _rib.Set(RibCases.Host(1), Other);
        _rib.Remove(RibCases.Host(2));
        _rib.Set(RibCases.Host(9), Other);
        peer.Drain();
        Assert.Equal("-1 Begin/ipv4-unicast +2 +3 End/ipv4-unicast", peer.TakeLog());
        Assert.Equal(5, peer.Table.Count);
    }

    private void Set(int ipv4, int ipv6)
    {
        for (int i = 0; i < ipv4; i++)
        {
            _rib.Set(RibCases.Host(i), RibCases.Plain);
        }

        for (int i = 0; i < ipv6; i++)
        {
            _rib.Set(RibCases.HostIPv6(i), RibCases.Plain);
        }
    }
}
