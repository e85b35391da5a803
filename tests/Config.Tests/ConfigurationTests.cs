// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Tests;

public sealed class ConfigurationTests
{
    private static PoolManifest Pool(string name, params string[] addresses) => new("lb", name, 1, 1, addresses);

    private static L2AdvertisementManifest Advertisement(string name) => new("lb", name, 1, 1);

    private static ObjectVerdict Judge(PoolManifest pool) => Assert.Single(Configuration.Build(new ManifestSet([pool], [])).Verdicts);

    [Fact]
    public void D1_NoObjects_IsAValidEmptyConfiguration() => Assert.Empty(Configuration.Build(new ManifestSet([], [])).Verdicts);

    [Theory]
    [InlineData("100.200.300.400/24")]
    [InlineData("192.0.2.0/33")]
    [InlineData("192.0.2.9-192.0.2.3")]
    [InlineData("192.0.2.1-2001:db8::1")]
    [InlineData("192.0.2.1")]
    [InlineData("pool")]
    public void D13_BadAddressEntry_IsRefusedByFieldAndValue(string entry)
    {
        ObjectVerdict verdict = Judge(Pool("p", "198.51.100.0/24", entry));
        Assert.False(verdict.Accepted);
        Assert.Equal(VerdictReason.InvalidSpec, verdict.Reason);
        Assert.Contains("spec.addresses[1]", verdict.Message, StringComparison.Ordinal);
        Assert.Contains(entry, verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void D12_NoAddresses_IsRefused() => Assert.False(Judge(Pool("p")).Accepted);

    [Fact]
    public void D14_OverlapInOnePool_IsRefused() => Assert.False(Judge(Pool("p", "192.0.2.0/24", "192.0.2.9-192.0.2.11")).Accepted);

    [Fact]
    public void D14_OverlapOfTwoPools_TheOlderStaysAndTheOtherIsTold()
    {
        Configuration configuration = Configuration.Build(new ManifestSet([Pool("new", "192.0.2.0/24") with { CreatedAt = 9 }, Pool("old", "192.0.2.128/25") with { CreatedAt = 3 }, Pool("apart", "203.0.113.0/24")], []));
        Assert.Equal(["apart", "old"], configuration.Pools.Select(p => p.Name));
        ObjectVerdict refused = Assert.Single(configuration.Verdicts, v => !v.Accepted);
        Assert.Equal(("new", VerdictReason.OverlappingPool), (refused.Name, refused.Reason));
        Assert.Contains("old", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralDefects_AreAllTold()
    {
        ObjectVerdict verdict = Judge(Pool("p", "192.0.2.0/33", "x") with { ServiceAllocation = new(0, ["a", "a"]) });
        Assert.Contains("spec.addresses[0]", verdict.Message, StringComparison.Ordinal);
        Assert.Contains("spec.addresses[1]", verdict.Message, StringComparison.Ordinal);
        Assert.Contains("spec.serviceAllocation.namespaces", verdict.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "In", "a")]
    [InlineData("k", "Near", "a")]
    [InlineData("k", "In", "")]
    [InlineData("k", "Exists", "a")]
    [InlineData("k", "In", "a,a")]
    public void D9_D10_BadSelectorExpression_IsRefused(string key, string @operator, string values)
    {
        LabelSelectorManifest selector = new(null, [new(key, @operator, values.Split(',', StringSplitOptions.RemoveEmptyEntries))]);
        ObjectVerdict verdict = Assert.Single(Configuration.Build(new ManifestSet([], [Advertisement("a") with { NodeSelectors = [selector] }])).Verdicts);
        Assert.False(verdict.Accepted);
        Assert.Contains("spec.nodeSelectors[0]", verdict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void D22_D33_UnknownPool_IsInForceAndTold()
    {
        Configuration configuration = Configuration.Build(new ManifestSet([Pool("p", "192.0.2.0/24")], [Advertisement("a") with { IpAddressPools = ["p", "nowhere"] }]));
        ObjectVerdict verdict = Assert.Single(configuration.Verdicts, v => v.Kind == ObjectKind.L2Advertisement);
        Assert.True(verdict.Accepted);
        Assert.Equal(VerdictReason.UnresolvedReference, verdict.Reason);
        Assert.Contains("nowhere", verdict.Message, StringComparison.Ordinal);
        Assert.True(configuration.L2Advertisements[0].SelectsPool("p"));
    }

    [Fact]
    public void D33_PoolSelectors_ChooseByLabelAndNoneChoosesAll()
    {
        LabelSelectorManifest selector = new(new Dictionary<string, string> { ["tier"] = "web" });
        PoolManifest labelled = Pool("p", "192.0.2.0/25") with { Labels = new Dictionary<string, string> { ["tier"] = "web" } };
        Configuration configuration = Configuration.Build(new ManifestSet(
            [labelled, Pool("q", "192.0.2.128/25")], [Advertisement("a") with { IpAddressPoolSelectors = [selector] }, Advertisement("b")]));
        Assert.Equal([true, false, true, true], configuration.L2Advertisements.SelectMany(a => new[] { a.SelectsPool("p"), a.SelectsPool("q") }));
    }

    [Fact]
    public void AdvertisementEditedWrongly_ItsLastVersionStaysInForce()
    {
        Configuration first = Configuration.Build(new ManifestSet([], [Advertisement("a") with { Interfaces = ["eth0"] }]));
        LabelSelectorManifest bad = new(null, [new("k", "Near")]);
        Configuration second = Configuration.Build(new ManifestSet([], [Advertisement("a") with { NodeSelectors = [bad], Generation = 2 }]), first);
        Assert.False(Assert.Single(second.Verdicts).Accepted);
        Assert.Equal(["eth0"], Assert.Single(second.L2Advertisements).Interfaces);
    }

    [Fact]
    public void D53_ObjectInAnotherNamespace_IsRefused()
    {
        Configuration configuration = Configuration.Build(new ManifestSet([Pool("p", "192.0.2.0/24")], [], "elsewhere"));
        Assert.Equal(VerdictReason.WrongNamespace, Assert.Single(configuration.Verdicts).Reason);
    }

    [Fact]
    public void Build_AnyOrderOfObjects_GivesTheSame()
    {
        PoolManifest[] pools = [Pool("b", "192.0.2.0/24"), Pool("a", "192.0.2.0/25"), Pool("c", "203.0.113.0/24")];
        string Text(IEnumerable<PoolManifest> given) => string.Join(';', Configuration.Build(new ManifestSet([.. given], [])).Verdicts.Select(v => $"{v.Name} {v.Reason}"));
        Assert.Equal(Text(pools), Text(pools.Reverse()));
    }
}
