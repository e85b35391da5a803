// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Config.Tests;

/// <summary>What a pool gave goes on being announced while the object is refused, by all processes alike.</summary>
public sealed class RefusedPoolTests
{
    private static readonly Dictionary<string, string> Web = new() { ["tier"] = "web" };

    private static PoolManifest Pool(string name, long createdAt, params string[] addresses) => new("lb", name, 1, createdAt, addresses);

    private static L2AdvertisementManifest Advertisement(string name) => new("lb", name, 1, 1);

    [Fact]
    public void AdvertisementInAFreshProcess_SelectsARefusedPoolByNameByLabelAndByAll()
    {
        Configuration fresh = Configuration.Build(new ManifestSet(
            [Pool("a", 1, "192.0.2.0/24"), Pool("b", 2, "192.0.2.128/25") with { Labels = Web }, Pool("c", 3, "nonsense")],
            [
                Advertisement("all"),
                Advertisement("label") with { IpAddressPoolSelectors = [new(Web)] },
                Advertisement("name") with { IpAddressPools = ["c"] },
                Advertisement("other") with { IpAddressPools = ["a"] },
            ]));
        Assert.Equal(["a"], fresh.Pools.Select(p => p.Name));
        Assert.Equal(["a,b,c", "b", "c", "a"], fresh.L2Advertisements.Select(a => string.Join(',', a.Pools)));
    }

    [Fact]
    public void AdvertisementNamesARefusedPool_IsToldThatItIsRefusedAndNotThatItIsMissing()
    {
        Configuration configuration = Configuration.Build(new ManifestSet(
            [Pool("bad", 1, "nonsense")], [Advertisement("a") with { IpAddressPools = ["gone", "bad"] }]));
        string message = Assert.Single(configuration.Verdicts, v => v.Kind == ObjectKind.L2Advertisement).Message;
        Assert.Contains("spec.ipAddressPools[1] names \"bad\", which is refused", message, StringComparison.Ordinal);
        Assert.Contains("spec.ipAddressPools[0] names \"gone\", and there is no such", message, StringComparison.Ordinal);
    }

    [Fact]
    public void OlderPoolGrowsIntoAnother_FreshAndRunningProcessesAnnounceAlike()
    {
        PoolManifest[] before = [Pool("old", 1, "192.0.2.0/26"), Pool("young", 2, "192.0.2.64/26")];
        PoolManifest[] after = [Pool("old", 1, "192.0.2.0/25"), Pool("young", 2, "192.0.2.64/26")];
        L2AdvertisementManifest[] advertisements = [Advertisement("o") with { IpAddressPools = ["old"] }, Advertisement("y") with { IpAddressPools = ["young"] }];
        Configuration running = Configuration.Build(new ManifestSet(after, advertisements), Configuration.Build(new ManifestSet(before, advertisements)));
        Configuration fresh = Configuration.Build(new ManifestSet(after, advertisements));
        // The two differ in what is in force, for one of them knows which pool was there first.
        Assert.NotEqual(running.RefusedPools, fresh.RefusedPools);
        IpAddr address = IpAddr.Parse("192.0.2.70");
        foreach (string recorded in (string[])["old", "young"])
            Assert.Equal(Covering(running, address, recorded), Covering(fresh, address, recorded));
        Assert.Equal("y", Covering(fresh, address, "young"));
    }

    [Fact]
    public void LabelsChangeWithAMistake_FreshAndRunningProcessesSelectAlike()
    {
        L2AdvertisementManifest[] advertisements = [Advertisement("a") with { IpAddressPoolSelectors = [new(Web)] }];
        PoolManifest mistaken = Pool("p", 1, "nonsense") with { Labels = Web };
        Configuration running = Configuration.Build(
            new ManifestSet([mistaken], advertisements), Configuration.Build(new ManifestSet([Pool("p", 1, "192.0.2.0/24")], advertisements)));
        Assert.True(running.L2Advertisements[0].SelectsPool("p"));
        Assert.True(Configuration.Build(new ManifestSet([mistaken], advertisements)).L2Advertisements[0].SelectsPool("p"));
    }

    [Fact]
    public void RecordedPoolIsGone_TheOneThatHoldsTheAddressCounts()
    {
        Configuration configuration = Configuration.Build(new ManifestSet([Pool("a", 1, "192.0.2.0/24")], []));
        Assert.Equal("a", configuration.PoolOf(IpAddr.Parse("192.0.2.1"), "renamed"));
        Assert.Equal("a", configuration.PoolOf(IpAddr.Parse("192.0.2.1"), ""));
        Assert.Null(configuration.PoolOf(IpAddr.Parse("203.0.113.1"), "renamed"));
    }

    private static string Covering(Configuration configuration, IpAddr address, string recorded) =>
        string.Join(',', configuration.L2Advertisements.Where(a => a.SelectsPool(configuration.PoolOf(address, recorded)!)).Select(a => a.Name));
}
