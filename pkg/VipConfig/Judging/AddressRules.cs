// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Judging;

/// <summary>What must hold for addresses, routes and rules.</summary>
internal static class AddressRules
{
    // IFNAMSIZ of Linux, without the NUL: the kernel keeps a label where an interface name fits.
    private const int LongestLabel = 15;

    private static readonly string[] Scopes = ["", "global", "site", "link", "host", "nowhere"];

    public static void Judge(VirtualAddress address, Judge judge, bool needsDevice)
    {
        IpAddr host = address.Address.Address;
        if (host.IsUnspecified || host.IsMulticast)
        {
            judge.Refuse("address", host.IsUnspecified ? "is missing: give an address such as 192.0.2.100/24" : $"is {host}, which is a group and no host's address: give another");
            return;
        }

        judge.RefuseIf(host.IsLoopback, "address", $"is {host}, which every host has: give another");
        judge.RefuseIf(host.IsIPv4 && address.Address.PrefixLength < 31 && (host == address.Address.Network.Last || host == address.Address.Network.Address),
            "address", $"is {address.Address}, the network or broadcast address of its own network: correct the address or the length");
        judge.Interface(address.Device, "device");
        judge.RefuseIf(needsDevice && address.Device.Length == 0, "device", "is missing, and there is no interface to fall back on: name it");
        judge.RefuseIf(address.Label.Length > LongestLabel, "label", $"is \"{address.Label}\": the kernel keeps at most {LongestLabel} characters, shorten it");
        judge.WarnIf(address.Label.Length > 0 && host.IsIPv6, "label", "is without effect on an IPv6 address: remove it");
        judge.RefuseIf(!Scopes.AsSpan().Contains(address.Scope) && !byte.TryParse(address.Scope, out _), "scope",
            $"is \"{address.Scope}\": use global, site, link, host, nowhere or a number up to 255");
        judge.RefuseIf(address.Broadcast is not ("" or "+" or "-") && !(IpAddr.TryParse(address.Broadcast, out IpAddr broadcast) && broadcast.IsIPv4 && host.IsIPv4), "broadcast",
            $"is \"{address.Broadcast}\": use an IPv4 address, + or -, or remove it");
        judge.Family(address.Peer?.Address, host.Family, "peer");
    }

    public static void Routes(ValueList<VirtualRoute> routes, string field, Judge judge)
    {
        for (int i = 0; i < routes.Count; i++)
        {
            VirtualRoute route = routes[i];
            Judge place = judge.At(field, i);
            if (route.Destination is not { } destination)
            {
                place.Refuse("destination", "is missing: give a network such as 192.0.2.0/24, or 0.0.0.0/0 for everything");
                continue;
            }

            bool anywhere = route.Via is not null || route.Device.Length > 0 || route.NextHops.Count > 0;
            place.RefuseIf(route.Kind == RouteKind.Unicast && !anywhere, "via", $"is missing, so nobody knows where {destination} is: give via, device or nextHops");
            place.RefuseIf(route.Kind != RouteKind.Unicast && route.Via is not null, "via", "contradicts the kind of the route: remove one of the two");
            place.Family(route.Source, destination.Family, "source");
            place.Interface(route.Device, "device");
            place.RefuseIf(route.Via is not null && route.NextHops.Count > 0, "nextHops", "are given beside via: make via the first of them");
            for (int j = 0; j < route.NextHops.Count; j++)
                place.RefuseIf(route.NextHops[j].Via is null && route.NextHops[j].Device.Length == 0, $"nextHops[{j}]", "is empty: give via, device or both");
        }
    }

    public static void Rules(ValueList<VirtualRule> rules, string field, Judge judge)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            VirtualRule rule = rules[i];
            Judge place = judge.At(field, i);
            place.Family(rule.From?.Address, rule.Family, "from");
            place.Family(rule.To?.Address, rule.Family, "to");
            place.RefuseIf(rule.Action == RuleAction.Lookup && rule.Table.Length == 0, "table", "is missing: name the table that is looked up, or give another action");
            place.RefuseIf(rule.Action != RuleAction.Lookup && rule.Table.Length > 0, "table", "contradicts the action: remove one of the two");
            place.RefuseIf(rule.Action == RuleAction.Goto != rule.Goto is not null, "goto", "goes with the action goto: give both or neither");
            place.RefuseIf(rule.FirewallMask is not null && rule.FirewallMark is null, "firewallMask", "is given without firewallMark: give both");
            place.WarnIf(rule.Priority is null, "priority", "is missing, so the kernel chooses the order of rules: give one");
            place.Interface(rule.InputInterface, "inputInterface");
            place.Interface(rule.OutputInterface, "outputInterface");
        }
    }

}
