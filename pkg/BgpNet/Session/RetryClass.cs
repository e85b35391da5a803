// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>How long to wait after an end: by how likely the next attempt fares alike.</summary>
internal enum RetryClass : byte
{
    /// <summary>The way or the peer's process failed: 1 s, doubling to 60 s.</summary>
    Flap,

    /// <summary>The peer asked to be opened anew (6/4, 6/6): 1 s, doubling to 30 s.</summary>
    PeerReset,

    /// <summary>The peer's other connection should stay, or its old one must go first: 1 s, doubling to 5 s.</summary>
    Collision,

    /// <summary>The peer does not want us now (6/1, 6/2, 6/3, 6/5, 6/8), or we do not want so many prefixes: 30 to 40 s, doubling to 120 s.</summary>
    Refused,

    /// <summary>The two configurations do not fit, or one side is faulty: 5 s, doubling to 120 s.</summary>
    Misconfigured,

    /// <summary>We reset, or BFD did: at most 1 s, without a penalty.</summary>
    Prompt,
}
