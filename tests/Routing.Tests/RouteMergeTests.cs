// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Routing.Tests;

/// <summary>What several advertisements and Services make of one prefix, and that nothing of it depends on their order.</summary>
public sealed class RouteMergeTests
{
    private const string Net = "192.0.2.0/24";
    private readonly Planned _plan = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Advertisements_InAnyOrder_GiveTheMoreAttractiveValue(bool reversed)
    {
        _plan.Advertisements.Add(Planned.Advertisement("x") with { Med = 50, AsPathPrepend = 3, BandwidthPerEndpoint = 1000 });
        _plan.Advertisements.Add(Planned.Advertisement("y") with { Med = 20, AsPathPrepend = 1, BandwidthPerEndpoint = 3000 });
        _plan.Advertisements.Add(Planned.Advertisement("z") with { AsPathPrepend = 2, BandwidthPerEndpoint = 2000 });
        if (reversed)
        {
            _plan.Advertisements.Reverse();
        }

        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        RoutePolicy policy = _plan.Policy("a", "192.0.2.1/32");
        Assert.Equal((20u, (byte)1, 6000f), (policy.Med!.Value, policy.AsPathPrepend, policy.Bandwidth!.Value));
    }

    [Theory]
    [Trait("Scenario", "S21")]
    [InlineData("1", "2")]
    [InlineData("2", "1")]
    public void Services_OfOnePrefix_GiveTheHighestLocalPref(string low, string high)
    {
        _plan.Advertisements.Add(OfTier("1") with { LocalPref = low == "1" ? 150u : 250u });
        _plan.Advertisements.Add(OfTier("2") with { LocalPref = high == "1" ? 150u : 250u });
        _plan.Configure().Set(Tiered("s1", "192.0.2.1", "1"), Tiered("s2", "192.0.2.2", "2"));
        Assert.Equal(250u, _plan.Policy("a", Net).LocalPref);
    }

    [Fact]
    public void Services_OfOnePrefix_AddUpTheirBandwidth()
    {
        _plan.Advertisements.Add(Planned.Advertisement("net") with { AggregationLength = 24, BandwidthPerEndpoint = 1000 });
        _plan.Configure().Set(Planned.Service("s1", "192.0.2.1"), Planned.Service("s2", "192.0.2.2") with { Endpoints = 5 });
        Assert.Equal(7000f, _plan.Policy("a", Net).Bandwidth);
    }

    [Fact]
    [Trait("Scenario", "S21")]
    public void Communities_ThatDifferInTheLastPart_AreAllSent()
    {
        BgpCommunity[] communities = [BgpCommunity.Large(1, 2, 4), BgpCommunity.Large(1, 3, 0), BgpCommunity.Large(1, 2, 3), BgpCommunity.Standard(9)];
        _plan.Advertisements.Add(Planned.Advertisement("x") with { Communities = communities });
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        Assert.Equal([communities[3], communities[2], communities[0], communities[1]], _plan.Policy("a", "192.0.2.1/32").Communities);
    }

    [Fact]
    public void Groups_ToldTheSame_AreOneVariant()
    {
        _plan.Advertisements.Add(OfTier("1") with { Peers = ["a"] });
        _plan.Advertisements.Add(OfTier("2") with { Peers = ["b"] });
        _plan.Configure().Set(Tiered("s1", "192.0.2.1", "1"), Tiered("s2", "192.0.2.2", "2"));
        RouteVariant only = Assert.Single(_plan.Planner.Planned().Single().Variants);
        Assert.Equal(["a", "b"], _plan.Planner.Groups.Members(only.Groups));
    }

    [Theory]
    [InlineData("1", "2")]
    [InlineData("2", "1")]
    public void Groups_ToldOtherwise_AreVariantsInTheOrderOfTheGroups(string first, string second)
    {
        _plan.Advertisements.Add(OfTier("1") with { Peers = ["a"], Med = 1 });
        _plan.Advertisements.Add(OfTier("2") with { Peers = ["b"], Med = 2 });
        _plan.Configure().Set(Tiered("s1", "192.0.2.1", first), Tiered("s2", "192.0.2.2", second));
        int[] lowest = [.. _plan.Planner.Planned().Single().Variants.Select(variant => variant.Groups.First())];
        Assert.Equal([0, 1], lowest);
    }

