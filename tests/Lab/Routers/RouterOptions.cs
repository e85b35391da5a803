// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Lab.Routers;

/// <summary>What a router is to do.</summary>
public sealed record RouterOptions
{
    public const uint UsualRouterAsn = 64512;
    public const uint UsualClusterAsn = 64513;
    public const int BgpPort = 179;

    /// <summary>The router's own AS number.</summary>
    public uint RouterAsn { get; init; } = UsualRouterAsn;

    /// <summary>The AS number of all peers.</summary>
    public uint ClusterAsn { get; init; } = UsualClusterAsn;

    /// <summary>TCP port it listens on.</summary>
    public int Port { get; init; } = BgpPort;

    /// <summary>TCP MD5 password of every peer; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Peers by address.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>An interface with a peer that is found by its router advertisements; null for none.</summary>
    public string? Interface { get; init; }

    /// <summary>Both families over each session.</summary>
    public bool DualStack { get; init; }

    /// <summary>BFD with each peer, at this interval in ms times three; null for none.</summary>
    public int? BfdMilliseconds { get; init; }

    /// <summary>Helps peers over a restart (RFC 4724).</summary>
    public bool GracefulRestart { get; init; }

    /// <summary>The router makes the connections, and takes none.</summary>
    public bool Dials { get; init; }

    /// <summary>Most prefixes of a family it takes from a peer; null for no limit.</summary>
    public int? MostPrefixes { get; init; }

    /// <summary>Takes packets of neighbours on its own segment alone, by their TTL (RFC 5082).</summary>
    public bool TtlSecurity { get; init; }

    /// <summary>Takes IPv4 routes by IPv6 next hops (RFC 8950).</summary>
    public bool IPv4OverIPv6 { get; init; }

    /// <summary>Takes no route of another AS for want of a policy (RFC 8212); of FRR alone.</summary>
    public bool RequiresPolicy { get; init; }

    /// <summary>Whether a session within an AS is wanted.</summary>
    public bool IsInternal => RouterAsn == ClusterAsn;

    /// <summary>Whether a family is exchanged with a peer.</summary>
    public bool Carries(string peer, bool ipv6) => DualStack || IsIPv6(peer) == ipv6;

    public static bool IsIPv6(string address) => address.Contains(':', StringComparison.Ordinal);
}
