// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// The short way of what happens most: pods come and go. Only the servers of the Services it is about are made anew, everything else
/// stays the same object, and whoever compares finds that at a glance.
/// </summary>
internal static class EndpointChange
{
    /// <summary>The result with other servers; null when more than servers may differ, and all has to be made anew.</summary>
    public static ClusterResult? Apply(ClusterResult result, ClusterView view, IReadOnlySet<ObjectKey> services)
    {
        ServiceServers servers = new(view);
        Dictionary<string, VirtualServer> made = new(StringComparer.Ordinal);
        foreach (ServiceFront front in result.Fronts)
        {
            if (!services.Contains(front.Service))
                continue;
            IReadOnlyList<VirtualServer> next = servers.Of(front.Prefix, front.Service, front.Addresses, front.Terms, out string? problem);
            // The last endpoint goes, or the first comes: the object says so.
            if (problem != front.Problem || !next.Select(static s => s.Name).SequenceEqual(front.Names, StringComparer.Ordinal))
                return null;
            foreach (VirtualServer server in next)
                made[server.Name] = server;
        }

        List<VirtualServer> changed = [];
        List<VirtualServer> all = new(result.Configuration.VirtualServers.Count);
        foreach (VirtualServer server in result.Configuration.VirtualServers)
        {
            bool isOther = made.Remove(server.Name, out VirtualServer? next) && next != server;
            all.Add(isOther ? next! : server);
            if (isOther)
                changed.Add(next!);
        }

        // One that is left out, for a clash or for what was wrong with it, may be in order now; one that is in may be wrong.
        if (made.Count > 0 || ConfigurationJoin.Judge(new(), new() { VirtualServers = [.. changed] }).Problems.Any(static p => p.Kind == ProblemKind.Error))
            return null;
        return changed.Count == 0 ? result : result with { Configuration = result.Configuration with { VirtualServers = [.. all] } };
    }
}
