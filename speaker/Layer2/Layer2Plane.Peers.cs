// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Layer2;

internal sealed partial class Layer2Plane
{
    private IReadOnlyList<IpAddr> _peers;
    private HashSet<IpAddr> _ownAddresses = [];

    /// <summary>Replaces whom heartbeats are sent to by unicast; false when the mailbox is full, and nothing is changed.</summary>
    public bool TrySetPeers(IReadOnlyList<IpAddr> peers) => Reactor.TryPost(() =>
    {
        _peers = peers;
        SpreadPeers();
    });

    private void TakeOwnAddresses(ImmutableArray<LinkInfo> links) =>
        _ownAddresses = [.. links.SelectMany(l => l.Addresses).Select(a => a.Address)];

    // Heartbeats count only from the segment itself (hop limit 255): a peer is spoken to where its address is on the link.
    private void SpreadPeers()
    {
        foreach (AnnouncingInterface on in _interfaces.Values)
        {
            on.Peers = [.. _peers.Where(p => !_ownAddresses.Contains(p) && (p.IsLinkLocal || on.Prefixes.Any(x => x.Contains(p))))];
        }
    }
}
