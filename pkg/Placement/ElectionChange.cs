// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement;

/// <summary>Why this node starts or stops answering for an address.</summary>
public enum ElectionReason : byte
{
    /// <summary>Starts: nobody answered for it.</summary>
    Unclaimed = 1,

    /// <summary>Starts: it comes back to its better node.</summary>
    Failback = 2,

    /// <summary>Starts: the API says that its holder cannot serve it.</summary>
    HolderUnable = 3,

    /// <summary>Stops: another node's claim stands.</summary>
    TakenOver = 4,

    /// <summary>Stops: this node cannot serve it, and no other took it in time.</summary>
    Unable = 5,

    /// <summary>Stops: nobody wants the address any more.</summary>
    Unwanted = 6,

    /// <summary>Stops: the link went down, or the interface is gone.</summary>
    LinkDown = 7,

    /// <summary>Stops: this process was not run for so long that others have taken over.</summary>
    Stalled = 8,
}

/// <summary>This node starts or stops answering for an address on an interface.</summary>
public readonly record struct ElectionChange(string Interface, IpAddr Address, bool Announce, ElectionReason Reason, uint Epoch);
