// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime.Options;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Cluster;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Tests;

/// <summary>Things as tests need them, to be changed by <c>with</c>.</summary>
internal static class Sample
{
    public const string Node = "node-1";
    public const string Namespace = "lb";
    public static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();
    public static readonly ObjectKey Web = new("shop", "web");

    public static MonoTime At(double seconds) => new((long)(seconds * 1e9));

    public static BgpPeer Peer(string name = "tor") => new(Namespace, name) { MyAsn = 64512, PeerAsn = PeerAsn.Of(64513), Address = IpAddr.Parse("192.0.2.1") };

    public static PeerIntent Intent(BgpPeer? peer = null) => new(peer ?? Peer(), 0, 0xC0000214, null, null);

    public static NegotiatedSession Negotiated() => new()
    {
        PeerAs = 64513,
        PeerIdentifier = 0xC0000201,
        Peer = new PeerCapabilities(),
        HoldSeconds = 90,
        Families = [AfiSafi.IPv4Unicast],
        Receive = new UpdateContext { IPv4Unicast = true },
    };

    public static SessionSnapshot Session(SessionState state, double since = 0) => new()
    {
        State = state,
        Since = At(since),
        Running = true,
        Negotiated = state == SessionState.Established ? Negotiated() : null,
        LastEnd = null,
        NextAttempt = MonoTime.Never,
        ConnectRetryCounter = 0,
        Counters = default,
        Families = [new FamilySnapshot(AfiSafi.IPv4Unicast) { Negotiated = true, Prefixes = 7 }],
    };

    public static SessionEnd End(string text, double at = 0) => new(SessionEndReason.ConnectionClosed, At(at), text) { State = SessionState.Established };

    public static NeighborReport Neighbor(SessionState state, int advertised = 3, double since = 0, string name = "tor") =>
        new(Intent(Peer(name)), IpAddr.Parse("192.0.2.1"), Session(state, since), advertised, 0, 1, null, null);

    /// <summary>A prefix that peers with the last octets 1, 2 ... connected from.</summary>
    public static NeighborReport Range(params SessionState[] members)
    {
        PeerIntent intent = Intent(Peer() with { Address = null, Range = IpPrefix.Parse("192.0.2.0/24"), Passive = true });
        return NeighborReport.OfRange(intent, [.. members.Select((state, i) => Neighbor(state) with { Intent = intent, Remote = IpAddr.Parse($"192.0.2.{i + 1}") })]);
    }

    public static BgpReport Report(params NeighborReport[] neighbors) => new([.. neighbors], 0, 0, default);

    public static AnnouncedService Service(string name = "web", bool local = false, params string[] addresses) => new(
        new ObjectKey("shop", name),
        new Service { Metadata = new() { Namespace = "shop", Name = name } },
        [.. (addresses.Length == 0 ? ["198.51.100.1"] : addresses).Select(IpAddr.Parse)],
        local,
        false,
        "",
        NoLabels);

    /// <summary>A slice of the Service "web"; each endpoint is a node's name, with a question mark when it is not ready.</summary>
    public static EndpointSlice Slice(string name, params string[] endpoints) => new()
    {
        Metadata = new() { Namespace = "shop", Name = name, Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = "web" } },
        Endpoints = [.. endpoints.Select(e => new Endpoint { NodeName = e.Length == 0 ? null : e.TrimEnd('?'), Conditions = new(!e.EndsWith('?'), null, null) })],
    };

    public static SpeakerOptions Options => new()
    {
        Common = new CommonOptions
        {
            KubeConfigPath = null,
            Namespace = Namespace,
            PodName = "speaker",
            LoadBalancerClass = null,
            LogLevel = LogLevel.Information,
            Diagnostics = new(System.Net.IPAddress.Loopback, 0, 0),
        },
        NodeName = Node,
        IgnoreExcludeLabel = false,
        HeartbeatKey = default,
        DrainCordoned = true,
        BgpLeave = BgpLeave.Restart,
        BgpDrainTime = TimeSpan.Zero,
        HeartbeatPort = 7946,
        HeartbeatPeers = HeartbeatPeers.Parse(""),
        HeartbeatInterval = TimeSpan.FromMilliseconds(100),
        RefreshInterval = TimeSpan.Zero,
        ExcludeInterfaces = [],
    };
}
