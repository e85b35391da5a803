// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig.Yaml;

namespace LoadBalancer.VipConfig;

/// <summary>Kinds of objects a configuration is made of; the member's name is the key of vipd.yaml that holds them.</summary>
public enum ConfigurationPart
{
    Global,
    Instances,
    SyncGroups,
    Scripts,
    Processes,
    Files,
    Routes,
    Services,
    BfdPeers,
    VirtualServers,
    StaticAddresses,
    StaticRoutes,
    StaticRules,
    Notify,
}

/// <summary>What became of an object.</summary>
public enum ChangeKind
{
    Added,
    Removed,

    /// <summary>Changed in fields that can be changed under it.</summary>
    ChangedInPlace,

    /// <summary>Changed in a field that means stopping it (with priority 0) and starting it anew.</summary>
    Restarted,
}

/// <summary>One object that differs: its name (empty for parts without names) and the fields that changed, by key.</summary>
public sealed record ObjectChange(ConfigurationPart Part, string Name, ChangeKind Kind, ValueList<string> Fields)
{
    /// <summary>A line for the log.</summary>
    public override string ToString()
    {
        string what = $"{char.ToLowerInvariant(Part.ToString()[0])}{Part.ToString()[1..]}" + (Name.Length == 0 ? "" : $".{Name}");
        return Kind switch
        {
            ChangeKind.Added => $"{what} is new",
            ChangeKind.Removed => $"{what} is gone",
            ChangeKind.ChangedInPlace => $"{what} changes in {string.Join(", ", Fields)}",
            ChangeKind.Restarted => $"{what} starts anew for {string.Join(", ", Fields)}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}

/// <summary>What a reload has to do; objects that are not named stay untouched.</summary>
public static class ConfigurationDifference
{
    /// <summary>Every object that differs, removed ones first within their part: what they held is free before others take it.</summary>
    public static ValueList<ObjectChange> Between(VipConfiguration before, VipConfiguration after)
    {
        List<ObjectChange> changes = [];
        Whole(ConfigurationPart.Global, ConfigurationSchema.Global, before.Global, after.Global, changes);
        Named(ConfigurationPart.Instances, InstanceSchemas.Instance, before.Instances, after.Instances, static i => i.Name, changes, MeansRestart);
        Named(ConfigurationPart.SyncGroups, ConfigurationSchema.Group, before.SyncGroups, after.SyncGroups, static g => g.Name, changes);
        Named(ConfigurationPart.Scripts, TrackedSchemas.Script, before.Scripts, after.Scripts, static s => s.Name, changes);
        Named(ConfigurationPart.Processes, TrackedSchemas.Process, before.Processes, after.Processes, static p => p.Name, changes);
        Named(ConfigurationPart.Files, TrackedSchemas.File, before.Files, after.Files, static f => f.Name, changes);
        Named(ConfigurationPart.Routes, TrackedSchemas.Route, before.Routes, after.Routes, static r => r.Name, changes);
        Named(ConfigurationPart.Services, TrackedSchemas.Service, before.Services, after.Services, static s => s.Name, changes);
        Named(ConfigurationPart.BfdPeers, TrackedSchemas.Bfd, before.BfdPeers, after.BfdPeers, static b => b.Name, changes);
        Named(ConfigurationPart.VirtualServers, ForwardingSchemas.Server, before.VirtualServers, after.VirtualServers, static s => s.Name, changes);
        List(ConfigurationPart.StaticAddresses, before.StaticAddresses, after.StaticAddresses, changes);
        List(ConfigurationPart.StaticRoutes, before.StaticRoutes, after.StaticRoutes, changes);
        List(ConfigurationPart.StaticRules, before.StaticRules, after.StaticRules, changes);
        List(ConfigurationPart.Notify, before.Notify, after.Notify, changes);
        return [.. changes];
    }

    // Sockets belong to a family and to multicast or unicast: neither can change under an instance.
    private static bool MeansRestart(VipInstance before, VipInstance after) =>
        before.Family != after.Family || before.Unicast is { Peers.Count: > 0 } != after.Unicast is { Peers.Count: > 0 };

    private static void Whole<T>(ConfigurationPart part, Schema<T> schema, T before, T after, List<ObjectChange> changes)
        where T : class
    {
        if (Compare(part, "", schema, before, after, anew: false) is { } change)
            changes.Add(change);
    }

    private static void List<T>(ConfigurationPart part, ValueList<T> before, ValueList<T> after, List<ObjectChange> changes)
    {
        if (before != after)
            changes.Add(new(part, "", ChangeKind.ChangedInPlace, []));
    }

    private static void Named<T>(
        ConfigurationPart part,
        Schema<T> schema,
        ValueList<T> before,
        ValueList<T> after,
        Func<T, string> name,
        List<ObjectChange> changes,
        Func<T, T, bool>? meansRestart = null)
        where T : class
    {
        Dictionary<string, T> wanted = new(after.Count, StringComparer.Ordinal), had = new(before.Count, StringComparer.Ordinal);
        foreach (T item in after)
            wanted[name(item)] = item;
        foreach (T item in before)
        {
            had[name(item)] = item;
            if (!wanted.ContainsKey(name(item)))
                changes.Add(new(part, name(item), ChangeKind.Removed, []));
        }

        foreach (T item in after)
            if (!had.TryGetValue(name(item), out T? old))
                changes.Add(new(part, name(item), ChangeKind.Added, []));
            else if (Compare(part, name(item), schema, old, item, meansRestart?.Invoke(old, item) ?? false) is { } change)
                changes.Add(change);
    }

    private static ObjectChange? Compare<T>(ConfigurationPart part, string name, Schema<T> schema, T before, T after, bool anew)
        where T : class
    {
        if (ReferenceEquals(before, after))
            return null;
        List<FieldChange> fields = [];
        schema.Compare(before, after, "", fields);
        if (fields.Count == 0)
            return null;
        bool restarts = anew;
        foreach (FieldChange field in fields)
            restarts |= field.Restarts;
        return new(part, name, restarts ? ChangeKind.Restarted : ChangeKind.ChangedInPlace, [.. fields.ConvertAll(static field => field.Path)]);
    }
}
