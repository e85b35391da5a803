// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>What the kernel says of one network interface.</summary>
public sealed record LinkFacts
{
    /// <summary>Interface index, unique in the network namespace.</summary>
    public required int Index { get; init; }

    /// <summary>Interface name.</summary>
    public required string Name { get; init; }

    /// <summary>Hardware address; zero when there is none.</summary>
    public required MacAddr Mac { get; init; }

    /// <summary>Administratively up (IFF_UP).</summary>
    public bool IsUp { get; init; }

    /// <summary>Operational, with carrier (IFF_RUNNING).</summary>
    public bool IsRunning { get; init; }

    /// <summary>Can broadcast (IFF_BROADCAST).</summary>
    public bool IsBroadcast { get; init; }

    /// <summary>Does not speak ARP (IFF_NOARP).</summary>
    public bool IsNoArp { get; init; }

    /// <summary>Loopback (IFF_LOOPBACK).</summary>
    public bool IsLoopback { get; init; }

    /// <summary>Index of the bridge, bond or VRF the interface is enslaved to; 0 for none.</summary>
    public int MasterIndex { get; init; }

    /// <summary>Addresses of both families.</summary>
    public ImmutableArray<InterfaceAddress> Addresses { get; init; } = [];
}
