// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Plane;

/// <summary>All that a configuration means for one instance: two that are equal need no change of a running one.</summary>
internal sealed record InstanceSpec
{
    public required VipInstance Instance { get; init; }

    public required string GroupName { get; init; }

    public required ValueList<TrackedItem> Tracked { get; init; }

    public required GlobalSettings Global { get; init; }

    public HoldingPlan Plan => HoldingPlan.Of(Instance);

    public VrrpParameters Parameters => ParameterMap.Of(Instance, Global, GroupName.Length > 0);

    public static IReadOnlyList<InstanceSpec> Of(VipConfiguration configuration)
    {
        Dictionary<string, SyncGroup> groups = new(StringComparer.Ordinal);
        foreach (SyncGroup group in configuration.SyncGroups)
        {
            foreach (string member in group.Members)
            {
                groups[member] = group;
            }
        }

        GlobalSettings global = new() { MulticastGroup4 = configuration.Global.MulticastGroup4, MulticastGroup6 = configuration.Global.MulticastGroup6 };
        return [.. configuration.Instances.Select(instance => new InstanceSpec
        {
            Instance = instance,
            GroupName = groups.GetValueOrDefault(instance.Name)?.Name ?? "",
            Tracked = TrackedItem.Of(instance, groups.GetValueOrDefault(instance.Name), configuration),
            Global = global,
        })];
    }
}
