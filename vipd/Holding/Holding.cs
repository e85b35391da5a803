// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;

namespace LoadBalancer.Vipd.Holding;

/// <summary>One instance's share of the kernel's tables: what is to be there while it is master, and what of it was put there by us.</summary>
internal sealed class Holding(HoldingPlan plan)
{
    public HoldingPlan Plan { get; set; } = plan;

    /// <summary>Whether the instance is master.</summary>
    public bool IsHeld { get; set; }

    /// <summary>What an earlier process held is still there, and whether it stays is not decided.</summary>
    public bool IsUndecided { get; set; }

    public HashSet<HeldAddress> Addresses { get; } = [];

    public HashSet<HeldRoute> Routes { get; } = [];

    public HashSet<HeldRule> Rules { get; } = [];

    /// <summary>Addresses somebody else had put there before: they are announced, and stay when we let go.</summary>
    public HashSet<HeldAddress> Foreign { get; } = [];

    /// <summary>Frames of the last announcement that wait to be sent.</summary>
    public int FramesWaiting { get; set; }

    /// <summary>What could not be done, as it was told.</summary>
    public HashSet<string> Faults { get; } = new(StringComparer.Ordinal);

    /// <summary>Addresses that are on this node although it is not master, as they were told.</summary>
    public HashSet<string> Strays { get; } = new(StringComparer.Ordinal);
}
