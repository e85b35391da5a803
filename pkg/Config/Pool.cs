// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Config;

/// <summary>An accepted pool. Ranges are in the order of the manifest and overlap with no other range of any pool.</summary>
public sealed record Pool(
    string Namespace, string Name, long CreatedAt, IReadOnlyList<IpRange> Ranges, IReadOnlyDictionary<string, string> Labels)
{
    public bool AutoAssign { get; init; } = true;

    public bool AvoidBuggyIPs { get; init; }

    /// <summary>Lower is earlier, also below zero; 0 is last.</summary>
    public long Priority { get; init; }

    /// <summary>Whether the manifest has spec.serviceAllocation: such pools are tried before those that have none.</summary>
    public bool HasServiceAllocation { get; init; }

    public IReadOnlyList<string> Namespaces { get; init; } = [];

    public IReadOnlyList<LabelSelector> NamespaceSelectors { get; init; } = [];

    public IReadOnlyList<LabelSelector> ServiceSelectors { get; init; } = [];

    public bool Contains(IpAddr address)
    {
        foreach (IpRange range in Ranges)
            if (range.Contains(address))
                return true;
        return false;
    }

    public bool Has(IpFamily family)
    {
        foreach (IpRange range in Ranges)
            if (range.Family == family)
                return true;
        return false;
    }

    /// <summary>
    /// Whether a Service of this namespace with these labels may use the pool. Namespace selectors that select no namespace
    /// allow no namespace: they do not open the pool.
    /// </summary>
    public bool Allows(string serviceNamespace, IReadOnlyDictionary<string, string>? namespaceLabels, IReadOnlyDictionary<string, string> labels)
    {
        bool anyNamespace = Namespaces.Count == 0 && NamespaceSelectors.Count == 0;
        return (anyNamespace || AllowsNamespace(serviceNamespace, namespaceLabels))
            && (ServiceSelectors.Count == 0 || LabelSelector.AnyMatches(ServiceSelectors, labels));
    }

    private bool AllowsNamespace(string name, IReadOnlyDictionary<string, string>? labels)
    {
        foreach (string allowed in Namespaces)
            if (allowed == name)
                return true;
        return labels is not null && LabelSelector.AnyMatches(NamespaceSelectors, labels);
    }
}
