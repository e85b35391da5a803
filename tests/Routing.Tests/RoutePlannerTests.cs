// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;

namespace LoadBalancer.Routing.Tests;

public sealed class RoutePlannerTests
{
    private readonly Planned _plan = new() { Advertisements = { Planned.Advertisement("all") } };

    [Fact]
    [Trait("Scenario", "F1")]
    public void Service_None_NothingIsTold() => Assert.Empty(_plan.Configure().Told("a"));

    [Fact]
    [Trait("Scenario", "F3")]
    public void Service_ClusterTrafficEndpointElsewhere_IsTold()
    {
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1", "2001:db8::1") with { EndpointsHere = 0 });
        Assert.Equal(["192.0.2.1/32", "2001:db8::1/128"], _plan.Told("a"));
        Assert.Equal(["a", "b"], _plan.PeersOf("web"));
    }

    [Theory]
    [InlineData(true, 0, 0, RouteRefusal.NoEndpoint)]
    [InlineData(false, 0, 0, RouteRefusal.NoEndpoint)]
    [InlineData(true, 2, 0, RouteRefusal.NoLocalEndpoint)]
    [InlineData(true, 2, 1, RouteRefusal.None)]
    [Trait("Scenario", "F5")]
    [Trait("Scenario", "F7")]
    public void Service_Endpoints_Decide(bool local, int all, int here, RouteRefusal refusal)
    {
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1") with { LocalTraffic = local, Endpoints = all, EndpointsHere = here });
        Assert.Equal(refusal, _plan.Refusal("web"));
        Assert.Equal(refusal == RouteRefusal.None ? 1 : 0, _plan.Told("b").Length);
    }

    [Fact]
    public void Service_LosesItsEndpoints_IsWithdrawnFromAll()
    {
        RoutedService service = Planned.Service("web", "192.0.2.1");
        _plan.Configure().Set(service).Set(service with { Endpoints = 0 });
        Assert.Equal(["a 192.0.2.1/32 -", "b 192.0.2.1/32 -"], _plan.Step);
    }

    [Fact]
    [Trait("Scenario", "F9")]
    public void Advertisements_OfTwoLengths_TellBothPrefixes()
    {
        _plan.Advertisements.Clear();
        _plan.Advertisements.Add(Planned.Advertisement("host") with { LocalPref = 100, Communities = [BgpCommunity.Standard(7)] });
        _plan.Advertisements.Add(Planned.Advertisement("net") with { LocalPref = 1000, AggregationLength = 24 });
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        Assert.Equal(["192.0.2.0/24", "192.0.2.1/32"], _plan.Told("a"));
        Assert.Equal(1000u, _plan.Policy("a", "192.0.2.0/24").LocalPref);
        Assert.Equal([BgpCommunity.Standard(7)], _plan.Policy("a", "192.0.2.1/32").Communities);
    }

    [Fact]
    [Trait("Scenario", "F10")]
    public void Advertisement_ForAnotherNode_IsNotTold()
    {
        _plan.Advertisements[0] = _plan.Advertisements[0] with { NodeSelectors = [Planned.Selector("rack", "1")] };
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        Assert.Equal(RouteRefusal.NoMatchingAdvertisement, _plan.Refusal("web"));
        _plan.Node = new(new Dictionary<string, string> { ["rack"] = "1" });
        Assert.Equal(2, _plan.Configure().Step.Count);
    }

    [Fact]
    [Trait("Scenario", "F11")]
    [Trait("Scenario", "F21")]
    [Trait("Scenario", "S19")]
    public void Advertisement_OfNamedPeers_IsToldToThemAndMovesAlone()
    {
        _plan.Advertisements[0] = _plan.Advertisements[0] with { Peers = ["a"] };
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        Assert.Equal(["a 192.0.2.1/32 +"], _plan.Step);
        Assert.Equal(["a"], _plan.PeersOf("web"));
        _plan.Advertisements[0] = _plan.Advertisements[0] with { Peers = ["b"] };
        Assert.Equal(["a 192.0.2.1/32 -", "b 192.0.2.1/32 +"], _plan.Configure().Step);
        _plan.Advertisements[0] = _plan.Advertisements[0] with { Peers = ["elsewhere"] };
        _plan.Configure();
        Assert.Equal(RouteRefusal.NoPeer, _plan.Refusal("web"));
    }

