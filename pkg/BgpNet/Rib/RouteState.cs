// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Rib;

/// <summary>Whether a route has been given out for a peer, and why not.</summary>
public enum RouteState
{
    /// <summary>There is no such route, and the peer has none.</summary>
    None,

    /// <summary>The peer has it as it is wanted.</summary>
    Advertised,

    /// <summary>It waits to be announced, or to be announced anew.</summary>
    WaitsToAnnounce,

    /// <summary>The peer has it, and it waits to be withdrawn.</summary>
    WaitsToWithdraw,

    /// <summary>The peer's policy is not among those it is offered to.</summary>
    NotOffered,

    /// <summary>The peer has as many routes of the family as its policy allows.</summary>
    PrefixLimit,

    /// <summary>The family was not agreed on with the peer.</summary>
    FamilyNotNegotiated,

    /// <summary>The session has no next hop that routes of the family may have.</summary>
    NoNextHop,

    /// <summary>It is a further path, and the peer takes one for each prefix (RFC 7911).</summary>
    NoAddPath,

    /// <summary>Its attributes leave no room for a prefix in a message.</summary>
    AttributesTooLong,
}
