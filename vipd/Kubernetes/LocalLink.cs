// SPDX-License-Identifier: Apache-2.0
using System.Net.NetworkInformation;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>An interface of this node, its addresses, and its index, which is another when it was made anew.</summary>
internal sealed record LocalLink(string Name, ValueList<InterfaceAddress> Addresses, int Index = 0)
{
    // What container networks and this daemon make: no segment is behind them.
    private static readonly string[] Others =
    [
        "lo", "docker", "flannel", "cni", "cbr", "veth", "cali", "tunl", "tun", "cilium", "lxc", "kube-ipvs", "nodelocaldns", "virbr", "dummy", "vrrp.",
    ];

    /// <summary>The interfaces a segment may be behind, in the order of their names.</summary>
    public static ValueList<LocalLink> All() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(static link => link.NetworkInterfaceType != NetworkInterfaceType.Loopback && MayBeOnASegment(link.Name))
            .OrderBy(static link => link.Name, StringComparer.Ordinal)
            .Select(static link => (link.Name, Properties: link.GetIPProperties()))
            .Select(static link => new LocalLink(link.Name, [.. link.Properties.UnicastAddresses.SelectMany(AddressOf)], link.Properties.GetIPv4Properties().Index)),
    ];

    /// <summary>Whether an interface is none of those that container networks make, by its name.</summary>
    public static bool MayBeOnASegment(string name) => !Others.Any(other => name.StartsWith(other, StringComparison.Ordinal));

    /// <summary>The interfaces as they are without some addresses.</summary>
    public static ValueList<LocalLink> Without(ValueList<LocalLink> links, IReadOnlySet<IpAddr> addresses) =>
        [.. links.Select(link => link.Addresses.Any(held => addresses.Contains(held.Address)) ? link with { Addresses = [.. link.Addresses.Where(held => !addresses.Contains(held.Address))] } : link)];

    private static IEnumerable<InterfaceAddress> AddressOf(UnicastIPAddressInformation held)
    {
        string text = held.Address.ToString().Split('%')[0];
        if (IpAddr.TryParse(text, out IpAddr address))
            yield return new(address, held.PrefixLength);
    }

    /// <summary>The interface in whose network an address is, the narrowest network first; null for none.</summary>
    public static LocalLink? Of(ValueList<LocalLink> links, IpAddr address) => links
        .SelectMany(static link => link.Addresses, static (link, held) => (Link: link, Held: held))
        .Where(pair => pair.Held.PrefixLength < address.BitLength && pair.Held.Address.Family == address.Family && pair.Held.Network.Contains(address) && pair.Held.Address != address)
        .OrderByDescending(static pair => pair.Held.PrefixLength)
        .Select(static pair => pair.Link)
        .FirstOrDefault();
}
