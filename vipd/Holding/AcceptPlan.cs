// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Holding;

/// <summary>Addresses to which no packet may reach this host, and whether it forwards what comes to others.</summary>
internal sealed record AcceptPlan(FrozenSet<IpAddr> Refused, bool Translates)
{
    public static readonly AcceptPlan Empty = new([], Translates: false);

    /// <summary>
    /// What a configuration says. It does not depend on who is master: a backup must not accept such packets either (RFC 9568
    /// 6.4.2), and so nothing has to be done when a node becomes master, nor can be too late then. The owner of the addresses always
    /// accepts, and an address that is on the node by another entry as well is that one's.
    /// </summary>
    public static AcceptPlan Of(VipConfiguration configuration)
    {
        HashSet<IpAddr> refused = [.. configuration.Instances.Where(Refuses).SelectMany(Addresses)];
        if (refused.Count == 0)
        {
            return Empty;
        }

        refused.ExceptWith(configuration.Instances.Where(static i => !Refuses(i)).SelectMany(Addresses));
        refused.ExceptWith(configuration.StaticAddresses.Select(static a => a.Address.Address));
        return new(refused.ToFrozenSet(), configuration.VirtualServers.Count > 0);
    }

    /// <summary>
    /// What is to be in force while one configuration takes the place of another: also what is no longer configured at all, since
    /// a master that gives an address up holds it until its successor is heard.
    /// </summary>
    public static AcceptPlan Between(AcceptPlan before, VipConfiguration after)
    {
        AcceptPlan next = Of(after);
        HashSet<IpAddr> leaving = [.. before.Refused];
        leaving.ExceptWith(after.Instances.SelectMany(Addresses));
        leaving.ExceptWith(after.StaticAddresses.Select(static a => a.Address.Address));
        return leaving.Count == 0 ? next : new([.. next.Refused, .. leaving], after.VirtualServers.Count > 0);
    }

    private static bool Refuses(VipInstance instance) => !instance.Accept && instance.Priority != VrrpWire.OwnerPriority;

    private static IEnumerable<IpAddr> Addresses(VipInstance instance) => instance.Addresses.Concat(instance.ExcludedAddresses).Select(static a => a.Address.Address);
}
