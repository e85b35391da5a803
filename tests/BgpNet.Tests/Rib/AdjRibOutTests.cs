// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>What goes out after what change; the log has a word for each message, with the count of its routes.</summary>
public sealed class AdjRibOutTests
{
    private static readonly RouteOffer Other = RouteOffer.ToAll(RibCases.Tagged(7));
    private readonly AdjRibOut _rib = new();
    private readonly PolicyId _all;

    public AdjRibOutTests()
    {
        _all = _rib.AddPolicy();
        _rib.CompleteInitialState();
    }

    [Fact]
    public void Route_SetAgainWithTheSame_SendsNothing()
    {
        Receiver peer = Synced(RibCases.External);
        Assert.True(_rib.Set(RibCases.Host(1), RibCases.Plain));
        peer.Drain();
        Assert.Equal("+1", peer.TakeLog());
        Assert.False(_rib.Set(RibCases.Host(1), RibCases.Plain));
        Assert.False(_rib.Set(RibCases.Host(1), RouteOffer.ToAll(new RouteAttributes())));
        Assert.Equal(MonoTime.Never, _rib.Due(peer.Peer));
        Assert.Equal(0, peer.Fill());
    }

    [Fact]
    [Trait("Scenario", "S06")]
    public void Route_SetWithOtherAttributes_IsReplacedWithoutWithdrawal()
    {
        Receiver peer = Synced(RibCases.External);
        _rib.Set(RibCases.Host(1), RibCases.Plain);
        peer.Drain();
        _rib.Set(RibCases.Host(1), Other);
        peer.Drain();
        Assert.Equal("+1 +1", peer.TakeLog());
        Assert.Equal(1, _rib.AttributeSets);
    }

    [Fact]
    [Trait("Scenario", "G18")]
    public void Drain_TakenBackBeforeThePeerReads_SendsNothing()
    {
        Receiver peer = Synced(RibCases.External);
        _rib.Set(RibCases.Host(1), RibCases.Plain);
        peer.Drain();
        _rib.Set(RibCases.Host(1), RouteOffer.ToAll(new RouteAttributes { Communities = [Community.GracefulShutdown] }));
        peer.Drain();
        _rib.Set(RibCases.Host(1), RibCases.Plain);
        peer.Drain();
        Assert.Equal("+1 +1 +1", peer.TakeLog());
        _rib.Set(RibCases.Host(1), Other);
        _rib.Set(RibCases.Host(1), RibCases.Plain);
        _rib.Set(RibCases.Host(2), Other);
        _rib.Remove(RibCases.Host(2));
        Assert.Equal(0, peer.Fill());
        Assert.Equal(1, _rib.AttributeSets);
    }

    [Fact]
    public void Service_AddedAtTenThousandRoutes_IsOneUpdateForEachPeerEncodedOnce()
    {
        SetMany(10_000);
        Receiver[] peers = [.. Enumerable.Range(0, 32).Select(_ => new Receiver(_rib, _all, RibCases.External))];
        DrainInTurns(peers);
        long encoded = _rib.MessagesEncoded;
        Assert.Equal(13, encoded);
        _rib.Set(RibCases.Host(70_000), RibCases.Plain);
        foreach (Receiver peer in peers)
        {
            peer.TakeLog();
            peer.Drain();
            Assert.Equal("+1", peer.TakeLog());
            Assert.Equal(10_001, peer.Table.Count);
        }

        Assert.Equal(encoded + 1, _rib.MessagesEncoded);
    }

    [Fact]
    public void Peers_OfOtherTerms_HaveMessagesOfTheirOwn()
    {
        SetMany(10);
        ExportTerms[] terms =
        [
            RibCases.External, RibCases.External with { FourOctetAs = false }, RibCases.External with { Internal = true },
            RibCases.External with { ExtendedMessages = true }, RibCases.External with { AddPathIPv4 = true },
            RibCases.External with { IPv4NextHop = new(IpAddr.Parse("192.0.2.7")) }, RibCases.External with { LocalAs = 64999 },
            RibCases.External with { AdvertisementInterval = TimeSpan.FromSeconds(5) },
        ];
        DrainInTurns([.. terms.Concat(terms).Select(one => new Receiver(_rib, _all, one))]);
        Assert.Equal(terms.Length, _rib.MessagesEncoded);
    }

    [Fact]
    [Trait("Scenario", "S07")]
    public void TenThousandRoutes_SetTogether_AreThirteenMessages()
    {
        Receiver peer = Synced(RibCases.External);
        SetMany(10_000);
        peer.Drain();
        Assert.Equal(string.Join(' ', Enumerable.Repeat("+810", 12)) + " +280", peer.TakeLog());
    }

    [Fact]
    [Trait("Scenario", "C088")]
    public void MixedChanges_OfBothFamilies_WithdrawFirstAndKeepFamiliesAndAttributesApart()
    {
        Receiver peer = new(_rib, _all, RibCases.External);
        for (int i = 0; i < 5; i++)
        {
            _rib.Set(i % 2 == 0 ? RibCases.Host(i) : RibCases.HostIPv6(i), RibCases.Plain);
        }

        peer.Drain();
        peer.TakeLog();
        for (int i = 0; i < 5; i++)
        {
            _rib.Remove(i % 2 == 0 ? RibCases.Host(i) : RibCases.HostIPv6(i));
        }

        for (int i = 0; i < 18; i++)
        {
            _rib.Set(i % 2 == 0 ? RibCases.Host(100 + i) : RibCases.HostIPv6(100 + i), RouteOffer.ToAll(RibCases.Tagged(i % 3)));
        }

        peer.Drain();
        Assert.Equal("-3 -2 +3 +3 +3 +3 +3 +3", peer.TakeLog());
    }

