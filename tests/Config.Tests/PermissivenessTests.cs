// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Tests;

/// <summary>What MetalLB accepts is accepted, and means the same.</summary>
public sealed class PermissivenessTests
{
    private static readonly LabelSelectorManifest Label = new(new Dictionary<string, string> { ["k"] = "v" });
    private static readonly LabelSelectorManifest Expression = new(null, [new("k", "In", ["v"])]);

    private static PoolManifest Pool(ServiceAllocationManifest allocation) => new("lb", "p", 1, 1, ["192.0.2.0/24"]) { ServiceAllocation = allocation };

    private static L2Advertisement Read(L2AdvertisementManifest manifest)
    {
        Configuration configuration = Configuration.Build(new ManifestSet([], [manifest]));
        Assert.All(configuration.Verdicts, v => Assert.True(v.Accepted, v.Message));
        return Assert.Single(configuration.L2Advertisements);
    }

    [Fact]
    public void InterfaceListedTwice_CountsOnce() =>
        Assert.Equal(["eth0", "eth1"], Read(new("lb", "a", 1, 1) { Interfaces = ["eth0", "eth1", "eth0"] }).Interfaces);

    [Theory]
    [InlineData(-7L)]
    [InlineData(5_000_000_000L)]
    public void PriorityOfAnyWholeNumber_IsAccepted(long priority) =>
        Assert.Equal(priority, Assert.Single(Configuration.Build(new ManifestSet([Pool(new(priority))], [])).Pools).Priority);

    [Fact]
    public void SelectorsThatMeanTheSameInOtherWords_AreAcceptedAndCountOnce() =>
        Assert.Single(Read(new("lb", "a", 1, 1) { NodeSelectors = [Label, Expression] }).NodeSelectors);

    [Fact]
    public void SelectorsInTheSameWords_AreRefused()
    {
        LabelSelectorManifest shuffled = new(null, [new("k", "In", ["b", "a"])]);
        LabelSelectorManifest ordered = new(null, [new("k", "In", ["a", "b"])]);
        foreach (LabelSelectorManifest[] selectors in (LabelSelectorManifest[][])[[Label, Label], [shuffled, ordered]])
            Assert.False(Assert.Single(Configuration.Build(new ManifestSet([], [new("lb", "a", 1, 1) { NodeSelectors = selectors }])).Verdicts).Accepted);
    }

    [Fact]
    public void LabelAndExpressionOfOneSelectorAskForTheSame_ItIsAccepted()
    {
        LabelSelector selector = Assert.Single(Read(new("lb", "a", 1, 1) { NodeSelectors = [Label with { MatchExpressions = Expression.MatchExpressions }] }).NodeSelectors);
        Assert.True(selector.Matches(new Dictionary<string, string> { ["k"] = "v" }));
        Assert.False(selector.Matches(new Dictionary<string, string>()));
    }

    [Theory]
    [InlineData("192.0.2.77/24", "192.0.2.0-192.0.2.255")]
    [InlineData(" 192.0.2.1 - 192.0.2.9 ", "192.0.2.1-192.0.2.9")]
    [InlineData("2001:db8::7/126", "2001:db8::4-2001:db8::7")]
    public void AddressEntry_HostBitsAndSpaces_AreTolerated(string entry, string means) =>
        Assert.Equal(means, Assert.Single(Configuration.Build(new ManifestSet([new("lb", "p", 1, 1, [entry])], [])).Pools).Ranges[0].ToString());

    [Theory]
    [InlineData("namespaces")]
    [InlineData("namespaceSelectors")]
    [InlineData("serviceSelectors")]
    public void ServiceAllocationListsOneThingTwice_IsRefusedByField(string field)
    {
        ObjectVerdict verdict = Assert.Single(Configuration.Build(new ManifestSet([Pool(field switch
        {
            "namespaces" => new(0, ["a", "a"]),
            "namespaceSelectors" => new(0, null, [Label, Label]),
            _ => new(0, null, null, [Label, Label]),
        })], [])).Verdicts);
        Assert.False(verdict.Accepted);
        Assert.Contains("spec.serviceAllocation." + field, verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PoolNamedAndSelected_IsThereOnce()
    {
        Configuration configuration = Configuration.Build(new ManifestSet(
            [new("lb", "p", 1, 1, ["192.0.2.0/24"]) { Labels = Label.MatchLabels! }],
            [new("lb", "a", 1, 1) { IpAddressPools = ["p"], IpAddressPoolSelectors = [Label] }]));
        Assert.Equal(["p"], configuration.L2Advertisements[0].Pools);
    }

    [Fact]
    public void SelectorMatchesNoPool_TheAdvertisementSelectsNone() =>
        Assert.Empty(Read(new("lb", "a", 1, 1) { IpAddressPoolSelectors = [Label] }).Pools);

    [Fact]
    public void SeveralServiceSelectors_OneMatchIsEnough()
    {
        L2Advertisement advertisement = Read(new("lb", "a", 1, 1) { ServiceSelectors = [Label, new(new Dictionary<string, string> { ["other"] = "x" })] });
        Assert.True(advertisement.SelectsService(new Dictionary<string, string> { ["k"] = "v" }));
        Assert.True(advertisement.SelectsService(new Dictionary<string, string> { ["other"] = "x" }));
        Assert.False(advertisement.SelectsService(new Dictionary<string, string>()));
    }
}
