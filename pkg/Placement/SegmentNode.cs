// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement;

/// <summary>A node as one evaluation sees it.</summary>
internal sealed record SegmentNode(string Name, string Interface, IReadOnlyList<IpPrefix> Prefixes, Ineligibility Presence)
{
    /// <summary>Nodes with like prefixes share a number: the address is compared once for all of them.</summary>
    public int PrefixClass { get; init; }
}