    [Fact]
    [Trait("Scenario", "S09")]
    public void AdvertisementInterval_TwoChangesWithinIt_DelaysTheSecondAndNoWithdrawal()
    {
        AdjRibOut rib = new(new Random(1));
        PolicyId policy = rib.AddPolicy();
        Receiver peer = new(rib, policy, RibCases.OnlyIPv4 with { AdvertisementInterval = TimeSpan.FromSeconds(5) });
        MonoTime now = new(0);
        rib.Set(RibCases.Host(1), RibCases.Plain);
        rib.Set(RibCases.Host(2), RibCases.Plain);
        peer.Drain(now: now);
        Assert.Equal("+2", peer.TakeLog());
        rib.Set(RibCases.Host(1), Other);
        rib.Remove(RibCases.Host(2));
        now += TimeSpan.FromSeconds(1);
        peer.Drain(now: now);
        Assert.Equal("-1", peer.TakeLog());
        MonoTime due = rib.Due(peer.Peer);
        Assert.InRange(due - new MonoTime(0), TimeSpan.FromSeconds(3.75), TimeSpan.FromSeconds(5));
        rib.Set(RibCases.Host(1), RouteOffer.ToAll(RibCases.Tagged(8)));
        Assert.Equal(0, peer.Fill(now: due + TimeSpan.FromMilliseconds(-1)));
        peer.Drain(now: due);
        Assert.Equal("+1", peer.TakeLog());
    }

    [Fact]
    [Trait("Scenario", "S11")]
    public void Attributes_WithinAndOutsideTheAs_AreWhatEachMaySee()
    {
        _rib.Set(RibCases.Host(1), RouteOffer.ToAll(new RouteAttributes { AsPath = [RibCases.OurAs], LocalPref = 200, Med = 5 }));
        _rib.Set(RibCases.Host(2), RibCases.Plain);
        Receiver inside = Synced(RibCases.OnlyIPv4 with { Internal = true });
        Receiver outside = Synced(RibCases.OnlyIPv4);
        Assert.Equal("192.0.2.6/ 40010100 400200 80040400000005 400504000000c8", inside.Table[new(RibCases.Host(1), 0)]);
        Assert.Equal("192.0.2.6/ 40010100 400200 40050400000064", inside.Table[new(RibCases.Host(2), 0)]);
        Assert.Equal("192.0.2.6/ 40010100 40020a02020000fc010000fc01 80040400000005", outside.Table[new(RibCases.Host(1), 0)]);
    }

    [Fact]
    [Trait("Scenario", "S19")]
    public void Offer_MovedFromOnePolicyToAnother_IsWithdrawnHereAndAnnouncedThere()
    {
        PolicyId other = _rib.AddPolicy();
        Receiver first = Synced(RibCases.External);
        Receiver second = new(_rib, other, RibCases.External);
        second.Drain();
        second.TakeLog();
        _rib.Set(RibCases.Host(1), RouteOffer.To(new RouteAttributes(), _all));
        first.Drain();
        second.Drain();
        Assert.Equal("+1", first.TakeLog());
        Assert.Equal("", second.TakeLog());
        _rib.Set(RibCases.Host(1), RouteOffer.To(new RouteAttributes(), other));
        first.Drain();
        second.Drain();
        Assert.Equal("-1", first.TakeLog());
        Assert.Equal("+1", second.TakeLog());
    }

    [Fact]
    public void Policy_Changed_SendsTheDifferenceAlone()
    {
        PolicyId other = _rib.AddPolicy();
        SetMany(100);
        _rib.Set(RibCases.Host(1), RouteOffer.To(new RouteAttributes(), _all));
        _rib.Set(RibCases.Host(2), RouteOffer.To(new RouteAttributes(), other));
        _rib.Set(RibCases.Host(3), RibCases.Plain.With(other, RibCases.Tagged(3)));
        Receiver peer = Synced(RibCases.External);
        _rib.ChangePolicy(peer.Peer, other);
        peer.Drain();
        Assert.Equal("-1 +1 +1", peer.TakeLog());
        Assert.Equal(0, peer.Redundant);
    }

    [Fact]
    public void Fill_ShortBufferOrPeerDown_IsRefused()
    {
        Receiver peer = Synced(RibCases.External);
        Assert.Throws<ArgumentException>(() => _rib.Fill(peer.Peer, new byte[4095], default));
        _rib.PeerDown(peer.Peer);
        Assert.Throws<ArgumentException>(() => _rib.Fill(peer.Peer, new byte[4096], default));
    }

    private Receiver Synced(ExportTerms terms)
    {
        Receiver peer = new(_rib, _all, terms);
        peer.Drain();
        peer.TakeLog();
        return peer;
    }

    private void SetMany(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _rib.Set(RibCases.Host(i), RibCases.Plain);
        }
    }

    private static void DrainInTurns(Receiver[] peers)
    {
        for (bool any = true; any;)
        {
            any = false;
            foreach (Receiver peer in peers)
            {
                any |= peer.Fill() > 0;
            }
        }
    }
}
