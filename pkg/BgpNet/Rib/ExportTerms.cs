// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>All that decides what the octets for a peer look like. Peers with equal terms and one policy share their messages.</summary>
public sealed record ExportTerms
{
    private const uint UsualLocalPref = 100;

    /// <summary>Our AS on this session: before each AS_PATH to a peer of another AS (RFC 4271 5.1.2).</summary>
    public required uint LocalAs { get; init; }

    /// <summary>The peer is of our AS.</summary>
    public bool Internal { get; init; }

    /// <summary>AS numbers have four octets.</summary>
    public bool FourOctetAs { get; init; } = true;

    /// <summary>IPv4 unicast was agreed on.</summary>
    public bool IPv4Unicast { get; init; }

    /// <summary>IPv6 unicast was agreed on.</summary>
    public bool IPv6Unicast { get; init; }

    /// <summary>Messages of up to 65,535 octets were agreed on.</summary>
    public bool ExtendedMessages { get; init; }

    /// <summary>IPv4 prefixes go with path identifiers.</summary>
    public bool AddPathIPv4 { get; init; }

    /// <summary>IPv6 prefixes go with path identifiers.</summary>
    public bool AddPathIPv6 { get; init; }

    /// <summary>A refresh is answered between markers (RFC 7313).</summary>
    public bool EnhancedRouteRefresh { get; init; }

    /// <summary>Next hop of IPv4 routes; an IPv6 one only when both sides agreed on that (RFC 8950). Null: none are sent.</summary>
    public NextHop? IPv4NextHop { get; init; }

    /// <summary>Next hop of IPv6 routes. Null: none are sent.</summary>
    public NextHop? IPv6NextHop { get; init; }

    /// <summary>MinRouteAdvertisementInterval (RFC 4271 9.2.1.1), for a family as a whole; withdrawals do not wait for it.</summary>
    public TimeSpan AdvertisementInterval { get; init; }

    /// <summary>The longest message, in octets: the least length of a buffer to fill.</summary>
    public int MaxLength => new UpdateFormat(ExtendedMessages, AddPath: false).MaxLength;

    /// <summary>The terms that two OPENs agreed on, with the next hops of this session.</summary>
    public static ExportTerms From(NegotiatedSession session, uint localAs, NextHop? ipv4NextHop, NextHop? ipv6NextHop)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new()
        {
            LocalAs = localAs,
            Internal = session.Internal,
            FourOctetAs = session.Receive.FourOctetAs,
            IPv4Unicast = session.Families.Contains(AfiSafi.IPv4Unicast),
            IPv6Unicast = session.Families.Contains(AfiSafi.IPv6Unicast),
            ExtendedMessages = session.ExtendedMessages,
            AddPathIPv4 = session.Format(AfiSafi.IPv4Unicast).AddPath,
            AddPathIPv6 = session.Format(AfiSafi.IPv6Unicast).AddPath,
            EnhancedRouteRefresh = session.EnhancedRouteRefresh,
            IPv4NextHop = ipv4NextHop,
            IPv6NextHop = ipv6NextHop,
        };
    }

    internal bool Has(IpFamily family) => family == IpFamily.IPv4 ? IPv4Unicast : IPv6Unicast;

    internal UpdateFormat Format(IpFamily family) => new(ExtendedMessages, family == IpFamily.IPv4 ? AddPathIPv4 : AddPathIPv6);

    internal NextHop? NextHop(IpFamily family)
    {
        NextHop? hop = family == IpFamily.IPv4 ? IPv4NextHop : IPv6NextHop;
        return family == IpFamily.IPv6 && hop is { Address.IsIPv4: true } ? null : hop;
    }

    /// <summary>What a route's attributes become on the way out: LOCAL_PREF within an AS alone, our AS before the path outside it.</summary>
    internal RouteAttributes Export(RouteAttributes attributes)
    {
        if (!Internal)
        {
            return attributes with { AsPath = attributes.AsPath.Insert(0, LocalAs), LocalPref = null };
        }

        // Our own number, there to make the path longer elsewhere, would be taken for a loop here (RFC 4271 9.1.2).
        int own = 0;
        while (own < attributes.AsPath.Length && attributes.AsPath[own] == LocalAs)
        {
            own++;
        }

        return attributes with { AsPath = attributes.AsPath.RemoveRange(0, own), LocalPref = attributes.LocalPref ?? UsualLocalPref };
    }
}
