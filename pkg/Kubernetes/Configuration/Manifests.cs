// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Configuration;

/// <summary>The door between CRDs and configuration: behind it nobody knows that there is an API.</summary>
public static partial class Manifests
{
    private static readonly TimeSpan DefaultFailbackDelay = TimeSpan.FromSeconds(30);

    /// <summary>An IPAddressPool as pkg/Config judges it.</summary>
    public static PoolManifest Of(IPAddressPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return new(pool.Metadata.Namespace ?? "", pool.Metadata.Name ?? "", pool.Metadata.Generation, Created(pool.Metadata), pool.Spec.Addresses)
        {
            Labels = pool.Metadata.Labels,
            AutoAssign = pool.Spec.AutoAssign ?? true,
            AvoidBuggyIPs = pool.Spec.AvoidBuggyIPs ?? false,
            ServiceAllocation = pool.Spec.ServiceAllocation is { } allocation
                ? new(allocation.Priority, allocation.Namespaces, Of(allocation.NamespaceSelectors), Of(allocation.ServiceSelectors))
                : null,
        };
    }

    /// <summary>An L2Advertisement as pkg/Config judges it.</summary>
    public static L2AdvertisementManifest Of(Model.L2Advertisement advertisement)
    {
        ArgumentNullException.ThrowIfNull(advertisement);
        L2AdvertisementSpec spec = advertisement.Spec;
        ObjectMeta metadata = advertisement.Metadata;
        return new(metadata.Namespace ?? "", metadata.Name ?? "", metadata.Generation, Created(metadata))
        {
            IpAddressPools = spec.IpAddressPools,
            IpAddressPoolSelectors = Of(spec.IpAddressPoolSelectors),
            NodeSelectors = Of(spec.NodeSelectors),
            Interfaces = spec.Interfaces,
            ServiceSelectors = Of(spec.ServiceSelectors),
            PreferredNodeSelectors = [.. spec.PreferredNodeSelectors.Select(p => new PreferredNodeManifest(p.Weight, Of(p.Preference)))],
            Failback = spec.Failback is { } failback ? new(failback.Enabled, failback.Delay ?? DefaultFailbackDelay) : default,
        };
    }

    private static IReadOnlyList<LabelSelectorManifest> Of(IReadOnlyList<Model.LabelSelector> selectors) => [.. selectors.Select(Of)];

    private static LabelSelectorManifest Of(Model.LabelSelector selector) => new(
        selector.MatchLabels,
        [.. selector.MatchExpressions.Select(e => new LabelRequirementManifest(e.Key, e.Operator, e.Values))]);

    private static long Created(ObjectMeta metadata) => metadata.CreationTimestamp?.ToUnixTimeSeconds() ?? long.MaxValue;
}
