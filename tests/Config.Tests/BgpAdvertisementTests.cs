// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;
using static LoadBalancer.Config.Tests.Bgp;

namespace LoadBalancer.Config.Tests;

/// <summary>What a BGPAdvertisement may say, alone and beside others.</summary>
public sealed class BgpAdvertisementTests
{
    public static TheoryData<string, Func<BgpAdvertisementManifest, BgpAdvertisementManifest>, string> Mistakes => new()
    {
        { "D16", a => a with { AggregationLength = 34 }, "spec.aggregationLength is 34: use 1 to 32" },
        { "length 0", a => a with { AggregationLength = 0 }, "spec.aggregationLength is 0: use 1 to 32" },
        { "V6", a => a with { AggregationLengthV6 = 129 }, "spec.aggregationLengthV6 is 129: use 1 to 128" },
        { "V6 0", a => a with { AggregationLengthV6 = 0 }, "spec.aggregationLengthV6 is 0: use 1 to 128" },
        { "pref", a => a with { LocalPref = -1 }, "spec.localPref is -1: use 0 to 4294967295" },
        { "med", a => a with { Med = 4294967296 }, "spec.med is 4294967296: use 0 to 4294967295" },
        { "prepend", a => a with { AsPathPrepend = 11 }, "spec.asPathPrepend is 11: use 0 to 10" },
        { "bandwidth", a => a with { BandwidthPerEndpoint = "fast" }, "spec.bandwidthPerEndpoint is \"fast\": write bits per second, more than none, like 100M" },
        { "no bandwidth", a => a with { BandwidthPerEndpoint = "0G" }, "spec.bandwidthPerEndpoint is \"0G\"" },
        { "binary", a => a with { BandwidthPerEndpoint = "1Gi" }, "spec.bandwidthPerEndpoint is \"1Gi\"" },
        { "D22 pool", a => a with { IpAddressPools = ["p", "p"] }, "spec.ipAddressPools[1] \"p\" is there twice: remove one" },
        { "D22 peer", a => a with { Peers = ["r", "r"] }, "spec.peers[1] \"r\" is there twice: remove one" },
        { "D22 community", a => a with { Communities = ["1:2", "1:2"] }, "spec.communities[1] \"1:2\" is there twice: remove one" },
        { "allowed twice", a => a with { AllowedServiceCommunities = ["1:2", "1:2"] }, "spec.allowedServiceCommunities[1] \"1:2\" is there twice" },
        { "D23 half", a => a with { Communities = ["1234"] }, "spec.communities[0] is \"1234\": it is no community, write N:M (64500:1) or large:A:B:C" },
        { "D23 first", a => a with { Communities = ["99999999:1"] }, "spec.communities[0] is \"99999999:1\": both numbers of a community must be 0 to 65535" },
        { "D23 second", a => a with { Communities = ["1:99999999"] }, "both numbers of a community must be 0 to 65535" },
        { "D23 marker", a => a with { Communities = ["larg:1:2:3"] }, "a community of three numbers begins with \"large:\", not \"larg:\"" },
        { "D23 section", a => a with { Communities = ["large:1:x:3"] }, "each number of a large community must be 0 to 4294967295" },
        { "three parts", a => a with { Communities = ["1:2:3"] }, "it is no community" },
        { "allowed bad", a => a with { AllowedServiceCommunities = ["1:-2"] }, "spec.allowedServiceCommunities[0] is \"1:-2\"" },
        { "D37", a => a with { AggregationLength = 24, ServiceSelectors = [Label("a", "b")] }, "spec.serviceSelectors cannot be combined with aggregation" },
        { "D37 V6", a => a with { AggregationLengthV6 = 120, ServiceSelectors = [Label("a", "b")] }, "spec.serviceSelectors cannot be combined with aggregation" },
        { "D38", a => a with { ServiceSelectors = [Label("a", "b"), Label("a", "b")] }, "spec.serviceSelectors[1] says the same as an earlier selector" },
        { "D9", a => a with { NodeSelectors = [new(null, [new("", "In", ["a"])])] }, "spec.nodeSelectors[0].matchExpressions[0].key is empty" },
        { "pool selector", a => a with { IpAddressPoolSelectors = [In("a")] }, "spec.ipAddressPoolSelectors[0].matchExpressions[0].values is empty" },
    };

