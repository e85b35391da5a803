// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Routing;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>What the cluster wants of BGP, handed to the plane's thread as one value.</summary>
internal sealed record BgpIntent
{
    /// <summary>All peers of this node; null when none has changed.</summary>
    public IReadOnlyList<PeerIntent>? Peers { get; init; }

    /// <summary>Prefixes that are told otherwise than before.</summary>
    public IReadOnlyList<RouteChange> Routes { get; init; } = [];

    /// <summary>Whether every route is marked as going away (RFC 8326); a change of it comes with all routes.</summary>
    public bool Draining { get; init; }

    /// <summary>Whether all routes that exist have been handed over, so that peers may drop what is not among them.</summary>
    public bool IsComplete { get; init; }
}

/// <summary>A peer of this node.</summary>
/// <param name="Peer">Its configuration.</param>
/// <param name="Group">The peer group whose routes it gets.</param>
/// <param name="RouterId">Our BGP identifier, host order.</param>
/// <param name="Key">The password; the same object as long as it has not changed.</param>
/// <param name="Hindrance">Why there must be no session, in a sentence; null when there may.</param>
internal sealed record PeerIntent(BgpPeer Peer, int Group, uint RouterId, TcpKey? Key, string? Hindrance);
