// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>When a peer is due, and that what does not fit a buffer whole waits for the next, with the markers behind it.</summary>
public sealed class DueTests
{
    private static readonly RouteOffer Other = RouteOffer.ToAll(RibCases.Tagged(7));
    private readonly AdjRibOut _rib = new();
    private readonly PolicyId _all;

    public DueTests()
    {
        _all = _rib.AddPolicy();
        _rib.CompleteInitialState();
    }

    [Fact]
    public void IPv6Route_MakesThePeerDue()
    {
        Receiver peer = Synced(RibCases.External);
        _rib.Set(RibCases.HostIPv6(1), RibCases.Plain);
        Assert.True(IsDue(peer));
        peer.Drain();
        Assert.Equal((MonoTime.Never, "+1"), (_rib.Due(peer.Peer), peer.TakeLog()));
    }

    [Fact]
    public void Peer_ThatHasNotTakenWhatAnotherHas_IsDue()
    {
        Receiver first = Synced(RibCases.OnlyIPv4);
        Receiver second = Synced(RibCases.OnlyIPv4);
        _rib.Set(RibCases.Host(1), RibCases.Plain);
        first.Drain();
        Assert.True(IsDue(second));
        Assert.Equal(MonoTime.Never, _rib.Due(first.Peer));
    }

    /// <summary>Between announcements withdrawals and the begin marker do not wait; announcements do, whatever the policy becomes.</summary>
    [Fact]
    public void Interval_IsForAnnouncementsAlone()
    {
        MonoTime now = new(1);
        PolicyId other = _rib.AddPolicy();
        Set(3);
        Receiver peer = new(_rib, _all, RibCases.OnlyIPv4 with { AdvertisementInterval = TimeSpan.FromSeconds(5) });
        peer.Drain(now: now);
        _rib.Remove(RibCases.Host(1));
        Assert.True(IsDue(peer));
        peer.Drain(now: now);
        Assert.Equal(MonoTime.Never, _rib.Due(peer.Peer));
        _rib.Set(RibCases.Host(1), Other);
        Assert.Equal(now + TimeSpan.FromSeconds(5), _rib.Due(peer.Peer));
        _rib.ChangePolicy(peer.Peer, other);
        Assert.Equal(now + TimeSpan.FromSeconds(5), _rib.Due(peer.Peer));
        _rib.Refresh(peer.Peer, AfiSafi.IPv4Unicast);
        Assert.True(IsDue(peer));
        peer.Drain(now: now);
        Assert.Equal("+3 EoR/ipv4-unicast -1 Begin/ipv4-unicast", peer.TakeLog());
        peer.Drain(now: now + TimeSpan.FromSeconds(5));
        Assert.Equal("+1 +2 End/ipv4-unicast", Sorted(peer.TakeLog()));
    }

    [Fact]
    public void Refresh_OfExactlyOneMessage_IsThreeBuffers()
    {
        Set(810);
        Receiver peer = Synced(RibCases.OnlyIPv4);
        _rib.Refresh(peer.Peer, AfiSafi.IPv4Unicast);
        string[] expected = ["Begin/ipv4-unicast", "+810", "End/ipv4-unicast"];
        foreach (string log in expected)
        {
            Assert.True(IsDue(peer));
            peer.Fill(4096);
            Assert.Equal(log, peer.TakeLog());
        }

        Assert.Equal(MonoTime.Never, _rib.Due(peer.Peer));
    }

    /// <summary>No marker slips into the gap behind a message that waits for the next buffer.</summary>
    [Fact]
    public void EndOfRib_WaitsForEveryMessage()
    {
        Set(1000);
        Receiver[] peers = [new(_rib, _all, RibCases.OnlyIPv4), new(_rib, _all, RibCases.OnlyIPv4)];
        foreach (Receiver peer in peers)
        {
            peer.Fill(4500);
            Assert.Equal("+810", peer.TakeLog());
            peer.Fill(4500);
            Assert.Equal("+190 EoR/ipv4-unicast", peer.TakeLog());
        }

        Receiver alone = new(_rib, _all, RibCases.OnlyIPv4 with { LocalAs = 64999 });
        alone.Fill(4500);
        Assert.Equal("+810", alone.TakeLog());
        alone.Fill(4500);
        Assert.Equal("+190 EoR/ipv4-unicast", alone.TakeLog());
    }

    /// <summary>A message that would be cut only by what stands before it in the buffer waits, of either family and kind.</summary>
    [Fact]
    public void Message_ThatTheBufferWouldCut_Waits()
    {
        for (int i = 0; i < 500; i++)
        {
            _rib.Set(RibCases.Host(i), RibCases.Plain);
            _rib.Set(RibCases.HostIPv6(i), RibCases.Plain);
        }

        Receiver peer = new(_rib, _all, RibCases.External);
        foreach (string log in new[] { "+500 EoR/ipv4-unicast", "+237", "+237", "+26 EoR/ipv6-unicast" })
        {
            peer.Fill(4096);
            Assert.Equal(log, peer.TakeLog());
        }

        for (int i = 0; i < 300; i++)
        {
            _rib.Remove(RibCases.Host(i));
            _rib.Remove(RibCases.HostIPv6(i));
        }

        int before = peer.Updates;
        peer.Fill(4096);
        Assert.Equal("-300", peer.TakeLog());
        peer.Drain(4096);
        Assert.Equal((3, 400), (peer.Updates - before, peer.Table.Count));
    }