    private static BgpAdvertisement One(params object[] manifests)
    {
        Configuration configuration = Build(manifests);
        Assert.All(configuration.Verdicts, v => Assert.True(v.Reason == VerdictReason.Accepted, v.Message));
        return Assert.Single(configuration.BgpAdvertisements);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Advertisement_WithAMistake_IsRefusedWithFieldAndRemedy(string what, Func<BgpAdvertisementManifest, BgpAdvertisementManifest> edit, string sentence)
    {
        Assert.NotNull(what);
        Configuration configuration = Build(edit(Advertisement()));
        Is(configuration.VerdictOn("ad"), false, VerdictReason.InvalidSpec, sentence);
        Assert.StartsWith("BGPAdvertisement ad: ", configuration.VerdictOn("ad").Message, StringComparison.Ordinal);
        Assert.Empty(configuration.BgpAdvertisements);
    }

    [Fact]
    public void Advertisement_WithNothing_AnnouncesEverythingToEveryone()
    {
        BgpAdvertisement ad = One(Advertisement(), Pool("p", "192.0.2.0/24"), Peer());
        Assert.True(ad.SelectsPool("p") && ad.SelectsPeer("anyone") && ad.SelectsNode(new Dictionary<string, string>()) && ad.SelectsService(new Dictionary<string, string>()));
        Assert.Equal((null, null, (byte)0, null), (ad.LocalPref, ad.Med, ad.AsPathPrepend, ad.BandwidthPerEndpoint));
        Assert.Equal("192.0.2.7/32", ad.PrefixOf(IpAddr.Parse("192.0.2.7")).ToString());
    }

    [Fact]
    public void Advertisement_WithEveryField_HasThemAll()
    {
        BgpAdvertisement ad = One(
            Pool("p", "192.0.2.0/24"), Peer(), Community("c", ("blue", "64500:7")),
            Advertisement() with
            {
                AggregationLength = 26,
                LocalPref = 200,
                Med = 0,
                AsPathPrepend = 10,
                Communities = ["large:1:2:3", "blue", "64500:7", "no-export", "1:2"],
                AllowedServiceCommunities = ["blackhole", "blue"],
                BandwidthPerEndpoint = "2.5G",
                IpAddressPools = ["p"],
                Peers = ["r1"],
                NodeSelectors = [Label("rack", "a")],
            });
        Assert.Equal((200u, 0u, (byte)10, 312_500_000f), (ad.LocalPref, ad.Med, ad.AsPathPrepend, ad.BandwidthPerEndpoint));
        Assert.Equal("1:2 64500:7 65535:65281 large:1:2:3", string.Join(' ', ad.Communities));
        Assert.Equal("64500:7 65535:666", string.Join(' ', ad.AllowedServiceCommunities));
        Assert.Equal("192.0.2.64/26", ad.PrefixOf(IpAddr.Parse("192.0.2.77")).ToString());
    }

    [Theory]
    [InlineData("8", 1f)]
    [InlineData("1k", 125f)]
    [InlineData("100M", 12_500_000f)]
    [InlineData("1T", 125_000_000_000f)]
    public void Bandwidth_InBitsPerSecond_BecomesOctets(string text, float octets) => Assert.Equal(octets, One(Advertisement() with { BandwidthPerEndpoint = text }).BandwidthPerEndpoint);

    [Fact]
    public void D24_NameNobodyDefines_IsLeftOutAndToldUntilSomebodyDoes()
    {
        BgpAdvertisementManifest manifest = Advertisement() with { Communities = ["blue", "1:2"] };
        Configuration configuration = Build(manifest);
        Is(configuration.VerdictOn("ad"), true, VerdictReason.UnresolvedReference, "spec.communities[0] names \"blue\", and no Community object defines that name: it is left out");
        Assert.Equal("1:2", string.Join(' ', configuration.BgpAdvertisements[0].Communities));
        Assert.Equal(2, One(manifest, Community("c", ("blue", "3:4"))).Communities.Count);
    }

    [Fact]
    public void UnknownPeerAndPool_AreToldAndNeverMeanAll()
    {
        Configuration configuration = Build(Advertisement() with { Peers = ["nobody", "bad"], IpAddressPools = ["nowhere"] }, Pool("p", "192.0.2.0/24"), Peer("bad", "x"));
        Is(configuration.VerdictOn("ad"), true, VerdictReason.UnresolvedReference, "spec.peers[0] names \"nobody\", and there is no such BGPPeer: nothing is announced to it");
        Assert.Contains("spec.peers[1] names \"bad\", which is refused (its Accepted condition says why)", configuration.VerdictOn("ad").Message, StringComparison.Ordinal);
        Assert.Contains("spec.ipAddressPools[0] names \"nowhere\", and there is no such IPAddressPool", configuration.VerdictOn("ad").Message, StringComparison.Ordinal);
        BgpAdvertisement ad = Assert.Single(configuration.BgpAdvertisements);
        Assert.False(ad.SelectsPeer("r1") || ad.SelectsPool("p"));
    }

    [Theory]
    [InlineData(26, true, "192.0.2.0/24")]
    [InlineData(26, true, "192.0.2.2-192.0.2.254")]
    [InlineData(24, false, "192.0.2.2-192.0.2.254")]
    [InlineData(26, false, "192.0.2.0/25", "198.51.100.0/28")]
    public void D17_D18_AggregateThatReachesBeyondAPool_IsRefused(int length, bool accepted, params string[] ranges)
    {
        ObjectVerdict verdict = Build(Advertisement() with { AggregationLength = length, IpAddressPools = ["p"] }, Pool("p", ranges)).VerdictOn("ad");
        Assert.Equal(accepted, verdict.Accepted);
        if (!accepted)
            Is(verdict, false, VerdictReason.InvalidSpec, $"spec.aggregationLength is {length}, and {(length == 24 ? "192.0.2.2-192.0.2.254" : "198.51.100.0-198.51.100.15")} of IPAddressPool p has no more room than a /{(length == 24 ? 26 : 28)}: use {(length == 24 ? 26 : 28)} or more");
    }

    [Fact]
    public void AggregateBeyondAV6Pool_IsRefused() => Is(
        Build(Advertisement() with { AggregationLengthV6 = 64 }, Pool("p", "2001:db8::/112")).VerdictOn("ad"), false, VerdictReason.InvalidSpec, "spec.aggregationLengthV6 is 64, and");

    [Fact]
    public void SmallPoolIsAdded_AdvertisementOfAllPoolsLeavesItOutAndGoesOn()
    {
        Configuration configuration = Build(Advertisement() with { AggregationLength = 24 }, Pool("large", "192.0.2.0/24"), Pool("small", "198.51.100.0/28"));
        Is(configuration.VerdictOn("ad"), true, VerdictReason.AcceptedWithWarnings, "of IPAddressPool small has no more room than a /28: use 28 or more, or leave the pool out; its addresses are not announced by this");
        Assert.Equal(["large"], Assert.Single(configuration.BgpAdvertisements).Pools);
    }

    [Fact]
    public void PoolThatIsNamedDoesNotFit_TheAdvertisementIsRefusedAlthoughAnotherDoes() => Is(
        Build(Advertisement() with { AggregationLength = 24, IpAddressPools = ["large", "small"] }, Pool("large", "192.0.2.0/24"), Pool("small", "198.51.100.0/28")).VerdictOn("ad"),
        false, VerdictReason.InvalidSpec, "of IPAddressPool small has no more room than a /28");

    [Fact]
    public void AdvertisementEditedWrongly_ItsLastVersionStays()
    {
        Configuration first = Build(Advertisement() with { LocalPref = 7 });
        Configuration second = Configuration.Build(Set(Advertisement() with { Communities = ["x:y"], Generation = 2 }), first);
        Is(second.VerdictOn("ad"), false, VerdictReason.InvalidSpec, "; its last accepted version stays in force");
        Assert.Equal(7u, Assert.Single(second.BgpAdvertisements).LocalPref);
    }
}
