// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>What BFD, or whatever watches the path to the peer, says of it.</summary>
public enum PathStatus : byte
{
    /// <summary>Nothing yet.</summary>
    Unknown = 0,

    /// <summary>Packets pass.</summary>
    Up = 1,

    /// <summary>Packets passed and no longer do.</summary>
    Down = 2,

    /// <summary>Watching was switched off by either side, which says nothing of the path (RFC 5882 3.2).</summary>
    AdminDown = 3,
}
