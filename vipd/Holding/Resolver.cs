// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using KernelAction = LoadBalancer.Linux.Netlink.RuleAction;
using KernelRoute = LoadBalancer.Linux.Netlink.RouteKind;

namespace LoadBalancer.Vipd.Holding;

/// <summary>From the words of the configuration to what the kernel is told; interfaces are given by name and found by the caller.</summary>
internal static class Resolver
{
    /// <summary>Who added an address or a route, in the kernel's tables: the number VRRP has among the IP protocols.</summary>
    public const byte Mark = 112;

    public static HeldAddress Address(VirtualAddress address, int interfaceIndex)
    {
        IpAddr host = address.Address.Address;
        bool single = address.Address.PrefixLength == host.BitLength;
        return new(interfaceIndex, host, address.Address.PrefixLength)
        {
            Label = address.Label.Length > 0 && host.IsIPv4 ? address.Label : null,
            Peer = address.Peer?.Address,
            Broadcast = Broadcast(address),
            Scope = Scope(address.Scope),
            // Duplicate detection would keep an IPv6 address useless for a second after each takeover; the election is the detection.
            Options = AddressOptions.NoDuplicateDetection | (address.NoPrefixRoute ? AddressOptions.NoPrefixRoute : AddressOptions.None),
            IsNeverSource = !(address.Preferred ?? !(host.IsIPv6 && single)),
            Tag = Mark,
        };
    }

    public static HeldRoute Route(VirtualRoute route, Func<string, int> indexOf)
    {
        NextHop? hop = route.NextHops.Count > 0 ? route.NextHops[0] : null;
        string device = route.Device.Length > 0 ? route.Device : hop?.Device ?? "";
        return new(route.Destination!.Value)
        {
            Kind = route.Kind switch
            {
                VipConfig.RouteKind.Unicast => KernelRoute.Unicast,
                VipConfig.RouteKind.Blackhole => KernelRoute.Blackhole,
                VipConfig.RouteKind.Unreachable => KernelRoute.Unreachable,
                VipConfig.RouteKind.Prohibit => KernelRoute.Prohibit,
                VipConfig.RouteKind.Throw => KernelRoute.Throw,
                VipConfig.RouteKind.Local => KernelRoute.Local,
                _ => throw new UnreachableException(),
            },
            Via = route.Via ?? hop?.Via,
            InterfaceIndex = device.Length > 0 ? indexOf(device) : 0,
            Source = route.Source,
            Metric = route.Metric ?? 0,
            Table = RouteTables.Find(route.Table) ?? HeldRoute.MainTable,
            IsOnLink = route.OnLink || hop is { OnLink: true },
            Protocol = Mark,
        };
    }

    public static HeldRule Rule(VirtualRule rule)
    {
        return new(rule.Family, rule.Priority ?? 0)
        {
            From = rule.From,
            To = rule.To,
            Mark = rule.FirewallMark,
            MarkMask = rule.FirewallMask ?? uint.MaxValue,
            IncomingInterface = rule.InputInterface.Length > 0 ? rule.InputInterface : null,
            OutgoingInterface = rule.OutputInterface.Length > 0 ? rule.OutputInterface : null,
            Action = rule.Action switch
            {
                VipConfig.RuleAction.Lookup => KernelAction.Lookup,
                VipConfig.RuleAction.Blackhole => KernelAction.Blackhole,
                VipConfig.RuleAction.Unreachable => KernelAction.Unreachable,
                VipConfig.RuleAction.Prohibit => KernelAction.Prohibit,
                VipConfig.RuleAction.Goto or VipConfig.RuleAction.Nop => throw new UnreachableException(),
                _ => throw new UnreachableException(),
            },
            Table = (rule.Action == VipConfig.RuleAction.Lookup ? RouteTables.Find(rule.Table) : null) ?? HeldRoute.MainTable,
            IsInverted = rule.Not,
            Protocol = Mark,
        };
    }

    private static IpAddr? Broadcast(VirtualAddress address) => address.Broadcast switch
    {
        "" => null,
        "+" => address.Address.Network.Last,
        "-" => address.Address.Network.Address,
        _ => IpAddr.Parse(address.Broadcast),
    };

    private static AddressScope Scope(string text) => text switch
    {
        "" or "global" => AddressScope.Universe,
        "site" => AddressScope.Site,
        "link" => AddressScope.Link,
        "host" => AddressScope.Host,
        "nowhere" => AddressScope.Nowhere,
        _ => (AddressScope)byte.Parse(text, CultureInfo.InvariantCulture),
    };
}
