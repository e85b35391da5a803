// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>A route: what is to be in a table, or what is read from it. One next hop; multipath routes of others are read without any.</summary>
/// <param name="Destination">The network; of length 0 for the default route.</param>
public sealed record HeldRoute(IpPrefix Destination)
{
    /// <summary>The main table (linux/rtnetlink.h, RT_TABLE_MAIN).</summary>
    public const uint MainTable = 254;

    /// <summary>What it does with a packet.</summary>
    public RouteKind Kind { get; init; } = RouteKind.Unicast;

    /// <summary>The gateway, of the destination's family or an IPv6 one for IPv4 (RFC 5549); null for a connected network.</summary>
    public IpAddr? Via { get; init; }

    /// <summary>The interface; 0 lets the kernel find it by the gateway.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>The source that packets of this host take; it must be an address of the host. Null for none.</summary>
    public IpAddr? Source { get; init; }

    /// <summary>Lower wins. IPv6 takes 0 for 1024.</summary>
    public uint Metric { get; init; }

    /// <summary>The table.</summary>
    public uint Table { get; init; } = MainTable;

    /// <summary>The gateway is on the link, although no address of the interface says so.</summary>
    public bool IsOnLink { get; init; }

    /// <summary>Who adds it (rtm_protocol), by which leftovers are known: 3 is "at boot", 4 "an administrator", free from 5 on where /etc/iproute2/rt_protos has nothing else.</summary>
    public byte Protocol { get; init; }
}
