// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Config;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Routing;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Tests;

/// <summary>What a Service and a BGPPeer are told by events, and when they are told nothing again.</summary>
public sealed class AnnouncementEventsTests : IDisposable
{
    private readonly FarEnd _server = new();
    private readonly EventRecorder _events;
    private readonly RoutePlanner _planner = new();
    private readonly ServiceStatusKeeper _statuses;
    private readonly ServiceAnnouncements _announcements;
    private Configuration _configuration = Configuration.Empty;

    public AnnouncementEventsTests()
    {
        _events = new EventRecorder(_server.Client(), new EventRecorderOptions { Component = "speaker", Instance = Sample.Node }, TimeProvider.System, new Random(1), new KeptLog());
        _statuses = new ServiceStatusKeeper(
            new ServiceStatusWriter(_server.Client(), Sample.Namespace, Sample.Node, TestContext.Current.CancellationToken), Sample.Node, static _ => ValueTask.CompletedTask, new KeptLog());
        _announcements = new ServiceAnnouncements(_events, Sample.Node, _statuses);
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Service_Announced_IsToldOnce()
    {
        Configure(new BgpAdvertisement(Sample.Namespace, "a", ["p"]));
        Look(Sample.Service());
        Look(Sample.Service());
        Assert.Equal(["nodeAssigned: announcing from node \"node-1\" with protocol \"bgp\""], await ToldAsync());
        Assert.Equal([("shop/web", IpAddr.Parse("198.51.100.1"))], _announcements.Announced);
    }

    [Fact]
    public async Task Service_AnnouncedByTheProcessBefore_IsNotToldAgain()
    {
        _statuses.Take(new InformerEvent<ServiceBGPStatus>(InformerEventType.Added, new ServiceBGPStatus
        {
            Metadata = new() { Name = "x" },
            Status = new() { Node = Sample.Node, ServiceName = "web", ServiceNamespace = "shop" },
        }));
        Configure(new BgpAdvertisement(Sample.Namespace, "a", ["p"]));
        Look(Sample.Service());
        Assert.Empty(await ToldAsync());
    }

    [Fact]
    public async Task Service_ThatTwoAdvertisementsContradictEachOtherOn_IsToldWhy()
    {
        Configure(new BgpAdvertisement(Sample.Namespace, "a", ["p"]) { LocalPref = 1 }, new BgpAdvertisement(Sample.Namespace, "b", ["p"]) { LocalPref = 2 });
        Look(Sample.Service());
        Look(Sample.Service());
        Assert.StartsWith("announceFailed: node \"node-1\": 198.51.100.1 is not announced by BGP: two BGPAdvertisements", Assert.Single(await ToldAsync()), StringComparison.Ordinal);
        Assert.Empty(_announcements.Announced);
    }

    [Fact]
    public async Task Service_AskingForCommunitiesItMayNotHave_IsToldWhichAndAnnounced()
    {
        Configure(new BgpAdvertisement(Sample.Namespace, "a", ["p"]) { AllowedServiceCommunities = [BgpCommunity.Standard(0xFC000001)] });
        AnnouncedService service = Sample.Service();
        service.Object.Metadata.Annotations = new Dictionary<string, string> { [CommunityRequests.Annotation] = "64512:1, 64512:2, blue" };
        Look(service);
        string[] told = await ToldAsync();
        Assert.Equal(2, told.Length);
        Assert.Equal(
            "communityRefused: node \"node-1\": annotation metallb.io/bgp-communities: blue is neither a community such as 64512:100 or large:64512:1:2 nor a name in a Community object; "
            + "64512:2 is not in allowedServiceCommunities of a BGPAdvertisement for this Service; routes are announced without",
            told.Single(t => t.StartsWith("communityRefused", StringComparison.Ordinal)));
    }

    [Fact]
    public void Service_OfANodeThatLeaves_IsAnnouncedNoMore()
    {
        Configure(new BgpAdvertisement(Sample.Namespace, "a", ["p"]));
        Look(Sample.Service());
        _announcements.Touch(Sample.Service());
        _announcements.Settle(_planner, _configuration, leaving: true);
        Assert.Empty(_announcements.Announced);
    }

    [Fact]
    public async Task Session_ThatComesAndGoes_IsToldOnItsPeer()
    {
        ConfigurationObjects objects = new(Sample.Namespace);
        objects.Take(new InformerEvent<BGPPeer>(InformerEventType.Added, new BGPPeer { Metadata = new() { Name = "tor", Namespace = Sample.Namespace } }));
        SessionTransitions transitions = new(_events, Sample.Node);
        NeighborReport down = Sample.Neighbor(SessionState.Idle);
        transitions.Take(Sample.Report(down), objects);
        transitions.Take(Sample.Report(Sample.Neighbor(SessionState.Established)), objects);
        transitions.Take(Sample.Report(Sample.Neighbor(SessionState.Established)), objects);
        transitions.Take(Sample.Report(down with { Session = down.Session! with { LastEnd = Sample.End("the line was cut") } }), objects);
        transitions.Take(Sample.Report(down with { Intent = down.Intent with { Hindrance = "no Secret" } }), objects);
        transitions.Take(Sample.Report(down with { Intent = down.Intent with { Hindrance = "no Secret" } }), objects);
        Assert.Equal(
            [
                "sessionUp: node \"node-1\" has a session with 192.0.2.1, AS 64513",
                "sessionDown: node \"node-1\" has lost the session with 192.0.2.1: the line was cut",
                "sessionRefused: node \"node-1\" opens no session: no Secret",
            ],
            await ToldAsync());
    }

    private void Configure(params BgpAdvertisement[] advertisements)
    {
        BgpPeer peer = Sample.Peer();
        _configuration = new Configuration(
            [new Pool(Sample.Namespace, "p", 0, [IpRange.TryParse("198.51.100.0/24", out IpRange range, out _) ? range : default], Sample.NoLabels)], [], [], new HashSet<string>())
        {
            BgpPeers = [peer],
            BgpPeersByClaim = [peer],
            BgpAdvertisements = advertisements,
        };
        _planner.Configure(_configuration, new RoutingNode(Sample.NoLabels));
    }

    private void Look(AnnouncedService service)
    {
        _planner.Set(new RoutedService(service.Key.ToString(), service.Addresses, "", service.Labels) { Endpoints = 1, EndpointsHere = 1 });
        _announcements.Touch(service);
        _announcements.Settle(_planner, _configuration, leaving: false);
    }

    // All that was recorded is written before one more that is recorded last.
    private async Task<string[]> ToldAsync()
    {
        _events.Record(new Service { Metadata = new() { Namespace = "shop", Name = "last" } }, EventType.Normal, "last", "");
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(TimeSpan.FromSeconds(30));
        Task running = _events.RunAsync(end.Token);
        while (!_server.Asked.Any(a => a.Body.Contains("\"reason\":\"last\"", StringComparison.Ordinal)))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, end.Token);
        await end.CancelAsync();
        await running;
        return
        [
            .. _server.Asked.Where(a => a.Path.EndsWith("/events", StringComparison.Ordinal)).Select(a => JsonNode.Parse(a.Body)!)
                .Where(e => (string?)e["reason"] != "last").Select(e => $"{e["reason"]}: {e["message"]}"),
        ];
    }
}
