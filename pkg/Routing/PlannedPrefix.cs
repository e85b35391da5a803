// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace LoadBalancer.Routing;

/// <summary>A prefix, what contributes to it by Service, and what was last made of it.</summary>
internal sealed class PlannedPrefix
{
    public SortedDictionary<string, List<Contribution>> Sources { get; } = new(StringComparer.Ordinal);

    public ImmutableArray<RouteVariant> Variants { get; set; } = [];

    public void Add(string service, in Contribution contribution)
    {
        if (!Sources.TryGetValue(service, out List<Contribution>? of))
            Sources.Add(service, of = []);
        of.Add(contribution);
    }

    public List<Contribution> All()
    {
        List<Contribution> all = [];
        foreach (List<Contribution> of in Sources.Values)
            all.AddRange(of);
        return all;
    }
}
