// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Nftables;

/// <summary>
/// Which endpoint a new connection gets; what is established stays where it is (conntrack). Weights count in all of them.
/// The kernel knows no number of connections per endpoint, so there is no least-connection here.
/// </summary>
public enum Scheduler : byte
{
    /// <summary>Any (numgen random): fair over many connections, whichever node asks.</summary>
    Random,

    /// <summary>One after the other (numgen inc), from the first again after a change. Weights are interleaved.</summary>
    RoundRobin,

    /// <summary>By the client's address (jhash): the same one while the endpoints are the same; a change moves most clients.</summary>
    SourceHash,

    /// <summary>
    /// By the client's address over a fixed number of slots, each given to the endpoint that draws highest for it: the same
    /// one on every node, and an endpoint that goes moves only its own clients. How even it is depends on the slots: with 256
    /// and 3 endpoints shares are within a few per cent, with more than some 50 endpoints single ones get twice another's.
    /// </summary>
    ConsistentHash,
}
