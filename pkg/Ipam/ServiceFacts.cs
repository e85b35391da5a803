// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam;

/// <summary>Names a Service.</summary>
public readonly record struct ServiceKey(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>A port as other Services see it; the protocol as in the API (TCP, UDP, SCTP).</summary>
public readonly record struct ServicePort(string Protocol, int Port);

/// <summary>The ipFamilyPolicy of a Service.</summary>
public enum FamilyPolicy
{
    SingleStack,
    PreferDualStack,
    RequireDualStack,
}

/// <summary>All of a Service that allocation depends on.</summary>
public sealed record ServiceFacts(ServiceKey Key)
{
    public bool IsLoadBalancer { get; init; } = true;

    /// <summary>spec.loadBalancerClass; null when unset.</summary>
    public string? Class { get; init; }

    /// <summary>spec.clusterIPs without "None".</summary>
    public IReadOnlyList<IpAddr> ClusterIPs { get; init; } = [];

    /// <summary>spec.ipFamilies[0]; null when unset, which means IPv4.</summary>
    public IpFamily? PrimaryFamily { get; init; }

    public FamilyPolicy Policy { get; init; }

    public IReadOnlyList<ServicePort> Ports { get; init; } = [];

    /// <summary>Whether externalTrafficPolicy is Local.</summary>
    public bool LocalTraffic { get; init; }

    public IReadOnlyDictionary<string, string> Selector { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public string? LoadBalancerIP { get; init; }

    /// <summary>status.loadBalancer.ingress[].ip as written; an entry with only a hostname is an empty text.</summary>
    public IReadOnlyList<string> Ingress { get; init; } = [];
}
