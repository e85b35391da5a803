// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using LoadBalancer.Bfd;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Linux.Bfd;
using LoadBalancer.Speaker.Bgp;

namespace LoadBalancer.Speaker;

/// <summary>The metrics of BGP and BFD, under MetalLB's names where it has them; read from what was reported last.</summary>
internal sealed class BgpMetrics : IDisposable
{
    private readonly Meter _meter = new(SpeakerMetrics.MeterName);
    private readonly Func<BgpReport> _last;
    private volatile BfdSnapshot? _bfd;
    private volatile IReadOnlyDictionary<string, int> _planned = new Dictionary<string, int>();

    public BgpMetrics(Func<BgpReport> last, Refusals refusals)
    {
        _last = last;
        Gauge("metallb_bgp_session_up", "1 while the session with the peer is established.", static n => n.Session?.State == SessionState.Established ? 1 : 0);
        Gauge("metallb_bgp_announced_prefixes_total", "Prefixes the peer has been told.", SessionElement.Sent);
        Gauge("metallb_bgp_pending_prefixes_total", "Prefixes meant for the peer that it has not been told, whatever the reason.", n => Math.Max(0, _planned.GetValueOrDefault(n.Name) - SessionElement.Sent(n)));
        Gauge("metallb_bgp_received_prefixes_total", "Prefixes the peer announces; none is installed.", SessionElement.Received);
        Counter("metallb_bgp_updates_total", "UPDATE messages sent.", static n => n.UpdatesSent);
        Sent("metallb_bgp_opens_sent", "OPEN messages sent.", static c => c.Open);
        Received("metallb_bgp_opens_received", "OPEN messages received.", static c => c.Open);
        Sent("metallb_bgp_notifications_sent", "NOTIFICATION messages sent.", static c => c.Notification);
        Received("metallb_bgp_updates_total_received", "UPDATE messages received.", static c => c.Update);
        Sent("metallb_bgp_keepalives_sent", "KEEPALIVE messages sent.", static c => c.Keepalive);
        Received("metallb_bgp_keepalives_received", "KEEPALIVE messages received.", static c => c.Keepalive);
        Sent("metallb_bgp_route_refresh_sent", "ROUTE-REFRESH messages sent.", static c => c.RouteRefresh);
        Counter("metallb_bgp_total_sent", "Messages sent.", static n => n.UpdatesSent + (n.Session?.Counters.Sent.Total ?? 0));
        Received("metallb_bgp_total_received", "Messages received.", static c => c.Total);
        _meter.CreateObservableCounter("loadbalancer_bgp_session_transitions_total", Transitions, description: "Times the session with the peer came up or went down.");
        _meter.CreateObservableGauge("loadbalancer_bgp_last_end", Ends, description: "1, with the reason the last session or attempt to have one ended for.");
        _meter.CreateObservableGauge("loadbalancer_bgp_dynamic_peers", Dynamic, description: "Peers from the prefix of a BGPPeer, by whether their session is established.");
        _meter.CreateObservableCounter(
            "loadbalancer_bgp_connections_refused_total",
            () => Enum.GetValues<Refusal>().Select(r => new Measurement<long>(refusals.Count(r), new KeyValuePair<string, object?>("reason", r.ToString().ToLowerInvariant()))),
            description: "Connections to the BGP port that were closed unread: from an address no BGPPeer has, with all places of a prefix taken, or while the peer must have no session.");
        _meter.CreateObservableGauge("metallb_bfd_session_up", () => Paths(static v => v.State == BfdState.Up ? 1 : 0), description: "1 while BFD sees the path to the peer.");
        _meter.CreateObservableCounter("metallb_bfd_control_packet_input", () => Paths(static v => v.Received), description: "BFD packets received.");
        _meter.CreateObservableCounter("metallb_bfd_control_packet_output", () => Paths(static v => v.Sent), description: "BFD packets sent.");
        _meter.CreateObservableCounter("metallb_bfd_session_up_events", () => Paths(static v => v.UpCount), description: "Times the path to the peer came up.");
        _meter.CreateObservableCounter("metallb_bfd_session_down_events", () => Paths(static v => v.FailureCount), description: "Times the path to the peer failed.");
    }

    /// <summary>Takes what BFD counted and how many prefixes are meant for each peer; a scrape asks for both first.</summary>
    public void Take(BfdSnapshot bfd, IReadOnlyDictionary<string, int> planned) => (_bfd, _planned) = (bfd, planned);

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?>[] Tags(NeighborReport neighbor) => [new("peer", PeerLabel(neighbor)), new("vrf", neighbor.Intent.Peer.Vrf ?? "default")];

    private static string PeerLabel(NeighborReport neighbor) => (neighbor.Remote ?? neighbor.Intent.Peer.Address) is not { } address
        ? neighbor.Intent.Peer.Interface ?? neighbor.Name
        : address.IsIPv4 ? $"{address}:{neighbor.Intent.Peer.Port}" : $"[{address}]:{neighbor.Intent.Peer.Port}";

    private void Gauge(string name, string description, Func<NeighborReport, long> value) => _meter.CreateObservableGauge(
        name, () => _last().Sessions.Select(n => new Measurement<long>(value(n), Tags(n))), description: description);

    private void Counter(string name, string description, Func<NeighborReport, long> value) => _meter.CreateObservableCounter(
        name, () => _last().Sessions.Select(n => new Measurement<long>(value(n), Tags(n))), description: description);

    private void Sent(string name, string description, Func<MessageCounts, long> value) => Counter(name, description, n => n.Session is { } s ? value(s.Counters.Sent) : 0);

    private void Received(string name, string description, Func<MessageCounts, long> value) => Counter(name, description, n => n.Session is { } s ? value(s.Counters.Received) : 0);

    private IEnumerable<Measurement<long>> Transitions() => _last().Sessions.SelectMany(static n => (Measurement<long>[])
        [
            new(n.Session?.Counters.Established ?? 0, [.. Tags(n), new("to", "up")]),
            new(n.Session?.Counters.Dropped ?? 0, [.. Tags(n), new("to", "down")]),
        ]);

    private IEnumerable<Measurement<long>> Dynamic() => _last().Neighbors.Where(static n => n.Intent.Peer.Range is not null).SelectMany(static n =>
    {
        int up = n.Members.Count(static m => m.Session?.State == SessionState.Established);
        return (Measurement<long>[])
        [
            new(up, new("bgp_peer", n.Name), new("established", "true")),
            new(n.Members.Length - up, new("bgp_peer", n.Name), new("established", "false")),
        ];
    });

    private IEnumerable<Measurement<long>> Ends() => _last().Sessions.Where(static n => n.Session?.LastEnd is not null)
        .Select(static n => new Measurement<long>(1, [.. Tags(n), new("reason", n.Session!.LastEnd!.Reason.ToString())]));

    // One BFD session guards all routers that share a path: each of them shows it.
    private IEnumerable<Measurement<long>> Paths(Func<BfdSessionView, long> value)
    {
        NeighborReport[] neighbors = [.. _last().Sessions];
        foreach (BfdSessionView view in _bfd?.Sessions ?? [])
            foreach (NeighborReport neighbor in neighbors.Where(n => n.Intent.Peer.Bfd is not null && n.Remote is { } remote && remote == view.Path.Remote))
                yield return new(value(view), Tags(neighbor));
    }
}
