// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Manifests;
using LoadBalancer.Config;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.ApiServer.Tests;

/// <summary>Objects of BGP from the manifest through the server and the client into the configuration.</summary>
public sealed class BgpObjectTests : IAsyncLifetime
{
    /// <summary>As people who come from MetalLB have them: both versions, and none of the fields that are ours.</summary>
    private const string Migrated =
        """
        apiVersion: metallb.io/v1beta1
        kind: IPAddressPool
        metadata: {name: public, namespace: metallb-system, labels: {audience: everyone}}
        spec:
          addresses: [198.51.100.0/24, "2001:db8:9::/120"]
        ---
        apiVersion: metallb.io/v1beta1
        kind: BGPPeer
        metadata: {name: older, namespace: metallb-system}
        spec:
          myASN: 64500
          peerASN: 64510
          peerAddress: 192.0.2.10
          peerPort: 0
          holdTime: 1m30s
          keepaliveTime: 30s
          routerID: 192.0.2.77
          password: plain
          bfdProfile: edge
          nodeSelectors:
            - matchLabels: {rack: one}
              matchExpressions:
                - {key: kubernetes.io/hostname, operator: In, values: [node-a, node-b]}
        ---
        apiVersion: metallb.io/v1beta2
        kind: BGPPeer
        metadata: {name: newer, namespace: metallb-system}
        spec:
          myASN: 64500
          dynamicASN: external
          peerAddress: 2001:db8::10
          sourceAddress: 2001:db8::2
          ebgpMultiHop: true
          vrf: blue
          connectTime: 10s
          disableMP: false
          passwordSecret: {name: newer-password}
          enableGracefulRestart: true
        ---
        apiVersion: metallb.io/v1beta1
        kind: BFDProfile
        metadata: {name: edge, namespace: metallb-system}
        spec: {receiveInterval: 150, transmitInterval: 150, echoInterval: 50, echoMode: false, passiveMode: true, minimumTtl: 250}
        ---
        apiVersion: metallb.io/v1beta1
        kind: Community
        metadata: {name: names, namespace: metallb-system}
        spec:
          communities:
            - {name: intern, value: 64500:9}
            - {name: big, value: "large:64500:1:1"}
            - {name: NO_ADVERTISE, value: "65535:65282"}
        ---
        apiVersion: metallb.io/v1beta1
        kind: BGPAdvertisement
        metadata: {name: hosts, namespace: metallb-system}
        spec:
          ipAddressPoolSelectors:
            - matchExpressions: [{key: audience, operator: Exists}]
          aggregationLength: 32
          localPref: 150
          communities: [intern, big, NO_ADVERTISE, "64500:1"]
          peers: [older, newer]
        ---
        apiVersion: metallb.io/v1beta1
        kind: BGPAdvertisement
        metadata: {name: summary, namespace: metallb-system}
        spec:
          ipAddressPools: [public]
          aggregationLength: 24
          aggregationLengthV6: 120
          localPref: 100
        """;

    private TestServer? _server;
    private ApiClient? _client;

    private TestServer Server => _server!;

