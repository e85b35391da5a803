// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig.Judging;

namespace LoadBalancer.VipConfig;

/// <summary>One configuration of two that came through different doors.</summary>
public static class ConfigurationJoin
{
    /// <summary>
    /// Everything of the first and everything of the second, judged as a whole. The first's settings of the process hold, and a name
    /// that both have is the first's: the second's is left out and reported. So is what clashes with it, for what comes later is
    /// judged against what came before.
    /// </summary>
    public static ConfigurationReading Judge(VipConfiguration first, VipConfiguration second)
    {
        ProblemList problems = new();
        VipConfiguration joined = first with
        {
            Instances = Concat(first.Instances, second.Instances, "instances", static i => i.Name, problems),
            SyncGroups = Concat(first.SyncGroups, second.SyncGroups, "syncGroups", static g => g.Name, problems),
            Scripts = Concat(first.Scripts, second.Scripts, "scripts", static s => s.Name, problems),
            Processes = Concat(first.Processes, second.Processes, "processes", static p => p.Name, problems),
            Files = Concat(first.Files, second.Files, "files", static f => f.Name, problems),
            Routes = Concat(first.Routes, second.Routes, "routes", static r => r.Name, problems),
            Services = Concat(first.Services, second.Services, "services", static s => s.Name, problems),
            BfdPeers = Concat(first.BfdPeers, second.BfdPeers, "bfdPeers", static b => b.Name, problems),
            VirtualServers = Concat(first.VirtualServers, second.VirtualServers, "virtualServers", static s => s.Name, problems),
            StaticAddresses = [.. first.StaticAddresses, .. second.StaticAddresses],
            StaticRoutes = [.. first.StaticRoutes, .. second.StaticRoutes],
            StaticRules = [.. first.StaticRules, .. second.StaticRules],
            Notify = [.. first.Notify, .. second.Notify],
        };
        Validation.Judge(joined, problems);
        return new(joined, problems.InOrder());
    }

    private static ValueList<T> Concat<T>(ValueList<T> first, ValueList<T> second, string part, Func<T, string> name, ProblemList problems)
    {
        if (second.Count == 0)
            return first;
        HashSet<string> taken = new(StringComparer.Ordinal);
        List<T> joined = [.. first];
        foreach (T item in first)
            taken.Add(name(item));
        foreach (T item in second)
            if (taken.Add(name(item)))
                joined.Add(item);
            else
                problems.Add(ProblemKind.Warning, $"{part}.{name(item)}", $"{part}.{name(item)} is there twice, and the first of the two is in force: rename the other");
        return [.. joined];
    }
}
