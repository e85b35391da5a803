// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement;

/// <summary>An able node, by its index in the placer's node list.</summary>
public readonly record struct AbleNode(int Index, int Score);

/// <summary>An address nobody answers for, and who could.</summary>
public readonly record struct PlacementRequest
{
    /// <summary>The address.</summary>
    public required IpAddr Address { get; init; }

    /// <summary>Addresses of one group go together.</summary>
    public required string Group { get; init; }

    /// <summary>Nodes that can take it.</summary>
    public required IReadOnlyList<AbleNode> Able { get; init; }

    /// <summary>Index of the node to keep it on if that is able; -1 for none.</summary>
    public int Recorded { get; init; }

    /// <summary>How many of the first choices to pass over, because they had their time and did not take it.</summary>
    public int Skip { get; init; }
}
