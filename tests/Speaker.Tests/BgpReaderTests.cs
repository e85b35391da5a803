// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;
using LoadBalancer.Routing;
using LoadBalancer.Runtime;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Cluster;
using LoadBalancer.Testing;

namespace LoadBalancer.Speaker.Tests;

/// <summary>What <c>speaker bgp</c> and the metrics are made of.</summary>
public sealed class BgpReaderTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly BgpPlane _plane = new(Sample.Node, false, static _ => { }, 1, new KeptLog());
    private readonly EventLoop<SpeakerEvent> _loop;
    private readonly BgpReader _reader;
    private BgpReport _report = BgpReport.Nothing;

    public BgpReaderTests()
    {
        _loop = new EventLoop<SpeakerEvent>(16, TimeProvider.System);
        _reader = new BgpReader(Sample.Node, _plane, () => _report, _loop, _time);
    }

    public void Dispose() => _plane.Dispose();

    [Fact]
    public void Peers_OfASessionThatIsUp_ShowWhatWasAgreedOn()
    {
        _report = Sample.Report(Sample.Neighbor(SessionState.Established, since: 40));
        _time.Advance(TimeSpan.FromSeconds(100));
        PeerRow row = Assert.Single(_reader.Peers());
        Assert.Equal(("tor", "192.0.2.1", "Established", 64513u, 60L), (row.Peer, row.Address, row.State, row.Asn, row.ForSeconds));
        Assert.Equal((7L, 3L, "", "", -1L), (row.Received, row.Sent, row.Bfd, row.LastError, row.ErrorSecondsAgo));
        Assert.Single(row.Families);
    }

    [Fact]
    public void Peers_OfASessionThatEnded_SayWhyAndWhen()
    {
        NeighborReport down = Sample.Neighbor(SessionState.Active);
        _report = Sample.Report(down with { Session = down.Session! with { LastEnd = Sample.End("BGPPeer tor: refused", 90) } });
        _time.Advance(TimeSpan.FromSeconds(100));
        PeerRow row = Assert.Single(_reader.Peers());
        Assert.Equal(("refused", 10L, 64513u), (row.LastError, row.ErrorSecondsAgo, row.Asn));
    }

    [Fact]
    public void Peers_ThatMayHaveNoSession_SayWhyWithoutATime()
    {
        BgpPeer peer = Sample.Peer() with { Address = null, Interface = "eth1", PeerAsn = PeerAsn.External };
        _report = Sample.Report(new NeighborReport(Sample.Intent(peer) with { Hindrance = "no router was heard" }, null, null, 0, 0, 0, null, null));
        PeerRow row = Assert.Single(_reader.Peers());
        Assert.Equal(("eth1", "Idle", 0u, "no router was heard", -1L, 0L), (row.Address, row.State, row.Asn, row.LastError, row.ErrorSecondsAgo, row.ForSeconds));
    }

    [Fact]
    public void Peers_HinderedAfterASessionEnded_SayWhatHindersWithoutTheTimeOfTheEnd()
    {
        NeighborReport hindered = Sample.Neighbor(SessionState.Idle);
        hindered = hindered with { Intent = hindered.Intent with { Hindrance = "no Secret" }, Session = hindered.Session! with { LastEnd = Sample.End("ended", 3) } };
        _report = Sample.Report(hindered, hindered with { Intent = Sample.Intent(), BfdFault = "no socket" });
        Assert.Equal([("no Secret", -1L), ("BFD cannot guard the session: no socket", -1L)], _reader.Peers().Select(p => (p.LastError, p.ErrorSecondsAgo)));
    }

    [Fact]
    public void Peers_WithBfd_ShowItsStateAndDownBeforeThereIsOne()
    {
        NeighborReport guarded = Sample.Neighbor(SessionState.Active);
        guarded = guarded with { Intent = guarded.Intent with { Peer = guarded.Intent.Peer with { Bfd = new BfdProfile(Sample.Namespace, "fast") } } };
        _report = Sample.Report(guarded, guarded with { Bfd = BfdState.Up });
        Assert.Equal(["Down", "Up"], _reader.Peers().Select(p => p.Bfd));
    }

    [Fact]
    public async Task Routes_JoinPlanAndPeers()
    {
        _report = Sample.Report(Sample.Neighbor(SessionState.Active));
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _plane.Start();
        RoutePlan plan = new(
            [new PlannedRoute(IpPrefix.Parse("198.51.100.1/32"), ["shop/web"], [("tor", new RoutePolicy { Med = 9, LocalPref = 150 })])],
            [new RefusedAddress("shop/other", IpAddr.Parse("198.51.100.2"), RouteRefusal.NoEndpoint)]);
        Task loop = _loop.RunAsync(new Answering(plan), end.Token);
        string json = await _reader.RoutesAsync(static () => "none", end.Token);
        await end.CancelAsync();
        await loop;
        RoutesReport routes = System.Text.Json.JsonSerializer.Deserialize(json, BgpJson.Default.RoutesReport)!;
        Assert.Equal((Sample.Node, ""), (routes.Node, routes.NoPeers));
        Assert.Equal(["tor"], routes.Peers);
        Assert.Equal(
            [("198.51.100.1/32", "tor", false, "no session: Active"), ("198.51.100.2", "", false, "no endpoint of the Service is ready")],
            routes.Routes.Select(r => (r.Prefix, r.Peer, r.Announced, r.Reason)));
        Assert.Equal((9u, null), (routes.Routes[0].Med, routes.Routes[0].LocalPref));
    }

    private sealed class Answering(RoutePlan plan) : IEventHandler<SpeakerEvent>
    {
        public void Handle(SpeakerEvent item, MonoTime now) => ((PlanAsked)item).Answer.SetResult(plan);

        public MonoTime Settle(MonoTime now) => MonoTime.Never;
    }
}
