// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using static LoadBalancer.Config.Tests.Bgp;

namespace LoadBalancer.Config.Tests;

/// <summary>Advertisements that announce the same with different LOCAL_PREF.</summary>
public sealed class BgpLocalPrefTests
{
    private static Configuration Judge(BgpAdvertisementManifest old, BgpAdvertisementManifest young, params string[] ranges) => Build(
        Pool("p", ranges.Length == 0 ? ["192.0.2.0/24"] : ranges), Peer("r1"), Peer("r2", "192.0.2.2"),
        young with { Name = "a-young", LocalPref = 200, CreatedAt = 9 }, old with { Name = "old", LocalPref = 100, CreatedAt = 3 });

    [Fact]
    public void D19_SamePrefixesPeersAndNodes_TheYoungerIsRefused()
    {
        Configuration configuration = Judge(Advertisement(), Advertisement());
        Is(configuration.VerdictOn("a-young"), false, VerdictReason.Conflict,
            "spec.localPref is 200 and that of BGPAdvertisement old 100, for the same prefixes of IPAddressPool p and the same peers, from the same nodes: give both the same");
        Assert.Equal("old", Assert.Single(configuration.BgpAdvertisements).Name);
    }

    public static TheoryData<string, Func<BgpAdvertisementManifest, BgpAdvertisementManifest>, Func<BgpAdvertisementManifest, BgpAdvertisementManifest>, string[], VerdictReason> Cases => new()
    {
        { "D20 other length", a => a, a => a with { AggregationLength = 24 }, ["192.0.2.0/24"], VerdictReason.Accepted },
        { "other length of the other family", a => a, a => a with { AggregationLengthV6 = 64 }, ["192.0.2.0/24", "2001:db8::/64"], VerdictReason.Conflict },
        { "both lengths", a => a, a => a with { AggregationLength = 24, AggregationLengthV6 = 64 }, ["192.0.2.0/24", "2001:db8::/64"], VerdictReason.Accepted },
        { "D21 other peers", a => a with { Peers = ["r1"] }, a => a with { Peers = ["r2"] }, [], VerdictReason.Accepted },
        { "one peer in common", a => a with { Peers = ["r1"] }, a => a with { Peers = ["r2", "r1"] }, [], VerdictReason.Conflict },
        { "all peers and one", a => a, a => a with { Peers = ["r2"] }, [], VerdictReason.Conflict },
        { "D21 other nodes", a => a with { NodeSelectors = [Label("k", "a")] }, a => a with { NodeSelectors = [Label("k", "b")] }, [], VerdictReason.Accepted },
        { "perhaps the same nodes", a => a with { NodeSelectors = [Label("k", "a")] }, a => a with { NodeSelectors = [Label("other", "b")] }, [], VerdictReason.AcceptedWithWarnings },
        { "same selector", a => a with { NodeSelectors = [Label("k", "a")] }, a => a with { NodeSelectors = [In("k", "a")] }, [], VerdictReason.Conflict },
        { "service selectors", a => a, a => a with { ServiceSelectors = [Label("k", "a")] }, [], VerdictReason.Accepted },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void DifferentLocalPref_IsAConflictOnlyWhereItMeets(
        string what, Func<BgpAdvertisementManifest, BgpAdvertisementManifest> old, Func<BgpAdvertisementManifest, BgpAdvertisementManifest> young, string[] ranges, VerdictReason expected)
    {
        ObjectVerdict verdict = Judge(old(Advertisement()), young(Advertisement()), ranges).VerdictOn("a-young");
        Assert.True(verdict.Reason == expected, $"{what}: {verdict.Message}");
        if (expected == VerdictReason.AcceptedWithWarnings)
            Assert.Contains("a node that both select announces none of it", verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PoolGrowsAFamily_TheYoungerOfTwoThatNowMeetLeaves()
    {
        object[] advertisements = [Advertisement("x") with { LocalPref = 1, AggregationLength = 24 }, Advertisement("y") with { LocalPref = 2 }];
        Configuration first = Build([Pool("p", "192.0.2.0/24"), .. advertisements]);
        Assert.Equal(2, first.BgpAdvertisements.Count);
        Configuration second = Configuration.Build(Set([Pool("p", "192.0.2.0/24", "2001:db8::/64"), .. advertisements]), first);
        Assert.Equal("x", Assert.Single(second.BgpAdvertisements).Name);
        Is(second.VerdictOn("y"), false, VerdictReason.Conflict, "spec.localPref is 2 and that of BGPAdvertisement x 1");
    }

    [Fact]
    public void OtherPools_AreNoConflict() => Assert.All(
        Build(Pool("p", "192.0.2.0/25"), Pool("q", "192.0.2.128/25"), Advertisement("x") with { LocalPref = 1, IpAddressPools = ["p"] }, Advertisement("y") with { LocalPref = 2, IpAddressPools = ["q"] }).Verdicts,
        v => Assert.Equal(VerdictReason.Accepted, v.Reason));
}
