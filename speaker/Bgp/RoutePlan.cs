// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Primitives;
using LoadBalancer.Routing;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>What this node is to announce, and what not, at one instant.</summary>
internal sealed record RoutePlan(ImmutableArray<PlannedRoute> Routes, ImmutableArray<RefusedAddress> Refused)
{
    /// <summary>How many prefixes are meant for each peer.</summary>
    public static IReadOnlyDictionary<string, int> Count(RoutePlanner planner)
    {
        Dictionary<int, int> byGroup = [];
        foreach (RouteChange planned in planner.Planned())
            foreach (RouteVariant variant in planned.Variants)
                foreach (int group in variant.Groups)
                    byGroup[group] = byGroup.GetValueOrDefault(group) + 1;
        return planner.Groups.Peers.ToDictionary(static p => p, p => planner.Groups.TryGet(p, out int group) ? byGroup.GetValueOrDefault(group) : 0, StringComparer.Ordinal);
    }

    /// <summary>Copies the plan, for other threads.</summary>
    public static RoutePlan Of(RoutePlanner planner, IEnumerable<ObjectKey> services)
    {
        Dictionary<IpPrefix, List<string>> of = [];
        ImmutableArray<RefusedAddress>.Builder refused = ImmutableArray.CreateBuilder<RefusedAddress>();
        foreach (string service in services.Select(static s => s.ToString()).Order(StringComparer.Ordinal))
            foreach (AddressRoutes routes in planner.RoutesOf(service))
            {
                if (routes.Refusal != RouteRefusal.None)
                    refused.Add(new RefusedAddress(service, routes.Address, routes.Refusal));
                foreach (IpPrefix prefix in routes.Prefixes)
                    (of.TryGetValue(prefix, out List<string>? list) ? list : of[prefix] = []).Add(service);
            }

        return new RoutePlan(
            [.. planner.Planned().Select(p => new PlannedRoute(
                p.Prefix,
                [.. of.GetValueOrDefault(p.Prefix, []).Distinct()],
                [.. p.Variants.SelectMany(v => planner.Groups.Members(v.Groups).Select(peer => (peer, v.Policy)))]))],
            refused.ToImmutable());
    }
}

/// <summary>A prefix, the Services it is for, and what each peer is told.</summary>
internal sealed record PlannedRoute(IpPrefix Prefix, ImmutableArray<string> Services, ImmutableArray<(string Peer, RoutePolicy Policy)> Peers);

/// <summary>An address that is announced to nobody.</summary>
internal sealed record RefusedAddress(string Service, IpAddr Address, RouteRefusal Refusal);