    private ApiClient Client => _client!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        foreach (var folder in new[] { "namespace", "crd", "rbac" })
            await _server.Server.LoadManifestsAsync(Path.Combine(Product.Config, folder), Cancellation);
        _client = ClientOf(_server.Server.AdminToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task ManifestsWrittenForMetalLB_AreTakenWholeAndMeanWhatTheySay()
    {
        foreach (var node in YamlTree.Parse(Migrated))
        {
            var version = ((string)node["apiVersion"]!).Split('/')[1];
            var (code, body) = await Server.PostAsync(Product.PathOf(Product.PluralOf((string)node["kind"]!), version) + "?fieldValidation=Strict", node);
            Assert.True(code == 201, (string?)body["message"]);
        }

        var configuration = await BuildAsync();
        Assert.All(configuration.Verdicts, v => Assert.True(v.Reason == VerdictReason.Accepted, v.Message));
        BgpPeer newer = configuration.BgpPeers[0], older = configuration.BgpPeers[1];
        Assert.Equal(("external", "blue", true, true, "Secret newer-password"), (newer.PeerAsn.ToString(), newer.Vrf, newer.EbgpMultiHop, newer.GracefulRestart, newer.Password.ToString()));
        Assert.Equal((TimeSpan.FromSeconds(90), (ushort)179, "plain", true), (older.HoldTime, older.Port, older.Password.Clear, older.Bfd!.Passive));
        Assert.True(older.SelectsNode(new Dictionary<string, string> { ["rack"] = "one", ["kubernetes.io/hostname"] = "node-b" }));
        Assert.False(older.SelectsNode(new Dictionary<string, string> { ["rack"] = "one", ["kubernetes.io/hostname"] = "node-c" }));
        Assert.Equal("64500:1 64500:9 65535:65282 large:64500:1:1", string.Join(' ', configuration.BgpAdvertisements[0].Communities));
        Assert.Equal(["public"], configuration.BgpAdvertisements[0].Pools);
    }

    [Fact]
    public async Task Samples_AreAllInForce()
    {
        await Server.Server.LoadManifestsAsync(Path.Combine(Product.Config, "samples"), Cancellation);
        var configuration = await BuildAsync();
        Assert.All(configuration.Verdicts, v => Assert.True(v.Reason == VerdictReason.Accepted, v.Message));
        Assert.Equal((3, 3, 1), (configuration.BgpPeers.Count, configuration.BgpAdvertisements.Count, configuration.BfdProfiles.Count));
        Assert.Equal((byte)1, configuration.BgpPeers[0].TtlSecurityHops);
        Assert.Equal(125_000_000f, configuration.BgpAdvertisements[0].BandwidthPerEndpoint);
    }

    [Fact]
    public async Task EveryFieldThatIsOurs_ArrivesUnderItsName()
    {
        const string Peer = """{"metadata":{"name":"p"},"spec":{"myASN":1,"peerASN":2,"localASN":3,"peerAddress":"192.0.2.1","dualStackAddressFamily":true,"enableGracefulRestart":true,"restartTime":"2m","ttlSecurityHops":3,"passive":true,"maxReceivedPrefixes":4,"maxAnnouncedPrefixes":5,"routerID":"0.0.0.7"}}""";
        const string Advertisement = """{"metadata":{"name":"a"},"spec":{"med":6,"asPathPrepend":7,"allowedServiceCommunities":["1:8"],"bandwidthPerEndpoint":"8k"}}""";
        Assert.Equal(201, (await Server.PostAsync(Product.PathOf("bgppeers", "v1beta2"), JsonNode.Parse(Peer)!)).Code);
        Assert.Equal(201, (await Server.PostAsync(Product.PathOf("bgpadvertisements"), JsonNode.Parse(Advertisement)!)).Code);
        var configuration = await BuildAsync();
        var peer = Assert.Single(configuration.BgpPeers);
        Assert.Equal((3u, true, TimeSpan.FromMinutes(2), (byte)3, true), (peer.LocalAsn, peer.DualStack, peer.RestartTime, peer.TtlSecurityHops, peer.Passive));
        Assert.Equal((4u, 5u, 7u), (peer.MaxReceivedPrefixes, peer.MaxAnnouncedPrefixes, peer.RouterId));
        var advertisement = Assert.Single(configuration.BgpAdvertisements);
        Assert.Equal((6u, (byte)7, "1:8", 1000f), (advertisement.Med, advertisement.AsPathPrepend, advertisement.AllowedServiceCommunities[0].ToString(), advertisement.BandwidthPerEndpoint));
    }

    [Fact]
    public async Task Sessions_OfTwoSpeakersAndAVerdict_StandBesideEachOther()
    {
        Assert.Equal(201, (await Server.PostAsync(Product.PathOf("bgppeers", "v1beta2"), JsonNode.Parse("""{"metadata":{"name":"r"},"spec":{"myASN":1,"peerASN":2,"peerAddress":"192.0.2.1"}}""")!)).Code);
        using var speaker = ClientOf(Server.Server.IssueToken(Product.Namespace, "speaker", TimeSpan.FromMinutes(10)));
        await ApplyAsync(speaker, "a", "Established");
        await ApplyAsync(speaker, "b", "Active");
        var (code, _) = await Server.PatchAsync(
            Product.PathOf("bgppeers", "v1beta2") + "/r/status",
            """{"status":{"conditions":[{"type":"Accepted","status":"True","reason":"Accepted","message":"","lastTransitionTime":"2026-01-02T03:04:05Z"}]}}""");
        Assert.Equal(200, code);
        await ApplyAsync(speaker, "b", "Established");

        var status = (await Client.FindAsync(Kinds.BGPPeer, Product.Namespace, "r", Cancellation))!.Status;

        Assert.Equal(["a Established", "b Established"], status.Sessions.Select(s => $"{s.Node} {s.State}").Order());
        var session = status.Sessions[0];
        Assert.Equal((64501, "192.0.2.1", 3, 0, "Up"), (session.PeerAsn!.Value, session.RouterId, session.PrefixesSent!.Value, session.PrefixesReceived!.Value, session.BfdState));
        Assert.Equal((new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "ipv4-unicast", "route-refresh", "hold time expired"), (session.Since, session.Families[0], session.Capabilities[0], session.LastError));
        Assert.Single(status.Conditions);

        await speaker.ApplyAsync(
            Kinds.BGPPeer, new() { Metadata = new() { Namespace = Product.Namespace, Name = "r" } }, new("status", "speaker-a", Force: true), Cancellation);
        Assert.Equal("b", Assert.Single((await Client.FindAsync(Kinds.BGPPeer, Product.Namespace, "r", Cancellation))!.Status.Sessions).Node);
    }

    [Fact]
    public async Task ServiceBGPStatus_IsWrittenAndRemovedByASpeaker()
    {
        using var speaker = ClientOf(Server.Server.IssueToken(Product.Namespace, "speaker", TimeSpan.FromMinutes(10)));
        var made = await speaker.CreateAsync(Kinds.ServiceBGPStatus, new() { Metadata = new() { Namespace = Product.Namespace, GenerateName = "bgp-" } }, Cancellation);
        var name = made.Metadata.Name!;
        await speaker.ApplyAsync(
            Kinds.ServiceBGPStatus,
            new() { Metadata = new() { Namespace = Product.Namespace, Name = name }, Status = new() { Node = "a", ServiceName = "web", ServiceNamespace = "shop", Peers = ["r1", "r2"] } },
            new("status", "speaker-a", Force: true),
            Cancellation);
        var read = Assert.Single((await speaker.ListAsync(Kinds.ServiceBGPStatus, new(Product.Namespace), Cancellation)).Items);
        Assert.Equal(("a", "web", "shop"), (read.Status.Node, read.Status.ServiceName, read.Status.ServiceNamespace));
        Assert.Equal(["r1", "r2"], read.Status.Peers);
        Assert.True(await speaker.DeleteAsync(Kinds.ServiceBGPStatus, Product.Namespace, name, default, Cancellation));
    }

    [Theory]
    [InlineData(Product.Namespace, true)]
    [InlineData("default", false)]
    public async Task Secrets_AreReadBySpeakers_InTheirNamespaceOnly(string ns, bool allowed)
    {
        using var speaker = ClientOf(Server.Server.IssueToken(Product.Namespace, "speaker", TimeSpan.FromMinutes(10)));
        var list = speaker.ListAsync(Kinds.Secret, new(ns), Cancellation);
        if (allowed)
            Assert.Empty((await list).Items);
        else
            Assert.Equal(403, (await Assert.ThrowsAsync<Kubernetes.Client.ApiException>(() => list)).Code);
    }

    private static Task ApplyAsync(ApiClient client, string node, string state) => client.ApplyAsync(
        Kinds.BGPPeer,
        new()
        {
            Metadata = new() { Namespace = Product.Namespace, Name = "r" },
            Status = new()
            {
                Sessions =
                [
                    new()
                    {
                        Node = node,
                        State = state,
                        Since = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
                        LastError = "hold time expired",
                        PeerAsn = 64501,
                        RouterId = "192.0.2.1",
                        Families = ["ipv4-unicast"],
                        Capabilities = ["route-refresh"],
                        PrefixesSent = 3,
                        PrefixesReceived = 0,
                        BfdState = "Up",
                    },
                ],
            },
        },
        new("status", "speaker-" + node, Force: true),
        Cancellation);

    private ApiClient ClientOf(string token) =>
        new(new KubeConfig { Server = new Uri(Server.Server.Url), Token = token }, new ApiClientOptions(), TimeProvider.System, new Random(1));

    private async Task<Configuration> BuildAsync() => Configuration.Build(new ManifestSet(
        [.. (await Client.ListAsync(Kinds.IPAddressPool, default, Cancellation)).Items.Select(Kubernetes.Configuration.Manifests.Of)],
        [.. (await Client.ListAsync(Kinds.L2Advertisement, default, Cancellation)).Items.Select(Kubernetes.Configuration.Manifests.Of)],
        Product.Namespace)
    {
        BgpPeers = [.. (await Client.ListAsync(Kinds.BGPPeer, default, Cancellation)).Items.Select(Kubernetes.Configuration.Manifests.Of)],
        BgpAdvertisements = [.. (await Client.ListAsync(Kinds.BGPAdvertisement, default, Cancellation)).Items.Select(Kubernetes.Configuration.Manifests.Of)],
        Communities = [.. (await Client.ListAsync(Kinds.Community, default, Cancellation)).Items.Select(Kubernetes.Configuration.Manifests.Of)],
        BfdProfiles = [.. (await Client.ListAsync(Kinds.BFDProfile, default, Cancellation)).Items.Select(Kubernetes.Configuration.Manifests.Of)],
    });
}
