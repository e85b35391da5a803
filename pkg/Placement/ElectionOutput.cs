// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Membership;

namespace LoadBalancer.Placement;

/// <summary>A heartbeat to send as it is to the group on that interface.</summary>
public readonly record struct OutgoingHeartbeat(string Interface, ReadOnlyMemory<byte> Datagram);

/// <summary>What one tick wants done; the owner performs it and clears it. Changes first: they are what clients wait for.</summary>
public sealed class ElectionOutput
{
    /// <summary>Addresses to start or stop answering for, in order.</summary>
    public IList<ElectionChange> Changes { get; } = new List<ElectionChange>();

    /// <summary>Heartbeats to send.</summary>
    public IList<OutgoingHeartbeat> Heartbeats { get; } = new List<OutgoingHeartbeat>();

    /// <summary>Transitions of other nodes.</summary>
    public IList<MemberEvent> Members { get; } = new List<MemberEvent>();

    /// <summary>Empties all.</summary>
    public void Clear()
    {
        Changes.Clear();
        Heartbeats.Clear();
        Members.Clear();
    }
}
