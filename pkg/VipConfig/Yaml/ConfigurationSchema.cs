// SPDX-License-Identifier: Apache-2.0
using static LoadBalancer.VipConfig.Yaml.Words;

namespace LoadBalancer.VipConfig.Yaml;

/// <summary>
/// Keys of vipd.yaml as a whole; a field marked restarts cannot change under a running object. The tables below it are in
/// classes of their own, because static fields of one class are made in the order they are written.
/// </summary>
internal static class ConfigurationSchema
{
    private static readonly Schema<AnnouncePacing> Pacing = new Schema<AnnouncePacing>(new(), "pacing")
        .Add("interfaces", Texts, p => p.Interfaces, (p, v) => p with { Interfaces = v })
        .Add("arpInterval", Duration, p => p.ArpInterval, (p, v) => p with { ArpInterval = v })
        .Add("neighborInterval", Duration, p => p.NeighborInterval, (p, v) => p with { NeighborInterval = v });

    private static readonly Schema<InterfaceDelay> Delay = new Schema<InterfaceDelay>(new(), "a delay")
        .Add("interface", Text, d => d.Interface, (d, v) => d with { Interface = v })
        .Add("down", Duration, d => d.Down, (d, v) => d with { Down = v })
        .Add("up", Duration, d => d.Up, (d, v) => d with { Up = v });

    public static readonly Schema<GlobalSettings> Global = new Schema<GlobalSettings>(new(), "global settings")
        .Add("nodeName", Text, g => g.NodeName, (g, v) => g with { NodeName = v })
        .Add("realtimePriority", Number(0, 99), g => g.RealtimePriority, (g, v) => g with { RealtimePriority = v }, restarts: true)
        .Add("nice", Number(-20, 19), g => g.Nice, (g, v) => g with { Nice = v }, restarts: true)
        .Add("lockMemory", Flag, g => g.LockMemory, (g, v) => g with { LockMemory = v }, restarts: true)
        .Add("processors", List(Number(0, 4095)), g => g.Processors, (g, v) => g with { Processors = v }, restarts: true)
        .Add("scriptUser", Text, g => g.ScriptUser, (g, v) => g with { ScriptUser = v })
        .Add("scriptGroup", Text, g => g.ScriptGroup, (g, v) => g with { ScriptGroup = v })
        .Add("scriptSecurity", Flag, g => g.ScriptSecurity, (g, v) => g with { ScriptSecurity = v })
        .Add("startupDelay", Duration, g => g.StartupDelay, (g, v) => g with { StartupDelay = v })
        .Add("multicastGroup4", Optional(Address), g => g.MulticastGroup4, (g, v) => g with { MulticastGroup4 = v }, restarts: true)
        .Add("multicastGroup6", Optional(Address), g => g.MulticastGroup6, (g, v) => g with { MulticastGroup6 = v }, restarts: true)
        .Add("pacing", List(Pacing), g => g.Pacing, (g, v) => g with { Pacing = v })
        .Add("interfaceDelays", List(Delay), g => g.InterfaceDelays, (g, v) => g with { InterfaceDelays = v });

    public static readonly Schema<SyncGroup> Group = new Schema<SyncGroup>(new(), "a sync group")
        .Add("members", Texts, g => g.Members, (g, v) => g with { Members = v })
        .Add("track", InstanceSchemas.Track, g => g.Track, (g, v) => g with { Track = v })
        .Add("trackingWeights", Flag, g => g.TrackingWeights, (g, v) => g with { TrackingWeights = v })
        .Add("notify", Schemas.Hooks, g => g.Notify, (g, v) => g with { Notify = v });

    public static readonly Schema<VipConfiguration> Configuration = new Schema<VipConfiguration>(new(), "the configuration")
        .Add("global", Global, c => c.Global, (c, v) => c with { Global = v })
        .Add("instances", Named(InstanceSchemas.Instance, i => i.Name, (i, n) => i with { Name = n }), c => c.Instances, (c, v) => c with { Instances = v })
        .Add("syncGroups", Named(Group, g => g.Name, (g, n) => g with { Name = n }), c => c.SyncGroups, (c, v) => c with { SyncGroups = v })
        .Add("scripts", Named(TrackedSchemas.Script, s => s.Name, (s, n) => s with { Name = n }), c => c.Scripts, (c, v) => c with { Scripts = v })
        .Add("processes", Named(TrackedSchemas.Process, p => p.Name, (p, n) => p with { Name = n }), c => c.Processes, (c, v) => c with { Processes = v })
        .Add("files", Named(TrackedSchemas.File, f => f.Name, (f, n) => f with { Name = n }), c => c.Files, (c, v) => c with { Files = v })
        .Add("routes", Named(TrackedSchemas.Route, r => r.Name, (r, n) => r with { Name = n }), c => c.Routes, (c, v) => c with { Routes = v })
        .Add("services", Named(TrackedSchemas.Service, s => s.Name, (s, n) => s with { Name = n }), c => c.Services, (c, v) => c with { Services = v })
        .Add("bfdPeers", Named(TrackedSchemas.Bfd, b => b.Name, (b, n) => b with { Name = n }), c => c.BfdPeers, (c, v) => c with { BfdPeers = v })
        .Add("virtualServers", Named(ForwardingSchemas.Server, s => s.Name, (s, n) => s with { Name = n }), c => c.VirtualServers, (c, v) => c with { VirtualServers = v })
        .Add("staticAddresses", Schemas.Addresses, c => c.StaticAddresses, (c, v) => c with { StaticAddresses = v })
        .Add("staticRoutes", Schemas.Routes, c => c.StaticRoutes, (c, v) => c with { StaticRoutes = v })
        .Add("staticRules", Schemas.Rules, c => c.StaticRules, (c, v) => c with { StaticRules = v })
        .Add("notify", Schemas.Hooks, c => c.Notify, (c, v) => c with { Notify = v });

    private static NamedCodec<T> Named<T>(Schema<T> schema, Func<T, string> name, Func<T, string, T> rename)
        where T : class => new(schema, name, rename);
}