    [Fact]
    public void Policy_ChangedToTheOneItHas_SharesItsMessagesStill()
    {
        PolicyId other = _rib.AddPolicy();
        Receiver[] peers = [Synced(RibCases.OnlyIPv4), Synced(RibCases.OnlyIPv4)];
        _rib.ChangePolicy(peers[0].Peer, _all);
        Set(1);
        peers[0].Drain();
        peers[1].Drain();
        Assert.Equal(1, _rib.MessagesEncoded);
        _rib.Set(RibCases.Host(0), RouteOffer.To(new(), _all));
        _rib.ChangePolicy(peers[0].Peer, other);
        peers[0].Drain();
        _rib.ChangePolicy(peers[0].Peer, _all);
        peers[0].Drain();
        Assert.Equal("+1 -1 +1", peers[0].TakeLog());
    }

    /// <summary>Whoever goes, or goes elsewhere, takes along what was kept for him.</summary>
    [Fact]
    public void Peers_ThatAreGone_HoldNothing()
    {
        PolicyId other = _rib.AddPolicy();
        Receiver[] peers = [Synced(RibCases.External), Synced(RibCases.External), Synced(RibCases.External)];
        foreach (RouteOffer offer in new[] { RibCases.Plain, Other, RibCases.Plain })
        {
            _rib.Set(RibCases.Host(1), offer);
            _rib.Set(RibCases.HostIPv6(1), offer);
            peers[0].Drain();
            peers[1].Drain();
        }

        _rib.ChangePolicy(peers[0].Peer, other);
        _rib.PeerDown(peers[1].Peer);
        _rib.Remove(RibCases.Host(1));
        _rib.Remove(RibCases.HostIPv6(1));
        _rib.PeerDown(peers[2].Peer);
        peers[0].Drain();
        Assert.Equal(0, _rib.AttributeSets);
    }

    /// <summary>The knowledge of a peer that waits is kept once however often the route changes, and let go when it is where it was.</summary>
    [Fact]
    public void Route_ChangedManyTimesWhileItWaits_IsRememberedOnce()
    {
        Receiver peer = Synced(RibCases.OnlyIPv4);
        Set(1);
        peer.Drain();
        _rib.Set(RibCases.Host(0), Other);
        _rib.Set(RibCases.Host(0), RouteOffer.ToAll(RibCases.Tagged(8)));
        _rib.Remove(RibCases.Host(0));
        _rib.Set(RibCases.Host(0), Other);
        _rib.Set(RibCases.Host(0), RibCases.Plain);
        Assert.Equal(1, _rib.AttributeSets);
        _rib.Remove(RibCases.Host(0));
        _rib.Set(RibCases.Host(0), Other);
        peer.Drain();
        Assert.Equal("+1 +1", peer.TakeLog());
        _rib.Remove(RibCases.Host(0));
        peer.Drain();
        Assert.Equal((0, "-1"), (_rib.AttributeSets, peer.TakeLog()));
    }

    /// <summary>What waits to be withdrawn is not sent again by a refresh, and a policy changed in the middle of one finishes it.</summary>
    [Fact]
    public void Refresh_BehindAWithdrawalAndBeforeAnotherPolicy_SendsWhatIsWanted()
    {
        PolicyId other = _rib.AddPolicy();
        Set(5);
        Receiver peer = Synced(RibCases.OnlyIPv4);
        _rib.Remove(RibCases.Host(2));
        _rib.Set(RibCases.Host(3), RouteOffer.To(new(), _all));
        _rib.Set(RibCases.Host(4), RouteOffer.To(new(), other));
        peer.Drain();
        peer.TakeLog();
        _rib.Remove(RibCases.Host(1));
        _rib.Refresh(peer.Peer, AfiSafi.IPv4Unicast);
        _rib.ChangePolicy(peer.Peer, other);
        peer.Drain();
        Assert.Equal("-2 Begin/ipv4-unicast +2 End/ipv4-unicast", peer.TakeLog());
        Assert.Equal((2, 2), (peer.Table.Count, peer.Peer.Advertised(IpFamily.IPv4)));
    }

    /// <summary>A peer that comes up beside one that is to get all again gets all once.</summary>
    [Fact]
    public void Peer_ThatComesUpBesideARefresh_HasItsOwnSending()
    {
        Set(3);
        ExportTerms terms = RibCases.OnlyIPv4 with { EnhancedRouteRefresh = false };
        Receiver first = new(_rib, _all, terms);
        _rib.Refresh(first.Peer, AfiSafi.IPv4Unicast);
        Receiver second = new(_rib, _all, terms);
        second.Drain();
        first.Drain();
        Assert.Equal(("+3 EoR/ipv4-unicast", "+3 EoR/ipv4-unicast"), (first.TakeLog(), second.TakeLog()));
    }

    private static string Sorted(string log) => string.Join(' ', log.Split(' ').Order(StringComparer.Ordinal));

    private bool IsDue(Receiver peer) => _rib.Due(peer.Peer) < default(MonoTime);

    private Receiver Synced(ExportTerms terms)
    {
        Receiver peer = new(_rib, _all, terms);
        peer.Drain();
        peer.TakeLog();
        return peer;
    }

    private void Set(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _rib.Set(RibCases.Host(i), RibCases.Plain);
        }
    }
}
