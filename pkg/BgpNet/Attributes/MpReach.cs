// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>
/// MP_REACH_NLRI, type 14 (RFC 4760 3; next hops RFC 2545 3 and RFC 8950 3).
/// <code>
///   0     2      3        4
///  +-----+------+--------+----------+---+--------------
///  | AFI | SAFI | length | next hop | 0 | prefixes ...
///  +-----+------+--------+----------+---+--------------
/// </code>
/// </summary>
public readonly ref struct MpReach
{
    private MpReach(AfiSafi family, NextHop nextHop, PrefixList routes)
    {
        Family = family;
        NextHop = nextHop;
        Routes = routes;
    }

    /// <summary>The family of the routes.</summary>
    public AfiSafi Family { get; }

    /// <summary>The router to send to.</summary>
    public NextHop NextHop { get; }

    /// <summary>The routes that are announced.</summary>
    public PrefixList Routes { get; }

    /// <summary>Reads the value. The family is told as soon as it is known, also beside a fault.</summary>
    internal static BgpFault Read(ReadOnlySpan<byte> value, scoped in UpdateContext context, out AfiSafi family, out MpReach reach)
    {
        reach = default;
        SpanReader reader = new(value);
        if (!AfiSafi.TryRead(ref reader, out family))
        {
            return BgpFault.MultiprotocolLength;
        }

        if (!context.IsNegotiated(family))
        {
            return BgpFault.FamilyNotNegotiated;
        }

        // The octet behind the next hop was once a count; it is not looked at (RFC 4760 3).
        if (!reader.TryReadByte(out byte length) || !reader.TryReadOctets(length, out ReadOnlySpan<byte> nextHopOctets) || !reader.TrySkip(1))
        {
            return BgpFault.MultiprotocolLength;
        }

        bool fits = length is 16 or 32 ? family.Afi == Afi.IPv6 || context.IPv4OverIPv6 : length == 4 && family.Afi == Afi.IPv4;
        if (!fits)
        {
            return BgpFault.MultiprotocolNextHop;
        }

        if (!PrefixList.TryRead(reader.Rest, Ip(family), context.AddPath(family), out PrefixList routes))
        {
            return BgpFault.Prefix;
        }

        bool isHost = TryReadNextHop(nextHopOctets, out NextHop nextHop);
        reach = new(family, nextHop, routes);
        return routes.IsEmpty ? BgpFault.MultiprotocolEmpty : isHost ? BgpFault.None : BgpFault.NextHopAddress;
    }

    internal static IpFamily Ip(AfiSafi family) => family.Afi == Afi.IPv4 ? IpFamily.IPv4 : IpFamily.IPv6;

    // Over an interface without global addresses some send the unspecified address before the link-local one.
    private static bool TryReadNextHop(ReadOnlySpan<byte> octets, out NextHop nextHop)
    {
        bool read = IpAddr.TryRead(octets.Length == 32 ? octets[..16] : octets, out IpAddr address);
        IpAddr second = default;
        IpAddr? linkLocal = octets.Length == 32 && IpAddr.TryRead(octets[16..], out second) && second.IsLinkLocal ? second : null;
        bool replaced = read && address.IsUnspecified && linkLocal is not null;
        nextHop = replaced ? new(second) : new(address, linkLocal);
        return read && NextHop.IsHost(nextHop.Address);
    }
}
