// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>A rule of policy routing: which packets look in which table (ip-rule(8)).</summary>
/// <param name="Family">The family.</param>
/// <param name="Priority">Its place: lower is asked first. Not 0, which is the kernel's own.</param>
public sealed record HeldRule(IpFamily Family, uint Priority)
{
    /// <summary>Sources it is for; null for all.</summary>
    public IpPrefix? From { get; init; }

    /// <summary>Destinations it is for; null for all.</summary>
    public IpPrefix? To { get; init; }

    /// <summary>The packet mark it is for, under <see cref="MarkMask"/>; null for any.</summary>
    public uint? Mark { get; init; }

    /// <summary>The bits of the mark that count.</summary>
    public uint MarkMask { get; init; } = uint.MaxValue;

    /// <summary>The interface packets come from (lo for those of this host); null for any.</summary>
    public string? IncomingInterface { get; init; }

    /// <summary>The interface a socket is bound to; null for any.</summary>
    public string? OutgoingInterface { get; init; }

    /// <summary>What it does.</summary>
    public RuleAction Action { get; init; } = RuleAction.Lookup;

    /// <summary>Where <see cref="RuleAction.Lookup"/> looks.</summary>
    public uint Table { get; init; } = HeldRoute.MainTable;

    /// <summary>For what does not match.</summary>
    public bool IsInverted { get; init; }

    /// <summary>Who adds it (FRA_PROTOCOL, Linux 4.17), by which leftovers are known.</summary>
    public byte Protocol { get; init; }
}
