// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// The next hops of a session: its own local address, and for the other family an address of the interface that has it.
/// </summary>
internal static class NextHops
{
    /// <summary>The next hops; null for a family that the interface has no address of.</summary>
    /// <param name="local">The local address of the session.</param>
    /// <param name="interfaceIndex">Its interface, where the address alone does not tell; else 0.</param>
    /// <param name="links">The interfaces of the node.</param>
    /// <param name="ipv4OverIPv6">Whether the peer takes IPv6 next hops for IPv4 routes (RFC 8950).</param>
    public static (NextHop? IPv4, NextHop? IPv6) Of(IpAddr local, int interfaceIndex, ImmutableArray<LinkInfo> links, bool ipv4OverIPv6)
    {
        LinkInfo? link = links.FirstOrDefault(l => interfaceIndex != 0 ? l.Index == interfaceIndex : l.Addresses.Any(a => a.Address == local));
        IpAddr? global = local.IsIPv6 && !local.IsLinkLocal ? local : First(link, static a => a.Address.IsIPv6 && IsGlobal(a));
        IpAddr? linkLocal = local.IsIPv6 && local.IsLinkLocal ? local : local.IsIPv6 ? First(link, static a => a.Address.IsIPv6 && a.Address.IsLinkLocal) : null;
        NextHop? ipv6 = global is { } address ? new NextHop(address, linkLocal) : linkLocal is { } alone ? new NextHop(alone) : null;
        NextHop? ipv4 = local.IsIPv4 ? new NextHop(local)
            : ipv4OverIPv6 ? ipv6
            : First(link, static a => a.Address.IsIPv4 && IsGlobal(a)) is { } other ? new NextHop(other)
            : null;
        return (ipv4, ipv6);
    }

    private static bool IsGlobal(AddressInfo address) => !address.Address.IsLinkLocal && !address.Address.IsLoopback && address.Scope == AddressScope.Universe;

    private static IpAddr? First(LinkInfo? link, Func<AddressInfo, bool> wanted)
    {
        foreach (AddressInfo address in link?.Addresses ?? [])
            if (!address.IsTentative && !address.IsDeprecated && wanted(address))
                return address.Address;
        return null;
    }
}
