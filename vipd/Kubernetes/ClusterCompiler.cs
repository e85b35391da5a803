// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.VipConfig;
using LoadBalancer.VipConfig.ConfigMap;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>Makes of everything in the cluster one configuration, and says of each object what became of it. Nothing else decides.</summary>
internal static class ClusterCompiler
{
    private static readonly string[] Parts = ["instances.", "services.", "virtualServers."];

    /// <summary>Compiles; what the file says beside it is only judged against.</summary>
    public static ClusterResult Compile(ClusterView view, VipConfiguration file)
    {
        ServiceServers servers = new(view);
        (VipConfiguration fromMap, IReadOnlyList<EntryVerdict> entries) = new ConfigMapCompiler(view, servers).Compile();
        VirtualIpCompiler compiler = new(view, servers);
        Dictionary<string, Verdict> verdicts = new(StringComparer.Ordinal);
        VirtualIP[] oldestFirst = [.. view.VirtualIPs
            .OrderBy(static v => v.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue)
            .ThenBy(static v => v.Metadata.Name, StringComparer.Ordinal)];
        foreach (VirtualIP item in oldestFirst)
            verdicts[item.Metadata.Name ?? ""] = compiler.Add(item);
        bool isListening = false;
        RouterIdChoice choice = RouterIds.Choose(
            oldestFirst,
            item =>
            {
                // Who is not on its segment leaves it to those that are.
                if (compiler.SegmentOf(item) is not { } segment)
                    return null;
                IReadOnlySet<int>? heard = segment.Link is { } link ? view.HeardOn(link, segment.Family) : new HashSet<int>();
                isListening |= heard is null;
                return heard;
            },
            [.. file.Instances.Concat(fromMap.Instances).Select(static i => i.RouterId)]);
        foreach (string name in choice.WithoutOne)
            verdicts[name] = Verdict.Refused("NoRouterID", "all 255 numbers of virtual routers are taken: list addresses that may move together in one VirtualIP, or give spec.virtualRouterID one that is free on its segment");

        VipConfiguration made = ConfigurationJoin.Judge(fromMap, compiler.Made).Configuration;
        // What is wrong with it alone is wrong on every node; what clashes with the file of this node, here.
        foreach (ConfigProblem problem in ConfigurationJoin.Judge(new(), made).Problems)
            if (problem.Kind == ProblemKind.Error && OwnerOf(problem.Path, verdicts.Keys) is { } owner && verdicts[owner].IsAccepted)
                verdicts[owner] = Verdict.Refused("Invalid", problem.Message);
        ConfigurationReading judged = ConfigurationJoin.Judge(file, made);
        ConfigurationReading alone = new(made, [.. judged.Problems.Where(problem => IsOf(problem.Path, made))]);
        foreach (ConfigProblem problem in judged.Problems)
            if (OwnerOf(problem.Path, verdicts.Keys) is { } owner && verdicts[owner].IsAccepted && Weighs(problem, owner, file))
                verdicts[owner] = Verdict.RefusedHere("Clashes", problem.Message);
        VipConfiguration inForce = alone.InForce;
        HashSet<string> refused = [.. verdicts.Where(static v => !v.Value.IsAccepted).Select(static v => v.Key)];
        return new()
        {
            Configuration = Without(inForce, refused),
            VirtualIPs = verdicts,
            Entries = entries,
            Fronts = servers.Fronts,
            RouterIds = choice.Chosen,
            IsListening = isListening,
            Led = new HashSet<string>(oldestFirst.Where(v => NodeRanks.Lead(v, view.Nodes) == view.Options.NodeName).Select(static v => v.Metadata.Name ?? ""), StringComparer.Ordinal),
        };
    }

    // What is left out of an object takes the object with it: half a VirtualIP helps nobody.
    public static VipConfiguration Without(VipConfiguration configuration, IReadOnlySet<string> refused) => configuration with
    {
        Instances = configuration.Instances.Keep(i => !refused.Contains(i.Name)),
        Services = configuration.Services.Keep(s => !refused.Contains(OwnerName(s.Name))),
        VirtualServers = configuration.VirtualServers.Keep(s => !refused.Contains(OwnerName(s.Name))),
    };

    private static bool Weighs(ConfigProblem problem, string owner, VipConfiguration file) =>
        problem.Kind == ProblemKind.Error || (problem.Path == $"instances.{owner}" && file.Instances.Any(i => i.Name == owner));

    private static string OwnerName(string name) => name.Split('/')[0];

    // Names of VirtualIPs may hold dots, and end where a path goes on: the longest that fits is meant.
    private static string? OwnerOf(string path, IEnumerable<string> names) => names
        .Where(name => Parts.Any(part =>
            path.StartsWith(part + name, StringComparison.Ordinal) && (path.Length == part.Length + name.Length || path[part.Length + name.Length] is '.' or '/' or '[')))
        .MaxBy(static name => name.Length);

    private static bool IsOf(string path, VipConfiguration made) =>
        OwnerOf(path, made.Instances.Select(static i => i.Name).Concat(made.VirtualServers.Select(static s => s.Name)).Concat(made.Services.Select(static s => s.Name))) is not null;
}
