// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;
using LoadBalancer.Routing;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>Joins what is planned with what each peer has: a line for each prefix and peer, with the reason where it is missing.</summary>
internal static class RouteRows
{
    public static IReadOnlyList<RouteRow> Of(RoutePlan plan, BgpReport report, IEnumerable<(string Peer, IpAddr Remote, RibRoute Route)> given)
    {
        HashSet<string> ranges = [.. report.Neighbors.Where(static n => n.Intent.Peer.Range is not null).Select(static n => n.Name)];
        Dictionary<(string, IpAddr?, IpPrefix), RibRoute> has = [];
        foreach ((string peer, IpAddr remote, RibRoute route) in given)
            has[(peer, ranges.Contains(peer) ? remote : null, route.Route.Prefix)] = route;
        List<RouteRow> rows = [];
        foreach (PlannedRoute planned in plan.Routes.OrderBy(static r => r.Prefix.Address).ThenBy(static r => r.Prefix.Length))
            foreach (NeighborReport neighbor in report.Neighbors.SelectMany(static n => n.Members.IsEmpty ? [n] : n.Members))
                rows.Add(Row(planned, neighbor, has.Remove((neighbor.Name, DynamicAddress(neighbor), planned.Prefix), out RibRoute route) ? route : null));

        // What is left is no longer planned: it is on its way out.
        foreach (((string peer, IpAddr? remote, IpPrefix prefix), RibRoute route) in has.Where(static h => h.Value.State is not (RouteState.None or RouteState.NotOffered)))
            rows.Add(new RouteRow(prefix.ToString(), [], peer, RouteWords.IsAnnounced(route.State), RouteWords.Of(route.State)) { Address = remote?.ToString() ?? "" });
        foreach (RefusedAddress refused in plan.Refused)
            rows.Add(new RouteRow(refused.Address.ToString(), [refused.Service], "", false, RouteWords.Of(refused.Refusal)));
        return rows;
    }

    private static IpAddr? DynamicAddress(NeighborReport neighbor) => neighbor.Intent.Peer.Range is null ? null : neighbor.Remote;

    private static RouteRow Row(PlannedRoute planned, NeighborReport neighbor, RibRoute? route)
    {
        RoutePolicy? policy = planned.Peers.FirstOrDefault(p => p.Peer == neighbor.Name).Policy;
        bool announced = route is { } known && RouteWords.IsAnnounced(known.State);
        string reason = policy is null ? RouteWords.Of(RouteState.NotOffered)
            : route is { } found ? RouteWords.Of(found.State)
            : neighbor.Intent.Hindrance is { } why ? $"no session: {why}"
            : neighbor is { Remote: null, Intent.Peer.Range: { } range } ? $"no session: nobody has connected from {range}"
            : $"no session: {neighbor.Session?.State.ToString() ?? "Idle"}{(SessionElement.EndOf(neighbor) is { } end ? $"; {end}" : "")}";
        RouteRow row = new(planned.Prefix.ToString(), planned.Services, neighbor.Name, announced, reason) { Address = DynamicAddress(neighbor)?.ToString() ?? "" };
        if (policy is null)
            return row;
        RouteAttributes? told = announced ? route?.Attributes : null;
        return row with
        {
            LocalPref = PeerTerms.IsInternal(neighbor.Intent.Peer) ? policy.LocalPref : null,
            Med = policy.Med,
            Communities = told is null
                ? [.. policy.Communities.Select(static c => c.ToString())]
                : [.. told.Communities.Select(static c => c.ToString()), .. told.LargeCommunities.Select(static c => $"large:{c}")],
        };
    }
}
