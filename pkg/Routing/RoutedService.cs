// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Routing;

/// <summary>What announcing depends on of a Service that has addresses.</summary>
/// <param name="Key">Namespace and name.</param>
/// <param name="Addresses">Its addresses, each once.</param>
/// <param name="RecordedPool">The pool the controller recorded on it; empty when it did not.</param>
/// <param name="Labels">Its labels.</param>
public sealed record RoutedService(string Key, IReadOnlyList<IpAddr> Addresses, string RecordedPool, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Whether only endpoints of this node serve what this node receives (externalTrafficPolicy: Local).</summary>
    public bool LocalTraffic { get; init; }

    /// <summary>Whether it may share its addresses with others.</summary>
    public bool IsShared { get; init; }

    /// <summary>Endpoints that can take traffic, on all nodes.</summary>
    public int Endpoints { get; init; }

    /// <summary>Those of them on this node.</summary>
    public int EndpointsHere { get; init; }

    /// <summary>Communities it asks for; an advertisement attaches those it allows.</summary>
    public IReadOnlyList<BgpCommunity> Communities { get; init; } = [];

    /// <summary>Endpoints its bandwidth is reckoned by, where changes are held back; null: those that serve now.</summary>
    public int? Weight { get; init; }

    /// <summary>Endpoints that share what this node receives.</summary>
    public int Serving => LocalTraffic ? EndpointsHere : Endpoints;
}