    [Fact]
    [Trait("Scenario", "F13")]
    public void Service_SecondOne_IsOneChangePerPeer()
    {
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1")).Set(Planned.Service("api"));
        Assert.Empty(_plan.Step);
        _plan.Set(Planned.Service("api", "192.0.2.2"));
        Assert.Equal(["a 192.0.2.2/32 +", "b 192.0.2.2/32 +"], _plan.Step);
    }

    [Fact]
    [Trait("Scenario", "F14")]
    [Trait("Scenario", "F26")]
    [Trait("Scenario", "S20")]
    public void Prefix_SharedByServices_StaysUntilTheLastIsGone()
    {
        _plan.Advertisements[0] = _plan.Advertisements[0] with { AggregationLength = 24 };
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"), Planned.Service("api", "192.0.2.2"), Planned.Service("twin", "192.0.2.1"));
        Assert.Equal(["192.0.2.0/24"], _plan.Told("a"));
        Assert.Empty(_plan.Remove("web").Step);
        Assert.Empty(_plan.Remove("twin").Step);
        Assert.Equal(2, _plan.Remove("api").Step.Count);
        Assert.Empty(_plan.Told("a"));
        Assert.Equal(0, _plan.Planner.Announced);
    }

    [Fact]
    [Trait("Scenario", "F16")]
    [Trait("Scenario", "F24")]
    public void Peer_NoLongerOfThisNode_TakesNothingFromOthers()
    {
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        _plan.Peers[0] = _plan.Peers[0] with { NodeSelectors = [Planned.Selector("foo", "bar")] };
        _plan.Configure();
        Assert.Equal(["a 192.0.2.1/32 -"], _plan.Step);
        Assert.Equal(["b"], _plan.Planner.Groups.Peers);
        _plan.Node = new(new Dictionary<string, string> { ["foo"] = "bar" });
        Assert.Equal(["a 192.0.2.1/32 +"], _plan.Configure().Step);
    }

    [Fact]
    [Trait("Scenario", "F17")]
    public void Node_ExcludedOrUnwired_Withdraws()
    {
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        _plan.Node = new(Planned.NoLabels) { ExcludedByLabel = true };
        Assert.Equal(2, _plan.Configure().Step.Count);
        Assert.Equal(RouteRefusal.ExcludedByLabel, _plan.Refusal("web"));
        _plan.Node = new(Planned.NoLabels) { NetworkUnavailable = true };
        _plan.Configure();
        Assert.Equal(RouteRefusal.NetworkUnavailable, _plan.Refusal("web"));
    }

    [Theory]
    [InlineData("", "", RouteRefusal.ConflictingAdvertisements)]
    [InlineData("a", "", RouteRefusal.ConflictingAdvertisements)]
    [InlineData("a", "b", RouteRefusal.None)]
    [Trait("Scenario", "F18")]
    [Trait("Scenario", "F20")]
    public void Advertisements_OfOnePrefixAndTwoLocalPrefs_ConflictWherePeersOverlap(string first, string second, RouteRefusal refusal)
    {
        _plan.Advertisements.Clear();
        _plan.Advertisements.Add(Planned.Advertisement("x", "p1") with { LocalPref = 100, Peers = first.Length == 0 ? [] : [first] });
        _plan.Advertisements.Add(Planned.Advertisement("y", "p1") with { LocalPref = 200, Peers = second.Length == 0 ? [] : [second], ServiceSelectors = [Planned.Selector("tier", "web")] });
        _plan.Advertisements.Add(Planned.Advertisement("z", "p2"));
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1") with { Labels = new Dictionary<string, string> { ["tier"] = "web" } }, Planned.Service("other", "198.51.100.1"));
        Assert.Equal(refusal, _plan.Refusal("web"));
        Assert.Equal(RouteRefusal.None, _plan.Refusal("other"));
    }

