// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Routers;

/// <summary>How routers are found.</summary>
public sealed record RouterDiscoveryOptions
{
    /// <summary>The interface's hardware address, to advertise this node by, so that the other end finds it; null: only listen.</summary>
    public MacAddr? Advertise { get; init; }

    /// <summary>Time between advertisements.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);
}
