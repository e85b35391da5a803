// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>Tells a BGPPeer of each transition of this node's session with it, by an event.</summary>
internal sealed class SessionTransitions(EventRecorder events, string node)
{
    private readonly Dictionary<string, (bool Up, string? Hindrance)> _told = new(StringComparer.Ordinal);

    /// <summary>Takes what the plane reports.</summary>
    public void Take(BgpReport report, ConfigurationObjects objects)
    {
        foreach (NeighborReport neighbor in report.Neighbors)
        {
            bool up = neighbor.Session?.State == SessionState.Established;
            (bool wasUp, string? hindrance) = _told.GetValueOrDefault(neighbor.Name);
            _told[neighbor.Name] = (up, neighbor.Intent.Hindrance);
            if (objects.Peer(neighbor.Name) is not { } peer)
                continue;
            if (up && !wasUp)
                events.Record(peer, EventType.Normal, "sessionUp", $"node \"{node}\" has a session with {neighbor.Remote}, AS {neighbor.Session!.Negotiated?.PeerAs}");
            else if (!up && wasUp)
                events.Record(peer, EventType.Warning, "sessionDown", $"node \"{node}\" has lost the session with {neighbor.Remote}: {neighbor.Session?.LastEnd?.Text ?? "it was removed"}");
            if (neighbor.Intent.Hindrance is { } why && why != hindrance)
                events.Record(peer, EventType.Warning, "sessionRefused", $"node \"{node}\" opens no session: {why}");
        }

        foreach (string gone in _told.Keys.Except(report.Neighbors.Select(static n => n.Name)).ToArray())
            _told.Remove(gone);
    }
}