    [Fact]
    [Trait("Scenario", "F19")]
    [Trait("Scenario", "F50")]
    [Trait("Scenario", "E21")]
    public void Advertisement_BySelector_FollowsTheServicesLabels()
    {
        RoutedService service = Planned.Service("web", "192.0.2.1") with { Labels = new Dictionary<string, string> { ["stage"] = "prod" } };
        _plan.Advertisements[0] = _plan.Advertisements[0] with { ServiceSelectors = [Planned.Selector("stage", "prod")] };
        _plan.Configure().Set(service);
        Assert.Equal(2, _plan.Step.Count);
        _plan.Set(service with { Labels = new Dictionary<string, string> { ["stage"] = "test" } });
        Assert.Equal(RouteRefusal.NoMatchingAdvertisement, _plan.Refusal("web"));
        _plan.Set(service with { IsShared = true });
        Assert.Equal(RouteRefusal.SharedAddressWithServiceSelector, _plan.Refusal("web"));
    }

    [Fact]
    [Trait("Scenario", "S21")]
    [Trait("Scenario", "F46")]
    public void Advertisements_Overlapping_AreMergedPerPeer()
    {
        _plan.Advertisements.Clear();
        _plan.Advertisements.Add(Planned.Advertisement("shared") with { Communities = [BgpCommunity.Standard(2)], Med = 50, AsPathPrepend = 3 });
        _plan.Advertisements.Add(Planned.Advertisement("extra") with { Communities = [BgpCommunity.Large(1, 2, 3), BgpCommunity.Standard(1)], Med = 20, AsPathPrepend = 1, Peers = ["a"] });
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        RoutePolicy a = _plan.Policy("a", "192.0.2.1/32");
        RoutePolicy b = _plan.Policy("b", "192.0.2.1/32");
        Assert.Equal([BgpCommunity.Standard(1), BgpCommunity.Standard(2), BgpCommunity.Large(1, 2, 3)], a.Communities);
        Assert.Equal((20u, (byte)1), (a.Med!.Value, a.AsPathPrepend));
        Assert.Equal([BgpCommunity.Standard(2)], b.Communities);
        Assert.Equal((50u, (byte)3), (b.Med!.Value, b.AsPathPrepend));
    }

    [Fact]
    [Trait("Scenario", "S45")]
    public void Bandwidth_FollowsTheEndpointsOfThisNode()
    {
        _plan.Advertisements[0] = _plan.Advertisements[0] with { BandwidthPerEndpoint = 1000 };
        RoutedService service = Planned.Service("web", "192.0.2.1") with { LocalTraffic = true, Endpoints = 5, EndpointsHere = 4 };
        _plan.Configure().Set(service);
        Assert.Equal(4000, _plan.Policy("a", "192.0.2.1/32").Bandwidth);
        _plan.Set(service with { EndpointsHere = 1 });
        Assert.Equal(1000, _plan.Policy("a", "192.0.2.1/32").Bandwidth);
        _plan.Set(service with { LocalTraffic = false });
        Assert.Equal(5000, _plan.Policy("b", "192.0.2.1/32").Bandwidth);
    }

    [Fact]
    public void Communities_AskedForByTheService_AreAttachedWhereAllowed()
    {
        _plan.Advertisements[0] = _plan.Advertisements[0] with { AllowedServiceCommunities = [BgpCommunity.Standard(5)], Peers = ["a"] };
        _plan.Advertisements.Add(Planned.Advertisement("strict") with { Peers = ["b"] });
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1") with { Communities = [BgpCommunity.Standard(5), BgpCommunity.Standard(6), BgpCommunity.Standard(5)] });
        Assert.Equal([BgpCommunity.Standard(5)], _plan.Policy("a", "192.0.2.1/32").Communities);
        Assert.Empty(_plan.Policy("b", "192.0.2.1/32").Communities);
    }

