// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Tests;

/// <summary>Weights by ready endpoints, as they reach the plan.</summary>
[Trait("Scenario", "S45")]
public sealed class BgpKeeperTests : IDisposable
{
    private readonly BgpPlane _plane = new(Sample.Node, false, static _ => { }, 1, new KeptLog());
    private readonly ServiceEndpoints _endpoints = new();
    private readonly AnnouncedService _service = Sample.Service();
    private readonly BgpKeeper _keeper;

    public BgpKeeperTests() => _keeper = new BgpKeeper(_plane, _endpoints, Sample.Options);

    public void Dispose() => _plane.Dispose();

    [Fact]
    public void Weight_BeforeAnythingIsTold_FollowsAtOnce()
    {
        Configure(weighted: true);
        Scale(1, 0);
        Scale(4, 0);
        Assert.Equal(MonoTime.Never, _keeper.Settle(Sample.At(0)));
        Assert.Equal(400f, Bandwidth());
    }

    [Fact]
    public void Weight_ChangedTwice_WaitsForTheSecondChangeAndTakesTheLast()
    {
        Told(4);
        Scale(5, 10);
        Assert.Equal(MonoTime.Never, _keeper.Settle(Sample.At(10)));
        Scale(6, 11);
        Scale(7, 12);
        Assert.Equal(Sample.At(15), _keeper.Settle(Sample.At(12)));
        Assert.Equal(500f, Bandwidth());
        Assert.Equal(Sample.At(15), _keeper.Settle(Sample.At(14.9)));
        Assert.Equal(MonoTime.Never, _keeper.Settle(Sample.At(15)));
        Assert.Equal(700f, Bandwidth());
    }

    [Fact]
    public void Weight_ToAndFromNothing_FollowsAtOnce()
    {
        Told(4);
        Scale(5, 10);
        Scale(0, 11);
        _keeper.Settle(Sample.At(11));
        Assert.Empty(_keeper.Planner.Planned());
        Scale(2, 11.5);
        Assert.Equal(MonoTime.Never, _keeper.Settle(Sample.At(11.5)));
        Assert.Equal(200f, Bandwidth());
    }

    [Fact]
    public void Weight_NobodyAskedFor_WaitsForNothing()
    {
        Configure(weighted: false);
        Scale(4, 0);
        _keeper.Settle(Sample.At(0));
        Scale(5, 10);
        Scale(6, 11);
        Assert.Equal(MonoTime.Never, _keeper.Settle(Sample.At(11)));
        Assert.Null(Bandwidth());
    }

    [Fact]
    public void Weight_HeldBackWhenItIsNoLongerAskedFor_LeavesNoTimer()
    {
        Told(4);
        Scale(5, 10);
        Scale(6, 11);
        Assert.Equal(Sample.At(15), _keeper.Settle(Sample.At(11)));
        Configure(weighted: false, 12);
        Assert.Equal(MonoTime.Never, _keeper.Settle(Sample.At(12)));
    }

    [Fact]
    public void Weight_OfAServiceThatGoes_LeavesNoTimer()
    {
        Told(4);
        Scale(5, 10);
        Scale(6, 11);
        _keeper.Remove(_service.Key);
        Assert.Equal(MonoTime.Never, _keeper.Settle(Sample.At(11)));
    }

    [Fact]
    public void Service_ChangedInAnotherWayMeanwhile_KeepsTheWeightHeldBack()
    {
        Told(4);
        Scale(5, 10);
        Scale(6, 11);
        _keeper.Set(_service, Sample.At(12));
        _keeper.Settle(Sample.At(12));
        Assert.Equal(500f, Bandwidth());
        _keeper.Settle(Sample.At(15));
        Assert.Equal(600f, Bandwidth());
    }

    private void Told(int endpoints)
    {
        Configure(weighted: true);
        Scale(endpoints, 0);
        _keeper.Settle(Sample.At(0));
    }

    private void Configure(bool weighted, double at = 0)
    {
        BgpPeer peer = Sample.Peer();
        Configuration configuration = new(
            [new Pool(Sample.Namespace, "p", 0, [IpRange.TryParse("198.51.100.0/24", out IpRange range, out _) ? range : default], Sample.NoLabels)], [], [], new HashSet<string>())
        {
            BgpPeers = [peer],
            BgpPeersByClaim = [peer],
            BgpAdvertisements = [new BgpAdvertisement(Sample.Namespace, "a", ["p"]) { BandwidthPerEndpoint = weighted ? 100 : null }],
        };
        _keeper.Configure(configuration, new Node { Metadata = new() { Name = Sample.Node } }, [_service], Sample.At(at));
    }

    private void Scale(int endpoints, double at)
    {
        _endpoints.Set(Sample.Slice("s", [.. Enumerable.Repeat("node-2", endpoints)]));
        _keeper.Set(_service, Sample.At(at));
    }

    private float? Bandwidth() => Assert.Single(Assert.Single(_keeper.Planner.Planned()).Variants).Policy.Bandwidth;
}