    [Fact]
    public void Advertisements_ForTheSameGroup_LeaveNoVariantForNobody()
    {
        _plan.Advertisements.Add(Planned.Advertisement("x") with { Med = 1 });
        _plan.Advertisements.Add(Planned.Advertisement("y") with { Med = 2 });
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        Assert.False(Assert.Single(_plan.Planner.Planned().Single().Variants).Groups.IsEmpty);
        Assert.Equal(IpPrefix.Parse("192.0.2.1/32"), Assert.Single(_plan.Planner.RoutesOf("ns/web")[0].Prefixes));
    }

    [Fact]
    public void Prefix_ForPeersThatAreNotHere_IsNotAnnounced()
    {
        _plan.Advertisements.Add(Planned.Advertisement("net") with { AggregationLength = 24 });
        _plan.Advertisements.Add(Planned.Advertisement("host") with { Peers = ["elsewhere"] });
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        Assert.Equal(1, _plan.Planner.Announced);
        Assert.Equal(IpPrefix.Parse(Net), _plan.Planner.Planned().Single().Prefix);
    }

    [Fact]
    public void Service_SetAgainAsItWas_HandsOnNothing()
    {
        _plan.Advertisements.Add(Planned.Advertisement("x"));
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        _plan.Planner.Set(Planned.Service("web", "192.0.2.1"));
        Assert.Empty(_plan.Planner.TakeChanges());
    }

    [Fact]
    [Trait("Scenario", "F41")]
    public void Advertisement_AnyValueChanged_IsToldAnew()
    {
        BgpAdvertisement before = Planned.Advertisement("x") with { LocalPref = 1, Med = 1, AsPathPrepend = 1, BandwidthPerEndpoint = 1 };
        BgpAdvertisement[] after =
        [
            before with { LocalPref = 2 }, before with { Med = 2 }, before with { AsPathPrepend = 2 }, before with { BandwidthPerEndpoint = 2 },
            before with { Communities = [BgpCommunity.Standard(1)] },
        ];
        _plan.Advertisements.Add(before);
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        foreach (BgpAdvertisement changed in after)
        {
            _plan.Advertisements[0] = changed;
            _plan.Planner.Configure(_plan.Configuration(), _plan.Node);
            Assert.Single(_plan.Planner.TakeChanges());
            _plan.Advertisements[0] = before;
            _ = _plan.Configure();
        }
    }

    [Fact]
    public void Peers_WithOtherLimits_AreOtherGroups()
    {
        _plan.Peers[1] = _plan.Peers[1] with { MaxAnnouncedPrefixes = 7 };
        _plan.Configure();
        Assert.True(_plan.Planner.Groups.TryGet("a", out int a) && _plan.Planner.Groups.TryGet("b", out int b) && a != b);
    }

    [Fact]
    public void Groups_ThatComeAndGo_KeepTheirNumbersSmallAndTheirMembersSorted()
    {
        for (uint asn = 65000; asn < 65100; asn++)
        {
            _plan.Peers[0] = _plan.Peers[0] with { LocalAsn = asn };
            _plan.Configure();
            Assert.True(_plan.Planner.Groups.TryGet("a", out int group) && group < 3);
        }

        _plan.Peers.Clear();
        _plan.Peers.AddRange([Planned.Peer("c"), Planned.Peer("a"), Planned.Peer("b")]);
        _plan.Configure();
        Assert.True(_plan.Planner.Groups.TryGet("c", out int all));
        Assert.Equal(["a", "b", "c"], _plan.Planner.Groups.Members(PeerGroupSet.Of([all])));
    }

    private static BgpAdvertisement OfTier(string tier) =>
        Planned.Advertisement("tier" + tier) with { AggregationLength = 24, ServiceSelectors = [Planned.Selector("tier", tier)] };

    private static RoutedService Tiered(string name, string address, string tier) =>
        Planned.Service(name, address) with { Labels = new Dictionary<string, string> { ["tier"] = tier } };
}