    [Theory]
    [InlineData("127.0.0.1", 32)]
    [InlineData("224.0.0.5", 32)]
    [InlineData("169.254.1.1", 32)]
    [InlineData("fe80::1", 128)]
    [InlineData("64.0.0.1", 1)]
    [InlineData("126.0.0.1", 7)]
    [Trait("Scenario", "S43")]
    public void Prefix_NeverRouted_IsRefused(string address, byte length)
    {
        _plan.Pools.Clear();
        _plan.Pools.Add(Planned.Pool("p1", "0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
        _plan.Advertisements[0] = _plan.Advertisements[0] with { AggregationLength = Math.Min(length, (byte)32), AggregationLengthV6 = 128 };
        _plan.Configure().Set(Planned.Service("web", address));
        Assert.Equal(RouteRefusal.NotRoutable, _plan.Refusal("web"));
        Assert.Empty(_plan.Told("a"));
    }

    [Fact]
    public void Address_OutsideEveryPool_IsRefused()
    {
        _plan.Configure().Set(Planned.Service("web", "203.0.113.200"));
        Assert.Equal(RouteRefusal.NoPool, _plan.Refusal("web"));
    }

    [Fact]
    [Trait("Scenario", "F27")]
    public void Advertisement_Changed_TouchesOnlyWhatItIsIn()
    {
        _plan.Advertisements.Clear();
        _plan.Advertisements.Add(Planned.Advertisement("x", "p1"));
        _plan.Advertisements.Add(Planned.Advertisement("y", "p2"));
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"), Planned.Service("api", "198.51.100.1"));
        _plan.Advertisements[1] = _plan.Advertisements[1] with { Communities = [BgpCommunity.Standard(1)] };
        Assert.Equal(["a 198.51.100.1/32 +", "b 198.51.100.1/32 +"], _plan.Configure().Step);
        Assert.Empty(_plan.Configure().Step);
    }

    [Fact]
    public void Peers_ToldTheSame_AreOneGroup()
    {
        _plan.Peers.Add(Planned.Peer("c") with { LocalAsn = 65000 });
        _plan.Configure();
        Assert.Equal(Group("a"), Group("b"));
        Assert.NotEqual(Group("a"), Group("c"));
        int before = Group("b");
        _plan.Advertisements.Add(Planned.Advertisement("extra") with { Peers = ["a"] });
        _plan.Configure();
        Assert.NotEqual(Group("a"), Group("b"));
        Assert.Equal(before, Group("b"));

        int Group(string peer) => _plan.Planner.Groups.TryGet(peer, out int group) ? group : -1;
    }

    /// <summary>A peer that replaces another of the same kind is told the same, and no route changes for it.</summary>
    [Fact]
    public void Peer_ThatReplacesAnother_IsToldTheSame()
    {
        _plan.Configure().Set(Planned.Service("web", "192.0.2.1"));
        _plan.Peers[1] = Planned.Peer("c");
        _plan.Configure();
        Assert.Equal(["a", "c"], _plan.PeersOf("web"));
        Assert.Single(_plan.Planner.Planned());
    }

    /// <summary>Whatever the order of changes, what is told is what a planner that starts now would tell.</summary>
    [Fact]
    public void Plan_AnyHistory_EqualsAFreshPlan()
    {
        Random random = new(5);
        Dictionary<string, RoutedService> services = [];
        _plan.Advertisements.Add(Planned.Advertisement("net", "p1") with { AggregationLength = 28, Communities = [BgpCommunity.Standard(1)], Peers = ["a"] });
        _plan.Configure();
        for (int i = 0; i < 3000; i++)
        {
            string name = "s" + random.Next(40);
            switch (random.Next(12))
            {
                case 0:
                    _plan.Advertisements[0] = _plan.Advertisements[0] with { LocalPref = random.Next(2) == 0 ? null : 200, Peers = random.Next(3) == 0 ? ["b"] : [] };
                    _plan.Configure();
                    break;
                case 1:
                    services.Remove(name);
                    _plan.Remove(name);
                    break;
                default:
                    services[name] = Planned.Service(name, $"192.0.2.{random.Next(60)}") with { LocalTraffic = random.Next(2) == 0, EndpointsHere = random.Next(2) };
                    _plan.Set(services[name]);
                    break;
            }

            if (i % 50 == 0)
            {
                Planned fresh = new();
                fresh.Advertisements.AddRange(_plan.Advertisements);
                fresh.Configure().Set([.. services.Values]);
                Assert.Equal(fresh.Told("a"), _plan.Told("a"));
                Assert.Equal(fresh.Told("b"), _plan.Told("b"));
                Assert.All(fresh.Told("a"), prefix => Assert.Equal(fresh.Policy("a", prefix), _plan.Policy("a", prefix)));
                Assert.Equal(fresh.Planner.Announced, _plan.Planner.Announced);
            }
        }
    }
}
