// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Routing;

/// <summary>Which prefixes a router may be told: none that covers or lies in addresses that are never routed (RFC 6890).</summary>
internal static class RoutablePrefix
{
    private static readonly IpPrefix[] Never =
    [
        IpPrefix.Parse("0.0.0.0/8"),
        IpPrefix.Parse("127.0.0.0/8"),
        IpPrefix.Parse("169.254.0.0/16"),
        IpPrefix.Parse("224.0.0.0/4"),
        IpPrefix.Parse("255.255.255.255/32"),
        IpPrefix.Parse("::/127"),
        IpPrefix.Parse("fe80::/10"),
        IpPrefix.Parse("ff00::/8"),
    ];

    public static bool Is(IpPrefix prefix)
    {
        foreach (IpPrefix never in Never)
            if (never.Family == prefix.Family && (never.Contains(prefix.Address) || prefix.Contains(never.Address)))
                return false;
        return true;
    }
}
