// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Netlink;

/// <summary>What a route does with a packet (rtnetlink(7), rtm_type).</summary>
public enum RouteKind : byte
{
    /// <summary>Not told.</summary>
    Unspecified = 0,

    /// <summary>Sends it on.</summary>
    Unicast = 1,

    /// <summary>Takes it in.</summary>
    Local = 2,

    /// <summary>Takes it in, as broadcast.</summary>
    Broadcast = 3,

    /// <summary>Takes it in as broadcast, sends it as unicast.</summary>
    Anycast = 4,

    /// <summary>A group.</summary>
    Multicast = 5,

    /// <summary>Drops it in silence.</summary>
    Blackhole = 6,

    /// <summary>Drops it and says that the destination cannot be reached.</summary>
    Unreachable = 7,

    /// <summary>Drops it and says that it is forbidden.</summary>
    Prohibit = 8,

    /// <summary>Leaves the table: the next rule decides.</summary>
    Throw = 9,
}
