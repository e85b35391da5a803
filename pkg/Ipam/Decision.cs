// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam;

/// <summary>
/// What is to be true of a Service. Its addresses are reserved from here on; deciding again before they are written gives the same.
/// </summary>
public sealed record Decision(IReadOnlyList<IpAddr> Addresses, string? Pool)
{
    /// <summary>Whether status.loadBalancer.ingress differs from <see cref="Addresses"/> and has to be written.</summary>
    public bool WriteStatus { get; init; }

    /// <summary>Whether the annotation of the pool has to be set to <see cref="Pool"/>, or removed when that is null.</summary>
    public bool WriteAnnotation { get; init; }

    public IReadOnlyList<ServiceEvent> Events { get; init; } = [];

    /// <summary>Whether an address or a sharing rule changed, so that those that wait (<see cref="Allocator.Pending"/>) and share may now succeed.</summary>
    public bool ReprocessOthers { get; init; }

    /// <summary>Whether the Service waits for an address.</summary>
    public bool Pending { get; init; }
}

/// <summary>An event on the Service; the message has at most 1024 characters.</summary>
public readonly record struct ServiceEvent(bool Warning, string Reason, string Message);

/// <summary>Figures of one pool; each saturates at <see cref="long.MaxValue"/>.</summary>
public readonly record struct PoolCounters(long AssignedIPv4, long AssignedIPv6, long AvailableIPv4, long AvailableIPv6);
