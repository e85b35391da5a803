// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Placement;
using LoadBalancer.Primitives;
using L2Advertisement = LoadBalancer.Config.L2Advertisement;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>
/// Turns what the API says into demands: for every address, which node may announce it and why another may not. A pure
/// function of its inputs, so every speaker comes to the same demands.
/// </summary>
internal sealed class DemandBuilder(
    Config.Configuration configuration,
    IReadOnlyCollection<Node> nodes,
    ServiceEndpoints endpoints,
    Func<ObjectKey, string?> recordedNode,
    bool ignoreExcludeLabel)
{
    public const string ExcludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

    private readonly Dictionary<string, CandidateSet> _shapes = new(StringComparer.Ordinal);

    public IReadOnlyList<AddressDemand> Build(IEnumerable<AnnouncedService> services)
    {
        // Routers alone: no address is any node's, and there may be very many.
        if (configuration.L2Advertisements.Count == 0)
        {
            return [];
        }

        Dictionary<IpAddr, List<AnnouncedService>> byAddress = [];
        foreach (AnnouncedService service in services.OrderBy(s => s.Key.Namespace, StringComparer.Ordinal).ThenBy(s => s.Key.Name, StringComparer.Ordinal))
        {
            foreach (IpAddr address in service.Addresses)
            {
                (byAddress.TryGetValue(address, out List<AnnouncedService>? users) ? users : byAddress[address] = []).Add(service);
            }
        }

        List<AddressDemand> demands = new(byAddress.Count);
        foreach ((IpAddr address, List<AnnouncedService> users) in byAddress.OrderBy(a => a.Key))
        {
            if (Demand(address, users) is { } demand)
            {
                demands.Add(demand);
            }
        }

        return demands;
    }

    private AddressDemand? Demand(IpAddr address, List<AnnouncedService> users)
    {
        List<CandidateSet> sets = [];
        TimeSpan? failback = null;
        foreach (AnnouncedService service in users)
        {
            L2Advertisement[] advertisements = [.. Covering(address, service)];
            if (advertisements.Length == 0)
            {
                continue;
            }

            sets.Add(Candidates(service, advertisements));
            foreach (L2Advertisement advertisement in advertisements.Where(a => a.Failback.Enabled))
            {
                failback = failback is { } shorter && shorter < advertisement.Failback.Delay ? shorter : advertisement.Failback.Delay;
            }
        }

        return sets.Count == 0 ? null : new()
        {
            Address = address,
            // Services that share an address, and the families of one Service, come to the same first Service.
            Group = users[0].Key.ToString(),
            Candidates = Merge(sets),
            RecordedNode = users.Select(u => recordedNode(u.Key)).FirstOrDefault(n => n is not null),
            FailbackAfter = failback,
        };
    }

    private IEnumerable<L2Advertisement> Covering(IpAddr address, AnnouncedService service)
    {
        string? pool = configuration.PoolOf(address, service.RecordedPool);
        return pool is null ? [] : configuration.L2Advertisements.Where(a => a.SelectsPool(pool) && a.SelectsService(service.Labels));
    }

    private CandidateSet Candidates(AnnouncedService service, L2Advertisement[] advertisements)
    {
        IReadOnlyCollection<string> serving = endpoints.NodesOf(service.Key);
        bool sharedWithSelector = service.IsShared && advertisements.Any(a => a.ServiceSelectors.Count > 0);
        string shape = $"{string.Join(',', advertisements.Select(a => a.Name))}|{sharedWithSelector}|"
            + (service.LocalTraffic ? string.Join(',', serving) : serving.Count > 0 ? "any" : "none");
        if (_shapes.TryGetValue(shape, out CandidateSet? known))
        {
            return known;
        }

        return _shapes[shape] = new CandidateSet(nodes.Select(node => Judge(node, service, advertisements, serving, sharedWithSelector)));
    }

    private Candidate Judge(Node node, AnnouncedService service, L2Advertisement[] advertisements, IReadOnlyCollection<string> serving, bool sharedWithSelector)
    {
        string name = node.Metadata.Name!;
        IReadOnlyDictionary<string, string> labels = node.Metadata.Labels;
        L2Advertisement[] selecting = [.. advertisements.Where(a => a.SelectsNode(labels))];
        bool servesHere = service.LocalTraffic ? serving.Contains(name) : serving.Count > 0;
        Ineligibility reason = sharedWithSelector ? Ineligibility.SharedAddressWithServiceSelector
            : selecting.Length == 0 ? Ineligibility.NoMatchingAdvertisement
            : !ignoreExcludeLabel && labels.ContainsKey(ExcludeLabel) ? Ineligibility.ExcludedByLabel
            : node.Status.Conditions.Any(c => c is { Type: "NetworkUnavailable", Status: "True" }) ? Ineligibility.NetworkUnavailable
            : !servesHere ? Ineligibility.NoReadyEndpoint
            : Ineligibility.None;
        return new()
        {
            Node = name,
            Ineligibility = reason,
            Score = advertisements.Sum(a => a.PreferredNodes.Where(p => p.Selector.Matches(labels)).Sum(p => p.Weight)),
            // One advertisement without interfaces opens all of them.
            Interfaces = selecting.Any(a => a.Interfaces.Count == 0) ? null : [.. selecting.SelectMany(a => a.Interfaces).Distinct()],
        };
    }

    // A node that can serve every Service on the address; where there is none, one that can serve any of them.
    private static CandidateSet Merge(List<CandidateSet> sets)
    {
        if (sets.Distinct().Take(2).Count() == 1)
        {
            return sets[0];
        }

        CandidateSet[] alive = [.. sets.Where(s => s.All.Any(c => c.Ineligibility == Ineligibility.None))];
        if (alive.Length == 0)
        {
            return sets[0];
        }

        Candidate[] all = [.. alive[0].All.Select(c => alive.Select(s => s.Find(c.Node)!).FirstOrDefault(o => o.Ineligibility != Ineligibility.None) ?? c)];
        return all.Any(c => c.Ineligibility == Ineligibility.None)
            ? new(all)
            : new(alive[0].All.Select(c => alive.Select(s => s.Find(c.Node)!).FirstOrDefault(o => o.Ineligibility == Ineligibility.None) ?? c));
    }
}
