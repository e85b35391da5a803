// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>What a speaker is to its peer (RFC 9234 4.1); a peer may send others.</summary>
public enum BgpRole : byte
{
    /// <summary>Gives transit to the peer.</summary>
    Provider = 0,

    /// <summary>A route server.</summary>
    RouteServer = 1,

    /// <summary>A client of a route server.</summary>
    RouteServerClient = 2,

    /// <summary>Takes transit from the peer.</summary>
    Customer = 3,

    /// <summary>Exchanges its own and its customers' routes.</summary>
    Peer = 4,
}
