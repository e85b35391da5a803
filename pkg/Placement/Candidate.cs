// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Placement;

/// <summary>What the API says about one node for an address.</summary>
public sealed record Candidate
{
    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>None when the API has nothing against the node.</summary>
    public Ineligibility Ineligibility { get; init; }

    /// <summary>Preference: the highest score among the eligible is asked first (preferredNodeSelectors).</summary>
    public int Score { get; init; }

    /// <summary>Interfaces advertisements name for this node; null: any whose prefix holds the address.</summary>
    public IReadOnlyCollection<string>? Interfaces { get; init; }
}
