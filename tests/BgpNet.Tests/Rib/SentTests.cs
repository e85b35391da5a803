// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>When the session is told that all routes have gone out: once for each sending, behind its marker.</summary>
public sealed class SentTests
{
    private static readonly ExportTerms WithoutMarkers = RibCases.OnlyIPv4 with { EnhancedRouteRefresh = false };
    private readonly AdjRibOut _rib = new();
    private readonly PolicyId _all;

    public SentTests() => _all = _rib.AddPolicy();

    [Fact]
    public void FirstSending_IsOverWithItsEndOfRib()
    {
        Receiver peer = new(_rib, _all, RibCases.External);
        Set(3);
        peer.Drain();
        Assert.False(_rib.TakeSent(peer.Peer, IpFamily.IPv4));
        _rib.CompleteInitialState();
        peer.Drain();
        Assert.True(_rib.TakeSent(peer.Peer, IpFamily.IPv4));
        Assert.False(_rib.TakeSent(peer.Peer, IpFamily.IPv4));
        Assert.True(_rib.TakeSent(peer.Peer, IpFamily.IPv6));
        Set(5);
        peer.Drain();
        Assert.False(_rib.TakeSent(peer.Peer, IpFamily.IPv4));
    }

    [Fact]
    public void FamilyThatIsNotExchanged_IsNeverSent()
    {
        _rib.CompleteInitialState();
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4);
        peer.Drain();
        Assert.False(_rib.TakeSent(peer.Peer, IpFamily.IPv6));
    }

    [Fact]
    public void FirstSending_IsNotOverForOneOfTwoThatHasNotTakenAll()
    {
        _rib.CompleteInitialState();
        Set(3000);
        Receiver[] peers = [new(_rib, _all, RibCases.OnlyIPv4), new(_rib, _all, RibCases.OnlyIPv4)];
        peers[0].Drain();
        Assert.True(_rib.TakeSent(peers[0].Peer, IpFamily.IPv4));
        for (int taken = 0; taken < 3; taken++)
        {
            Assert.InRange(peers[1].Fill(4096), 4000, 4096);
            Assert.False(_rib.TakeSent(peers[1].Peer, IpFamily.IPv4));
            Assert.True(_rib.Due(peers[1].Peer) < default(MonoTime));
        }

        peers[1].Drain(4096);
        Assert.True(_rib.TakeSent(peers[1].Peer, IpFamily.IPv4));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Refresh_IsOverWhenAllHasGoneOutAgain(bool markers)
    {
        _rib.CompleteInitialState();
        Set(3000);
        Receiver peer = new(_rib, _all, markers ? RibCases.OnlyIPv4 : WithoutMarkers);
        peer.Drain();
        Assert.True(_rib.TakeSent(peer.Peer, IpFamily.IPv4));
        _rib.Refresh(peer.Peer, AfiSafi.IPv4Unicast);
        for (int taken = 0; taken < 3; taken++)
        {
            Assert.NotEqual(0, peer.Fill(4096));
            Assert.False(_rib.TakeSent(peer.Peer, IpFamily.IPv4));
        }

        peer.Drain(4096);
        Assert.True(_rib.TakeSent(peer.Peer, IpFamily.IPv4));
        Assert.Equal(6000, peer.Routes);
    }

    /// <summary>A refresh of a peer that is kept waiting between announcements is due at once for its begin marker, and for its end marker too.</summary>
    [Fact]
    public void Refresh_OfAPeerWithoutRoutes_IsItsMarkers()
    {
        _rib.CompleteInitialState();
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4);
        peer.Drain();
        peer.TakeLog();
        _rib.TakeSent(peer.Peer, IpFamily.IPv4);
        _rib.Refresh(peer.Peer, AfiSafi.IPv4Unicast);
        Assert.True(_rib.Due(peer.Peer) < default(MonoTime));
        peer.Fill(4096);
        Assert.Equal("Begin/ipv4-unicast End/ipv4-unicast", peer.TakeLog());
        Assert.Equal(MonoTime.Never, _rib.Due(peer.Peer));
        Assert.True(_rib.TakeSent(peer.Peer, IpFamily.IPv4));
    }

    /// <summary>Asked for again and again before the first sending is over: answered once, and not again behind a later sending.</summary>
    [Fact]
    [Trait("Rfc", "7313-4")]
    public void Refresh_AskedBeforeEndOfRib_IsSentOnce()
    {
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4);
        _rib.Refresh(peer.Peer, AfiSafi.IPv4Unicast);
        _rib.Refresh(peer.Peer, AfiSafi.IPv4Unicast);
        _rib.CompleteInitialState();
        peer.Drain();
        Assert.Equal("EoR/ipv4-unicast Begin/ipv4-unicast End/ipv4-unicast", peer.TakeLog());
        Assert.True(_rib.TakeSent(peer.Peer, IpFamily.IPv4));
        Receiver plain = new(_rib, _all, WithoutMarkers);
        Set(2);
        _rib.Refresh(plain.Peer, AfiSafi.IPv4Unicast);
        plain.Drain();
        Assert.Equal("+2 EoR/ipv4-unicast", plain.TakeLog());
    }

    private void Set(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _rib.Set(RibCases.Host(i), RibCases.Plain);
        }
    }
}
