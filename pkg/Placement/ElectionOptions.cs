// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Membership;

namespace LoadBalancer.Placement;

/// <summary>Settings of one speaker's election.</summary>
public sealed record ElectionOptions
{
    /// <summary>Name, key and timing of the heartbeats.</summary>
    public required MembershipOptions Membership { get; init; }

    /// <summary>How long an address that was given up is still answered for while no successor has claimed it.</summary>
    public TimeSpan HandoverLimit { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the first choice may leave an address unclaimed before the next one takes it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Time between two addresses a node takes back by failback.</summary>
    public TimeSpan FailbackSpacing { get; init; } = TimeSpan.FromSeconds(1);
}
