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
        if (Unsigned(peer, other) is { } hidden)
            return new(hidden, overlap == NodeOverlap.Certain);
        return peer.RouterId is { } mine && other.RouterId is { } theirs && mine != theirs
            ? new($"spec.routerID is {IpAddr.FromUInt32(mine)} and that of BGPPeer {other.Name} {IpAddr.FromUInt32(theirs)}: nodes that both select show each "
                + "router its own, and routers of one AS may take them for two; give both the same, or none", false)
            : null;
    }

    /// <summary>Whether two peers are one and the same session on a node: a router is told by address, port and VRF, or by interface, and dynamic ones by their prefix.</summary>
    public static bool SameSession(BgpPeer peer, BgpPeer other) =>
        peer.Interface == other.Interface && peer.Address == other.Address && peer.Range == other.Range && (peer.Interface is not null || (peer.Port == other.Port && peer.Vrf == other.Vrf));

    // The kernel looks up a password by the longest prefix that has one, and cannot be told that an address within has none.
    private static string? Unsigned(BgpPeer peer, BgpPeer other)
    {
        if (Hides(other, peer))
            return $"has no password, and its spec.peerAddress {Where(peer)} lies in {other.Range} of BGPPeer {other.Name}, which has one: connections without are not let in there; give it a password as well";
        return Hides(peer, other)
            ? $"has a password for spec.peerAddress {peer.Range}, in which {Where(other)} of BGPPeer {other.Name} lies, which has none: connections without are not let in there; give that one a password as well"
            : null;
    }

    private static bool Hides(BgpPeer outer, BgpPeer inner) =>
        outer.Range is { } range && !outer.Password.IsNone && inner.Passive && inner.Password.IsNone
        && (inner.Range is { } within ? range.Contains(within) : inner.Address is { } address && range.Contains(address));

    private static string Where(BgpPeer peer) => peer.Range?.ToString() ?? peer.Address.ToString()!;

    private static string Identifier(BgpPeer peer) => peer.Interface is { } name
        ? $"spec.interface {name}"
        : peer.Range is { } range ? $"spec.peerAddress {range}"
        : $"spec.peerAddress {peer.Address} and spec.peerPort {peer.Port}{(peer.Vrf is { } vrf ? $" in VRF {vrf}" : "")}";
}
