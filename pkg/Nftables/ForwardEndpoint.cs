// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Nftables;

/// <summary>A real server.</summary>
/// <param name="Address">Its address, of the service's family.</param>
/// <param name="Port">Its port; 0, where the service is every port, for the one the client asked for.</param>
/// <param name="Weight">Its share of new connections beside the others'; 0 for none. At most <see cref="MaxWeight"/>.</param>
public readonly record struct ForwardEndpoint(IpAddr Address, ushort Port, int Weight = 1)
{
    /// <summary>The largest weight.</summary>
    public const int MaxWeight = 65535;

    /// <summary>Gets no new connection, and keeps its counters; what is established goes on.</summary>
    public bool IsDraining { get; init; }

    /// <summary>For direct routing: the interface on whose segment it is; null where it is this host itself.</summary>
    public string? Link { get; init; }

    /// <summary>Whether new connections may go there.</summary>
    public bool TakesNew => Weight > 0 && !IsDraining;
}
