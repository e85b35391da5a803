// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Holding;

/// <content>Routes and rules that somebody removed, and those an earlier process left.</content>
internal sealed partial class HoldingPlane
{
    private void OnRoute(HeldRoute route, bool isThere) => _verifyRoutes |= !isThere;

    private void OnRule(HeldRule rule, bool isThere) => _verifyRoutes |= !isThere;

    // A removal may be our own: what is there now decides.
    private void VerifyRoutes()
    {
        _verifyRoutes = false;
        if (!_holdings.Values.Any(static h => h.IsHeld && h.Routes.Count + h.Rules.Count > 0))
        {
            return;
        }

        HashSet<(IpPrefix, uint)> routes = [.. Routes().Select(static r => (r.Destination, r.Table))];
        HashSet<(IpFamily, uint)> rules = [.. Rules().Select(static r => (r.Family, r.Priority))];
        foreach (Holding holding in _holdings.Values.Where(static h => h.IsHeld))
        {
            int gone = holding.Routes.RemoveWhere(r => !routes.Contains((r.Destination, r.Table)) && IsWatched(holding, r))
                + holding.Rules.RemoveWhere(r => !rules.Contains((r.Family, r.Priority)) && IsWatched(holding, r));
            if (gone > 0)
            {
                Counters.CountPutBack();
                Log.RoutesPutBack(_logger, gone, holding.Plan.Name);
                _dirty.Add(holding);
            }
        }
    }

    private static bool IsWatched(Holding holding, HeldRoute route) =>
        holding.Plan.Routes.Any(r => r.Watch && r.Destination == route.Destination);

    private static bool IsWatched(Holding holding, HeldRule rule) =>
        holding.Plan.Rules.Any(r => r.Watch && r.Priority == rule.Priority && r.Family == rule.Family);

    private IEnumerable<HeldRoute> Routes() =>
        _network.ListRoutes(IpFamily.IPv4, Resolver.Mark).Concat(_network.ListRoutes(IpFamily.IPv6, Resolver.Mark));

    private IEnumerable<HeldRule> Rules() =>
        _network.ListRules(IpFamily.IPv4).Concat(_network.ListRules(IpFamily.IPv6)).Where(static r => r.Protocol == Resolver.Mark);
}
