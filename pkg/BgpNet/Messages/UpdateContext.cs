// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>What was agreed on with a peer, as far as it says how its UPDATEs are to be read.</summary>
public readonly record struct UpdateContext
{
    /// <summary>The peer is of our AS.</summary>
    public bool Internal { get; init; }

    /// <summary>AS numbers have four octets.</summary>
    public bool FourOctetAs { get; init; }

    /// <summary>The peer is of our confederation.</summary>
    public bool Confederation { get; init; }

    /// <summary>IPv4 unicast routes are exchanged.</summary>
    public bool IPv4Unicast { get; init; }

    /// <summary>IPv6 unicast routes are exchanged.</summary>
    public bool IPv6Unicast { get; init; }

    /// <summary>The peer sends IPv4 prefixes with path identifiers.</summary>
    public bool AddPathIPv4 { get; init; }

    /// <summary>The peer sends IPv6 prefixes with path identifiers.</summary>
    public bool AddPathIPv6 { get; init; }

    /// <summary>IPv4 routes may have IPv6 next hops (RFC 8950).</summary>
    public bool IPv4OverIPv6 { get; init; }

    /// <summary>An error in the routes of one family gives up that family, not the session (RFC 7606 2).</summary>
    public bool DisableFamilies { get; init; }

    /// <summary>Whether routes of the family are exchanged.</summary>
    public bool IsNegotiated(AfiSafi family) =>
        (family == AfiSafi.IPv4Unicast && IPv4Unicast) || (family == AfiSafi.IPv6Unicast && IPv6Unicast);

    /// <summary>Whether the peer sends prefixes of the family with path identifiers.</summary>
    public bool AddPath(AfiSafi family) =>
        (family == AfiSafi.IPv4Unicast && AddPathIPv4) || (family == AfiSafi.IPv6Unicast && AddPathIPv6);
}
