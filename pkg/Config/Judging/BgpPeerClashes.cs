// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Config.Judging;

/// <summary>
/// Which BGPPeers do not go together on one node. Unlike MetalLB's daemon, ours has an AS number and a router ID for each session of its
/// own, so only what makes two sessions one is a clash; router IDs that differ are worth a warning.
/// </summary>
internal static class BgpPeerClashes
{
    public static Clash? Compare(BgpPeer peer, BgpPeer other)
    {
        NodeOverlap overlap = NodeOverlaps.Of(peer.NodeSelectors, other.NodeSelectors);
        if (overlap == NodeOverlap.None)
            return null;
        if (SameSession(peer, other))
            return overlap == NodeOverlap.Certain
                ? new($"has the same {Identifier(peer)} as BGPPeer {other.Name}, and nodes that both select: change one of them, or its spec.nodeSelectors", true)
                : new($"has the same {Identifier(peer)} as BGPPeer {other.Name}: a node that spec.nodeSelectors of both select keeps the session of the older one only", false);
        return peer.RouterId is { } mine && other.RouterId is { } theirs && mine != theirs
            ? new($"spec.routerID is {IpAddr.FromUInt32(mine)} and that of BGPPeer {other.Name} {IpAddr.FromUInt32(theirs)}: nodes that both select show each "
                + "router its own, and routers of one AS may take them for two; give both the same, or none", false)
            : null;
    }

    /// <summary>Whether two peers are one and the same session on a node: a router is told by address, port and VRF, or by interface.</summary>
    public static bool SameSession(BgpPeer peer, BgpPeer other) =>
        peer.Interface == other.Interface && peer.Address == other.Address && (peer.Interface is not null || (peer.Port == other.Port && peer.Vrf == other.Vrf));

    private static string Identifier(BgpPeer peer) => peer.Interface is { } name
        ? $"spec.interface {name}"
        : $"spec.peerAddress {peer.Address} and spec.peerPort {peer.Port}{(peer.Vrf is { } vrf ? $" in VRF {vrf}" : "")}";
}
