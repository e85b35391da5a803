// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config;

/// <summary>An accepted L2Advertisement with its pools, refused ones too, resolved to names, in order. Empty selector lists select everything.</summary>
public sealed record L2Advertisement(string Namespace, string Name, IReadOnlyList<string> Pools) : INamedObject
{
    public IReadOnlyList<LabelSelector> NodeSelectors { get; init; } = [];

    public IReadOnlyList<string> Interfaces { get; init; } = [];

    public IReadOnlyList<LabelSelector> ServiceSelectors { get; init; } = [];

    public IReadOnlyList<PreferredNode> PreferredNodes { get; init; } = [];

    public Failback Failback { get; init; }

    public bool SelectsPool(string pool)
    {
        foreach (string name in Pools)
            if (name == pool)
                return true;
        return false;
    }

    public bool SelectsNode(IReadOnlyDictionary<string, string> labels) =>
        NodeSelectors.Count == 0 || LabelSelector.AnyMatches(NodeSelectors, labels);

    public bool SelectsService(IReadOnlyDictionary<string, string> labels) =>
        ServiceSelectors.Count == 0 || LabelSelector.AnyMatches(ServiceSelectors, labels);
}

/// <summary>A compiled preference: weight 1 to 100.</summary>
public sealed record PreferredNode(int Weight, LabelSelector Selector);
