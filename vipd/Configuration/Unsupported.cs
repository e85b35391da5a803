// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;

namespace LoadBalancer.Vipd.Configuration;

/// <summary>What a configuration may say and this daemon does not do: refused by name, never left out in silence.</summary>
internal static class Unsupported
{
    public static ConfigurationReading Judge(ConfigurationReading reading, string file)
    {
        List<ConfigProblem> problems = [.. reading.Problems];
        SourcePosition Place(string path) => reading.PositionOf(path) is { File.Length: > 0 } place ? place : new(file, 0, 0);
        VipConfiguration configuration = reading.Configuration;
        Dictionary<(string, IpFamily, int), string> routers = [];
        Dictionary<string, string> macvlans = new(StringComparer.Ordinal);
        foreach (VipInstance instance in configuration.Instances)
        {
            string path = $"instances.{instance.Name}";
            void Refuse(bool wrong, string field, string message)
            {
                if (wrong)
                {
                    problems.Add(new(ProblemKind.Error, Place($"{path}.{field}"), $"{path}.{field}", $"{path}.{field} {message}"));
                }
            }

            Refuse(instance.AdvertiseToHigher, "advertiseToHigher", "is true, and vipd yields without another word, as RFC 9568 6.4.3 has it: remove it");
            Refuse(instance.Announce.OtherInterfacesInterval > TimeSpan.Zero, "announce.otherInterfacesInterval", "is set, and vipd refreshes where the addresses are: set refreshInterval instead");
            Refuse(instance.Announce.Repeat < 1, "announce.repeat", "is 0: hosts would send to the old master until their caches expire; use 1 or more");
            foreach (UnicastPeer peer in instance.Unicast?.Peers ?? [])
            {
                Refuse(peer.MaxTtl is < 255, "unicast.peers", $"limits the TTL of {peer.Address} to {peer.MaxTtl}, and vipd checks a least TTL only: remove maxTtl and set minTtl");
            }

            AnnounceSettings usual = new();
            if (instance.Announce.LowerPriorityRepeat != usual.LowerPriorityRepeat || instance.Announce.LowerPrioritySecondAfter != usual.LowerPrioritySecondAfter)
            {
                problems.Add(new(ProblemKind.Warning, Place($"{path}.announce"), $"{path}.announce", $"{path}.announce.lowerPriorityRepeat and lowerPrioritySecondAfter have no effect of their own: after a lower master the addresses are announced as after a takeover, by repeat and secondAfter"));
            }

            for (int i = 0; i < instance.Routes.Count; i++)
            {
                Route(instance.Routes[i], $"routes[{i}]", Refuse);
            }

            for (int i = 0; i < instance.Rules.Count; i++)
            {
                Rule(instance.Rules[i], $"rules[{i}]", Refuse);
            }

            (string, IpFamily, int) key = (instance.Interface, instance.Family, instance.RouterId);
            Refuse(instance.RouterId != 0 && !routers.TryAdd(key, instance.Name), "virtualRouterId", $"is {instance.RouterId}, which instance {routers.GetValueOrDefault(key)} has on the same interface and family: give each its own");
            foreach (PlannedMacvlan macvlan in HoldingPlan.Of(instance).Macvlans)
            {
                Refuse(!macvlans.TryAdd(macvlan.Name, instance.Name), "virtualMac.interface", $"would be {macvlan.Name}, as of instance {macvlans.GetValueOrDefault(macvlan.Name)}: name another");
            }
        }

        Statics(configuration, problems, Place);
        // A report reads like the file.
        return reading with { Problems = [.. problems.OrderBy(static p => p.Position.File, StringComparer.Ordinal).ThenBy(static p => p.Position.Line)] };
    }

    private static void Statics(VipConfiguration configuration, List<ConfigProblem> problems, Func<string, SourcePosition> placeOf)
    {
        void Refuse(bool wrong, string field, string message)
        {
            if (wrong)
            {
                problems.Add(new(ProblemKind.Error, placeOf(field), field, $"{field} {message}"));
            }
        }

        for (int i = 0; i < configuration.StaticAddresses.Count; i++)
        {
            Refuse(configuration.StaticAddresses[i].UseVirtualMac, $"staticAddresses[{i}]", "has useVirtualMac, and a static address belongs to no virtual router: remove it");
        }

        for (int i = 0; i < configuration.StaticRoutes.Count; i++)
        {
            Route(configuration.StaticRoutes[i], $"staticRoutes[{i}]", Refuse);
        }

        for (int i = 0; i < configuration.StaticRules.Count; i++)
        {
            Rule(configuration.StaticRules[i], $"staticRules[{i}]", Refuse);
        }
    }

    private static void Route(VirtualRoute route, string path, Action<bool, string, string> refuse)
    {
        refuse(route.NextHops.Count > 1, path, "has several nextHops: make one route of each, with metrics of their own");
        refuse((route.Mtu ?? route.AdvertisedMss ?? route.InitialWindow ?? route.InitialReceiveWindow) is not null, path, "sets mtu, advertisedMss or a window: remove it, and set it on the interface");
        refuse(route.Tos is not null, path, "has a tos: remove it, and use a rule");
        refuse(route.Preference.Length > 0, path, "has a preference: remove it, and use a metric");
        refuse(route.Scope.Length > 0 && route.Scope != (route.Via is null && route.NextHops.Count == 0 ? "link" : "global"), path, "has a scope other than its kind has: remove it");
        refuse(route.Protocol.Length > 0, path, "has a protocol, by which vipd knows its own routes: remove it");
        refuse(RouteTables.Find(route.Table) is null, path, $"has the table {route.Table}, which is in no rt_tables file: add it to /etc/iproute2/rt_tables, or give its number");
    }

    private static void Rule(VirtualRule rule, string path, Action<bool, string, string> refuse)
    {
        refuse(rule.IpProtocol.Length > 0 || rule.SourcePorts is not null || rule.DestinationPorts is not null, path, "matches protocol or ports: remove that, and mark the packets in the firewall");
        refuse(rule.Tos is not null, path, "matches tos: remove that, and mark the packets in the firewall");
        refuse(rule.SuppressPrefixLength is not null, path, "has suppressPrefixLength: remove it, and use a table without those routes");
        refuse(rule.Action is RuleAction.Goto or RuleAction.Nop, path, $"has the action {rule.Action}: order the rules by priority instead");
        refuse(rule.Priority is null or 0, path, "has no priority: give it one, so that it has the same place on every node");
        refuse(RouteTables.Find(rule.Table) is null, path, $"has the table {rule.Table}, which is in no rt_tables file: add it to /etc/iproute2/rt_tables, or give its number");
    }
}
