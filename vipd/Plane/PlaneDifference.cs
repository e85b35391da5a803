// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Plane;

/// <summary>What a new configuration means for the protocol thread; instances that are not named stay untouched.</summary>
internal sealed record PlaneDifference
{
    public required IReadOnlyList<string> Removed { get; init; }

    public required IReadOnlyList<InstanceSpec> Added { get; init; }

    /// <summary>Stopped with a farewell and started anew.</summary>
    public required IReadOnlyList<InstanceSpec> Restarted { get; init; }

    public required IReadOnlyList<InstanceSpec> Changed { get; init; }

    public required ValueList<SyncGroup> Groups { get; init; }

    public required GlobalSettings Global { get; init; }

    public static PlaneDifference Between(VipConfiguration before, VipConfiguration after)
    {
        Dictionary<string, InstanceSpec> had = InstanceSpec.Of(before).ToDictionary(static s => s.Instance.Name, StringComparer.Ordinal);
        List<InstanceSpec> added = [], restarted = [], changed = [];
        foreach (InstanceSpec spec in InstanceSpec.Of(after))
        {
            if (!had.Remove(spec.Instance.Name, out InstanceSpec? old))
            {
                added.Add(spec);
            }
            else if (MeansRestart(old, spec))
            {
                restarted.Add(spec);
            }
            else if (old != spec)
            {
                changed.Add(spec);
            }
        }

        return new() { Removed = [.. had.Keys], Added = added, Restarted = restarted, Changed = changed, Groups = after.SyncGroups, Global = after.Global };
    }

    // What a socket or a macvlan is bound to cannot change under an instance.
    private static bool MeansRestart(InstanceSpec before, InstanceSpec after) =>
        Place(before.Instance) != Place(after.Instance)
        || ParameterMap.GroupOf(before.Instance, before.Global) != ParameterMap.GroupOf(after.Instance, after.Global);

    private static (string, Primitives.IpFamily, VipConfig.VrrpVersion, int, Primitives.IpAddr?, VirtualMac?, bool) Place(VipInstance instance) => (
        instance.Interface, instance.Family, instance.Version, instance.RouterId, instance.SourceAddress, instance.VirtualMac, instance.Unicast is { Peers.Count: > 0 });
}
