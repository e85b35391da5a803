// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Nftables;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>What is to be forwarded, and what of the configuration is not.</summary>
internal sealed record ForwardingPlan
{
    public static readonly ForwardingPlan Empty = new();

    /// <summary>Services, each key once, all without a <see cref="ForwardService.Problem"/>.</summary>
    public ImmutableArray<ForwardService> Services { get; init; } = [];

    /// <summary>Interfaces where packets for services of direct routing come in; empty without such services.</summary>
    public ImmutableArray<string> Entrances { get; init; } = [];

    /// <summary>Sentences by virtual server: what it is not given of what it asks for, and what to do.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<string>> Problems { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>The services of each virtual server.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<ServiceKey>> Frontends { get; init; } = ImmutableDictionary<string, ImmutableArray<ServiceKey>>.Empty;

    /// <summary>Endpoints whose server has failed and does not drain: what was established with them is cut.</summary>
    public IReadOnlySet<ForwardTarget> Failed { get; init; } = ImmutableHashSet<ForwardTarget>.Empty;
}

/// <summary>An endpoint of a service.</summary>
internal readonly record struct ForwardTarget(ServiceKey Service, Primitives.IpAddr Address, ushort Port);
