// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Bfd;

namespace LoadBalancer.Speaker.Bgp;

// What other threads may ask beside the reports.
internal sealed partial class BgpPlane
{
    /// <summary>How BFD stands with each router.</summary>
    public Task<BfdSnapshot> ReadBfdAsync(CancellationToken limit) => _bfd.ReadAsync(limit);

    /// <summary>How many connections were closed unread.</summary>
    public Refusals Refusals => _refusals;

    private NeighborReport Told(PeerIntent intent) =>
        intent.Peer.Range is not null ? Explained(NeighborReport.OfRange(intent, [.. _dynamic.Of(intent.Peer.Name).Select(static n => n.Report())]))
        : _neighbors.TryGetValue(intent.Peer.Name, out BgpNeighbor? neighbor) ? Explained(neighbor.Report())
        : NotFound(intent);

    private NeighborReport NotFound(PeerIntent intent) =>
        new(intent with { Hindrance = intent.Hindrance ?? _unnumbered.WhyNone(intent.Peer.Interface ?? "") }, null, null, 0, 0, 0, null, null);

    // A peer that is to come to us cannot while the port is somebody else's.
    private NeighborReport Explained(NeighborReport report) =>
        report.Intent is { Hindrance: null, Peer.Passive: true } && _port.WhyNot(report.Intent) is { } fault && report.Session?.Negotiated is null
            ? report with { Intent = report.Intent with { Hindrance = $"the peer is to connect to this node, and it cannot: {fault}" } }
            : report;
}
