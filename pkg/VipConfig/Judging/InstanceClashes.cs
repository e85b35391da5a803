// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Judging;

/// <summary>What two instances must not share.</summary>
internal static class InstanceClashes
{
    public static void Judge(VipConfiguration configuration, ProblemList problems)
    {
        Dictionary<(string, IpFamily, int, IpAddr?), List<VipInstance>> routers = [];
        Dictionary<(string, IpAddr), VipInstance> holders = [];
        Dictionary<string, VipInstance> macvlans = new(StringComparer.Ordinal);
        foreach (VipInstance instance in configuration.Instances)
        {
            Judge judge = new(problems, $"instances.{instance.Name}");
            bool unicast = instance.Unicast is { Peers.Count: > 0 };
            (string, IpFamily, int, IpAddr?) key = (instance.Interface, instance.Family, instance.RouterId, unicast ? null : instance.MulticastGroup);
            if (instance.RouterId != 0)
            {
                if (!routers.TryGetValue(key, out List<VipInstance>? others))
                    routers.Add(key, others = []);
                foreach (VipInstance other in others)
                    if (MayMeet(instance, other))
                    {
                        judge.Refuse("virtualRouterId", $"is {instance.RouterId}, which instance {other.Name} has on the same interface and family: "
                            + "give each its own, or list peers of which none is shared");
                        break;
                    }

                others.Add(instance);
            }

            if (instance.VirtualMac is { Interface.Length: > 0 } mac && !macvlans.TryAdd(mac.Interface, instance))
                judge.Refuse("virtualMac.interface", $"is {mac.Interface}, which instance {macvlans[mac.Interface].Name} uses: give each its own");
            Hold(instance, instance.Addresses, "addresses", judge, holders);
            Hold(instance, instance.ExcludedAddresses, "excludedAddresses", judge, holders);
        }
    }

    /// <summary>Unicast instances with the same number are told apart by their peers, when they share none.</summary>
    private static bool MayMeet(VipInstance one, VipInstance other)
    {
        bool first = one.Unicast is { Peers.Count: > 0 }, second = other.Unicast is { Peers.Count: > 0 };
        if (first != second)
            return false;
        if (!first)
            return true;
        foreach (UnicastPeer peer in one.Unicast!.Peers)
            foreach (UnicastPeer theirs in other.Unicast!.Peers)
                if (peer.Address == theirs.Address)
                    return true;
        return false;
    }

    private static void Hold(VipInstance instance, ValueList<VirtualAddress> addresses, string field, Judge judge, Dictionary<(string, IpAddr), VipInstance> holders)
    {
        for (int i = 0; i < addresses.Count; i++)
        {
            VirtualAddress address = addresses[i];
            // A link-local address belongs to its link; any other must be in one place only.
            string device = address.Address.Address.IsLinkLocal ? (address.Device.Length > 0 ? address.Device : instance.Interface) : "";
            if (!address.Address.Address.IsUnspecified && !holders.TryAdd((device, address.Address.Address), instance))
            {
                VipInstance holder = holders[(device, address.Address.Address)];
                judge.At(field, i).Refuse("", holder.Name == instance.Name
                    ? $"is {address.Address.Address}, which the instance has twice: remove one"
                    : $"is {address.Address.Address}, which instance {holder.Name} holds, too: one address belongs to one instance, remove it from the other");
            }
        }
    }
}
