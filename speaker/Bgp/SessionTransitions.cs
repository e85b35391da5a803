// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>Tells a BGPPeer of each transition of this node's session with it, by an event.</summary>
internal sealed class SessionTransitions(EventRecorder events, string node)
{
    private readonly Dictionary<(string Peer, IpAddr? Remote), (bool Up, string? Hindrance)> _told = [];

    /// <summary>Takes what the plane reports.</summary>
    public void Take(BgpReport report, ConfigurationObjects objects)
    {
        // A prefix may have a hindrance of its own, sessions only those who connected from it.
        NeighborReport[] told = [.. report.Neighbors.Concat(report.Neighbors.SelectMany(static n => n.Members))];
        foreach (NeighborReport neighbor in told)
        {
            (string, IpAddr?) key = KeyOf(neighbor);
            bool isRange = key is (_, null) && neighbor.Intent.Peer.Range is not null;
            bool up = !isRange && neighbor.Session?.State == SessionState.Established;
            (bool wasUp, string? hindrance) = _told.GetValueOrDefault(key);
            _told[key] = (up, neighbor.Intent.Hindrance);
            if (objects.Peer(neighbor.Name) is not { } peer)
                continue;
            if (up && !wasUp)
                events.Record(peer, EventType.Normal, "sessionUp", $"node \"{node}\" has a session with {neighbor.Remote}, AS {neighbor.Session!.Negotiated?.PeerAs}");
            else if (!up && wasUp)
                events.Record(peer, EventType.Warning, "sessionDown", $"node \"{node}\" has lost the session with {neighbor.Remote}: {neighbor.Session?.LastEnd?.Text ?? "it was removed"}");
            if ((isRange || neighbor.Intent.Peer.Range is null) && neighbor.Intent.Hindrance is { } why && why != hindrance)
                events.Record(peer, EventType.Warning, "sessionRefused", $"node \"{node}\" opens no session: {why}");
        }

        foreach ((string, IpAddr?) gone in _told.Keys.Except(told.Select(KeyOf)).ToArray())
            _told.Remove(gone);
    }

    // The address of a configured peer may be learned, and then changes with the router: it is one and the same.
    private static (string, IpAddr?) KeyOf(NeighborReport neighbor) => (neighbor.Name, neighbor.Intent.Peer.Range is null ? null : neighbor.Remote);
}
