// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>An interface as the kernel describes it (rtnetlink(7)).</summary>
public sealed record LinkInfo
{
    /// <summary>The interface's index, which outlives renames.</summary>
    public required int Index { get; init; }

    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>The hardware address; zero for what has none of 48 bits.</summary>
    public MacAddr Mac { get; init; }

    /// <summary>Octets in the largest packet.</summary>
    public int Mtu { get; init; }

    /// <summary>Switched on (IFF_UP).</summary>
    public bool IsUp { get; init; }

    /// <summary>Able to carry packets (IFF_RUNNING: carrier is there).</summary>
    public bool IsRunning { get; init; }

    /// <summary>Has a broadcast address (IFF_BROADCAST).</summary>
    public bool IsBroadcast { get; init; }

    /// <summary>Does no ARP (IFF_NOARP).</summary>
    public bool IsNoArp { get; init; }

    /// <summary>Loop-back (IFF_LOOPBACK).</summary>
    public bool IsLoopback { get; init; }

    /// <summary>Has one other end only (IFF_POINTOPOINT).</summary>
    public bool IsPointToPoint { get; init; }

    /// <summary>The driver reports a signal (IFF_LOWER_UP), whatever the operational state.</summary>
    public bool IsLowerUp { get; init; }

    /// <summary>The bridge, bond or the like it is part of; 0 for none.</summary>
    public int MasterIndex { get; init; }

    /// <summary>The driver's kind, such as veth or macvlan; empty for hardware.</summary>
    public string Kind { get; init; } = "";

    /// <summary>What an administrator or program calls it beside its name (IFLA_IFALIAS); empty for nothing.</summary>
    public string Alias { get; init; } = "";

    /// <summary>The interface it stands on, as a macvlan does; 0 for none.</summary>
    public int LowerIndex { get; init; }

    /// <summary>Its addresses.</summary>
    public ImmutableArray<AddressInfo> Addresses { get; init; } = [];
}
