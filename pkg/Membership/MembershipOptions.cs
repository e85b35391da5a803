// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Membership;

/// <summary>What all segments of one speaker share; every speaker of a cluster must use the same interval and key.</summary>
public sealed record MembershipOptions
{
    /// <summary>Name of this node, unique on the segment.</summary>
    public required string Node { get; init; }

    /// <summary>The shared key; null sends and takes unauthenticated heartbeats.</summary>
    public HeartbeatKey? Key { get; init; }

    /// <summary>Time between heartbeats; sent up to a twentieth early, never late, so that senders do not fall into step.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Missed heartbeats after which a node is dead.</summary>
    public int MissedHeartbeats { get; init; } = 3;

    /// <summary>Entries kept per segment, live and recently dead.</summary>
    public int MaxMembers { get; init; } = 4096;

    /// <summary>Claims of others kept per segment.</summary>
    public int MaxClaims { get; init; } = 131_072;

    /// <summary>Silence after which a node is dead: the missed heartbeats and a tenth of an interval for the network.</summary>
    public TimeSpan DeadTime => (Interval * MissedHeartbeats) + (Interval / 10);
}
