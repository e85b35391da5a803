// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Control;
using LoadBalancer.Vipd.Kubernetes;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

public sealed class StrangerWatchTests
{
    private static readonly string Foreign = Words.Of(VrrpMismatch.ForeignRouter);
    private readonly StrangerWatch _watch = new();

    [Fact]
    public void Stranger_ThatStaysForAWhile_IsTold()
    {
        Assert.Empty(Take(0, Peer("192.0.2.99", Foreign)));
        Assert.True(_watch.IsUndecided);
        Assert.Empty(Take(4, Peer("192.0.2.50", Foreign), Peer("192.0.2.99", Foreign)));
        Assert.Equal("192.0.2.99", Take(5, Peer("192.0.2.50", Foreign), Peer("192.0.2.99", Foreign))["web"]);
        Assert.False(_watch.IsUndecided);
        Assert.Empty(Take(6, Peer("192.0.2.99", Foreign, silent: 11)));
    }

    [Fact]
    public void Node_ThatDiffersForAMoment_IsNone()
    {
        Assert.Empty(Take(0, Peer("192.0.2.2", Foreign)));
        Assert.Empty(Take(2, Peer("192.0.2.2")));
        Assert.Empty(Take(6, Peer("192.0.2.2", Foreign)));
        Assert.Empty(Take(9, Peer("192.0.2.2", Words.Of(VrrpMismatch.Addresses))));
        Assert.False(_watch.IsUndecided);
    }

    private IReadOnlyDictionary<string, string> Take(int seconds, params IReadOnlyList<PeerRow> peers) => _watch.Take([Row(peers)], new MonoTime(0) + TimeSpan.FromSeconds(1000 + seconds));

    private static PeerRow Peer(string address, string? disagreement = null, double silent = 1) => new(address, 100, silent, IsOwnAddress: false, disagreement is null ? [] : [disagreement]);

    private static InstanceRow Row(IReadOnlyList<PeerRow> peers) => new()
    {
        Name = "web",
        Interface = "eth0",
        Family = "IPv4",
        VirtualRouterId = 51,
        State = "master",
        Since = null,
        Held = "",
        Master = "",
        Priority = 100,
        ConfiguredPriority = 100,
        Addresses = [],
        AdvertIntervalSeconds = 1,
        MasterDownIntervalSeconds = 3,
        Group = "",
        LastTransition = null,
        Peers = peers,
        Counters = new(0, 0, 0, 0, 0, 0, 0, 0),
    };
}
