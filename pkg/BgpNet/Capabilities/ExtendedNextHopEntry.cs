// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>Routes of a family may have a next hop of this address family (RFC 8950 4).</summary>
public readonly record struct ExtendedNextHopEntry(AfiSafi Family, Afi NextHop)
{
    /// <summary>IPv4 unicast routes over IPv6 next hops: what an IPv6-only fabric needs.</summary>
    public static ExtendedNextHopEntry IPv4OverIPv6 => new(AfiSafi.IPv4Unicast, Afi.IPv6);
}
