// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Bfd;

namespace LoadBalancer.Speaker.Bgp;

// What other threads may ask beside the reports.
internal sealed partial class BgpPlane
{
    /// <summary>How BFD stands with each router.</summary>
    public Task<BfdSnapshot> ReadBfdAsync(CancellationToken limit) => _bfd.ReadAsync(limit);

    // A peer that is to come to us cannot while the port is somebody else's.
    private NeighborReport Explained(NeighborReport report) =>
        _listenFault is { } fault && report.Intent is { Hindrance: null, Peer.Passive: true } && report.Session?.Negotiated is null
            ? report with { Intent = report.Intent with { Hindrance = $"the peer is to connect to this node, and it cannot: {fault}" } }
            : report;
}
