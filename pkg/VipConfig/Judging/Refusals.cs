// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Judging;

/// <summary>Takes out of a configuration what has errors, so that one mistake stops one object and not the node.</summary>
internal static class Refusals
{
    public static VipConfiguration Without(VipConfiguration configuration, IReadOnlyList<ConfigProblem> problems)
    {
        HashSet<string> wrong = new(StringComparer.Ordinal);
        foreach (ConfigProblem problem in problems)
            if (problem.Kind == ProblemKind.Error)
                for (string path = problem.Path; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))])
                    wrong.Add(path);
        if (wrong.Count == 0)
            return configuration;

        // Half a sync group is worse than none: its members would be on different nodes. So a group goes with any of its members, and they with it.
        HashSet<string> instances = new(StringComparer.Ordinal);
        foreach (VipInstance instance in configuration.Instances)
            if (wrong.Contains($"instances.{instance.Name}"))
                instances.Add(instance.Name);
        List<SyncGroup> groups = [];
        foreach (SyncGroup group in configuration.SyncGroups)
        {
            bool whole = !wrong.Contains($"syncGroups.{group.Name}");
            foreach (string member in group.Members)
                whole &= !instances.Contains(member);
            if (whole)
                groups.Add(group);
            else
                foreach (string member in group.Members)
                    instances.Add(member);
        }

        return configuration with
        {
            Instances = configuration.Instances.Keep(i => !instances.Contains(i.Name)),
            SyncGroups = [.. groups],
            Scripts = configuration.Scripts.Keep(s => !wrong.Contains($"scripts.{s.Name}")),
            Processes = configuration.Processes.Keep(p => !wrong.Contains($"processes.{p.Name}")),
            Files = configuration.Files.Keep(f => !wrong.Contains($"files.{f.Name}")),
            Routes = configuration.Routes.Keep(r => !wrong.Contains($"routes.{r.Name}")),
            Services = configuration.Services.Keep(s => !wrong.Contains($"services.{s.Name}")),
            BfdPeers = configuration.BfdPeers.Keep(b => !wrong.Contains($"bfdPeers.{b.Name}")),
            VirtualServers = configuration.VirtualServers.Keep(s => !wrong.Contains($"virtualServers.{s.Name}")),
            StaticAddresses = Indexed(configuration.StaticAddresses, "staticAddresses", wrong),
            StaticRoutes = Indexed(configuration.StaticRoutes, "staticRoutes", wrong),
            StaticRules = Indexed(configuration.StaticRules, "staticRules", wrong),
            Notify = Indexed(configuration.Notify, "notify", wrong),
        };
    }

    private static ValueList<T> Indexed<T>(ValueList<T> items, string field, HashSet<string> wrong)
    {
        List<T> kept = [];
        for (int i = 0; i < items.Count; i++)
            if (!wrong.Contains($"{field}[{i}]"))
                kept.Add(items[i]);
        return [.. kept];
    }
}
