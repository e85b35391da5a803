// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Holding;

/// <summary>
/// Interfaces of this node that are on the segment of an IPv4 address without being where it is held: the kernel answers ARP for
/// any address of the host on any interface, unless it is told otherwise, and neighbours would be told several hardware addresses.
/// </summary>
internal static class Bystanders
{
    private const string Macvlan = "macvlan";

    /// <summary>Told by what they stand on, or by an address of their own in the network of the address or of the interface that holds it.</summary>
    /// <param name="table">All interfaces.</param>
    /// <param name="plan">The addresses, and where they are to be.</param>
    /// <param name="isOurs">Whether an address is a virtual one, which says nothing of where its interface is.</param>
    /// <param name="known">Interfaces that are not asked for, by index.</param>
    public static IEnumerable<LinkInfo> Of(IReadOnlyCollection<LinkInfo> table, HoldingPlan plan, Func<AddressInfo, bool> isOurs, IReadOnlySet<int> known)
    {
        LinkInfo[] candidates = [.. table.Where(l => l is { IsBroadcast: true, IsNoArp: false, IsLoopback: false, MasterIndex: 0 } && !known.Contains(l.Index))];
        if (candidates.Length == 0)
        {
            yield break;
        }

        foreach (IGrouping<string, PlannedAddress> place in plan.Addresses.Where(static a => a.Address.Address.Address.IsIPv4).GroupBy(static a => a.Device, StringComparer.Ordinal))
        {
            if (table.FirstOrDefault(l => l.Name == place.Key) is not { } device)
            {
                continue;
            }

            HashSet<IpAddr> held = [.. place.Select(static a => a.Address.Address.Address)];
            HashSet<int> stack = device.Kind == Macvlan ? [device.Index, device.LowerIndex] : [device.Index];
            IpPrefix[] near = [.. table.Where(l => stack.Contains(l.Index)).SelectMany(l => Networks(l, isOurs))];
            foreach (LinkInfo link in candidates.Where(l => l.Index != device.Index))
            {
                bool holdsItToo = plan.Addresses.Any(a => a.Device == link.Name && held.Contains(a.Address.Address.Address));
                bool sharesTheStack = stack.Contains(link.Index) || (link.Kind == Macvlan && stack.Contains(link.LowerIndex));
                if (!holdsItToo && (sharesTheStack || Networks(link, isOurs).Any(n => held.Any(n.Contains) || near.Any(o => n.Contains(o) || o.Contains(n)))))
                {
                    yield return link;
                }
            }
        }
    }

    // A single address says nothing of what is on the other end.
    private static IEnumerable<IpPrefix> Networks(LinkInfo link, Func<AddressInfo, bool> isOurs) => link.Addresses
        .Where(a => a.Address.IsIPv4 && a.PrefixLength is > 0 and < 31 && !isOurs(a))
        .Select(static a => new IpPrefix(a.Address, a.PrefixLength));
}
