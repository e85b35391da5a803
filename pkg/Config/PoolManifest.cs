// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config;

/// <summary>An IPAddressPool as read from the API, not yet validated. CreatedAt is in Unix seconds and decides who was first.</summary>
public sealed record PoolManifest(string Namespace, string Name, long Generation, long CreatedAt, IReadOnlyList<string> Addresses) : IObjectManifest
{
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public bool AutoAssign { get; init; } = true;

    public bool AvoidBuggyIPs { get; init; }

    public ServiceAllocationManifest? ServiceAllocation { get; init; }
}

/// <summary>Who may use a pool. Priority: lower is earlier, 0 is last.</summary>
public sealed record ServiceAllocationManifest(
    long Priority = 0,
    IReadOnlyList<string>? Namespaces = null,
    IReadOnlyList<LabelSelectorManifest>? NamespaceSelectors = null,
    IReadOnlyList<LabelSelectorManifest>? ServiceSelectors = null);
