// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using static LoadBalancer.VipConfig.Yaml.Words;

namespace LoadBalancer.VipConfig.Yaml;

/// <summary>Keys of addresses, routes, rules and hooks.</summary>
internal static class Schemas
{
    private static readonly Codec<bool?> OptionalFlag = Optional(Flag);

    private static readonly Codec<IpAddr?> OptionalAddress = Optional(Address);

    private static readonly Codec<uint?> OptionalMark = Optional(Mark);

    public static readonly Schema<NotifyHook> Hook = new Schema<NotifyHook>(new(), "a hook")
        .Add("on", List(Member<NotifyEvent>()), h => h.On, (h, v) => h with { On = v })
        .Add("command", Texts, h => h.Command, (h, v) => h with { Command = v })
        .Add("appendState", Flag, h => h.AppendState, (h, v) => h with { AppendState = v })
        .Add("user", Text, h => h.User, (h, v) => h with { User = v })
        .Add("group", Text, h => h.Group, (h, v) => h with { Group = v })
        .Add("webhook", Text, h => h.Webhook, (h, v) => h with { Webhook = v })
        .Add("timeout", Duration, h => h.Timeout, (h, v) => h with { Timeout = v });

    public static readonly Codec<ValueList<NotifyHook>> Hooks = List(Hook);

    public static readonly Schema<VirtualAddress> OneAddress = new Schema<VirtualAddress>(new(), "an address")
        .Add("address", Cidr, a => a.Address, (a, v) => a with { Address = v })
        .Add("device", Text, a => a.Device, (a, v) => a with { Device = v })
        .Add("label", Text, a => a.Label, (a, v) => a with { Label = v })
        .Add("scope", Text, a => a.Scope, (a, v) => a with { Scope = v })
        .Add("broadcast", Text, a => a.Broadcast, (a, v) => a with { Broadcast = v })
        .Add("peer", Optional(Cidr), a => a.Peer, (a, v) => a with { Peer = v })
        .Add("useVirtualMac", Flag, a => a.UseVirtualMac, (a, v) => a with { UseVirtualMac = v })
        .Add("noDad", Flag, a => a.NoDad, (a, v) => a with { NoDad = v })
        .Add("noPrefixRoute", Flag, a => a.NoPrefixRoute, (a, v) => a with { NoPrefixRoute = v })
        .Add("watch", Flag, a => a.Watch, (a, v) => a with { Watch = v })
        .Add("preferred", OptionalFlag, a => a.Preferred, (a, v) => a with { Preferred = v })
        .Shorthand("address");

    public static readonly Codec<ValueList<VirtualAddress>> Addresses = List(OneAddress);

    private static readonly Schema<NextHop> Hop = new Schema<NextHop>(new(), "a next hop")
        .Add("via", OptionalAddress, h => h.Via, (h, v) => h with { Via = v })
        .Add("device", Text, h => h.Device, (h, v) => h with { Device = v })
        .Add("weight", Number(1, 256), h => h.Weight, (h, v) => h with { Weight = v })
        .Add("onLink", Flag, h => h.OnLink, (h, v) => h with { OnLink = v });

    public static readonly Schema<VirtualRoute> Route = new Schema<VirtualRoute>(new(), "a route")
        .Add("destination", Optional(Prefix), r => r.Destination, (r, v) => r with { Destination = v })
        .Add("kind", Member<RouteKind>(), r => r.Kind, (r, v) => r with { Kind = v })
        .Add("via", OptionalAddress, r => r.Via, (r, v) => r with { Via = v })
        .Add("device", Text, r => r.Device, (r, v) => r with { Device = v })
        .Add("source", OptionalAddress, r => r.Source, (r, v) => r with { Source = v })
        .Add("table", Text, r => r.Table, (r, v) => r with { Table = v })
        .Add("metric", OptionalMark, r => r.Metric, (r, v) => r with { Metric = v })
        .Add("scope", Text, r => r.Scope, (r, v) => r with { Scope = v })
        .Add("protocol", Text, r => r.Protocol, (r, v) => r with { Protocol = v })
        .Add("preference", Text, r => r.Preference, (r, v) => r with { Preference = v })
        .Add("tos", Optional(Number(0, 255)), r => r.Tos, (r, v) => r with { Tos = v })
        .Add("onLink", Flag, r => r.OnLink, (r, v) => r with { OnLink = v })
        .Add("mtu", Optional(Number(0, 65535)), r => r.Mtu, (r, v) => r with { Mtu = v })
        .Add("advertisedMss", Optional(Number(0, 65535)), r => r.AdvertisedMss, (r, v) => r with { AdvertisedMss = v })
        .Add("initialWindow", Optional(Number(0, 65535)), r => r.InitialWindow, (r, v) => r with { InitialWindow = v })
        .Add("initialReceiveWindow", Optional(Number(0, 65535)), r => r.InitialReceiveWindow, (r, v) => r with { InitialReceiveWindow = v })
        .Add("nextHops", List(Hop), r => r.NextHops, (r, v) => r with { NextHops = v })
        .Add("watch", Flag, r => r.Watch, (r, v) => r with { Watch = v });

    public static readonly Codec<ValueList<VirtualRoute>> Routes = List(Route);

    public static readonly Schema<VirtualRule> Rule = new Schema<VirtualRule>(new(), "a rule")
        .Add("family", Optional(Family), r => r.WrittenFamily, (r, v) => r with { WrittenFamily = v })
        .Add("priority", OptionalMark, r => r.Priority, (r, v) => r with { Priority = v })
        .Add("not", Flag, r => r.Not, (r, v) => r with { Not = v })
        .Add("from", Optional(Prefix), r => r.From, (r, v) => r with { From = v })
        .Add("to", Optional(Prefix), r => r.To, (r, v) => r with { To = v })
        .Add("inputInterface", Text, r => r.InputInterface, (r, v) => r with { InputInterface = v })
        .Add("outputInterface", Text, r => r.OutputInterface, (r, v) => r with { OutputInterface = v })
        .Add("firewallMark", OptionalMark, r => r.FirewallMark, (r, v) => r with { FirewallMark = v })
        .Add("firewallMask", OptionalMark, r => r.FirewallMask, (r, v) => r with { FirewallMask = v })
        .Add("tos", Optional(Number(0, 255)), r => r.Tos, (r, v) => r with { Tos = v })
        .Add("ipProtocol", Text, r => r.IpProtocol, (r, v) => r with { IpProtocol = v })
        .Add("sourcePorts", Optional(Ports), r => r.SourcePorts, (r, v) => r with { SourcePorts = v })
        .Add("destinationPorts", Optional(Ports), r => r.DestinationPorts, (r, v) => r with { DestinationPorts = v })
        .Add("action", Member<RuleAction>(), r => r.Action, (r, v) => r with { Action = v })
        .Add("table", Text, r => r.Table, (r, v) => r with { Table = v })
        .Add("goto", OptionalMark, r => r.Goto, (r, v) => r with { Goto = v })
        .Add("suppressPrefixLength", Optional(Number(0, 128)), r => r.SuppressPrefixLength, (r, v) => r with { SuppressPrefixLength = v })
        .Add("watch", Flag, r => r.Watch, (r, v) => r with { Watch = v });

    public static readonly Codec<ValueList<VirtualRule>> Rules = List(Rule);
}
