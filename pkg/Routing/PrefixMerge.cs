// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Config.Bgp;

namespace LoadBalancer.Routing;

/// <summary>
/// Makes one route per peer of all that contributes to a prefix: communities are united, and of two values the one that
/// attracts more traffic is taken (the higher LOCAL_PREF, the lower MED, the shorter path); bandwidths of Services add up.
/// </summary>
internal static class PrefixMerge
{
    public static ImmutableArray<RouteVariant> Merge(List<Contribution> contributions)
    {
        if (contributions.Count == 1)
            return contributions[0].Advertisement.Peers.IsEmpty ? [] : [new RouteVariant(contributions[0].Advertisement.Peers, Policy(contributions))];

        List<(PeerSet Peers, List<Contribution> Contributions)> cells = [];
        foreach (Contribution contribution in contributions)
            Refine(cells, contribution);
        List<RouteVariant> variants = [];
        foreach ((PeerSet peers, List<Contribution> of) in cells)
        {
            RoutePolicy policy = Policy(of);
            int same = variants.FindIndex(v => v.Policy.Equals(policy));
            if (same < 0)
                variants.Add(new RouteVariant(peers, policy));
            else
                variants[same] = variants[same] with { Peers = variants[same].Peers.Or(peers) };
        }

        variants.Sort(static (a, b) => Lowest(a.Peers).CompareTo(Lowest(b.Peers)));
        return [.. variants];
    }

    // Cells of peers that the same advertisements are for: each contribution splits those it is for a part of.
    private static void Refine(List<(PeerSet Peers, List<Contribution> Contributions)> cells, in Contribution contribution)
    {
        PeerSet rest = contribution.Advertisement.Peers;
        for (int i = cells.Count - 1; i >= 0 && !rest.IsEmpty; i--)
        {
            PeerSet common = cells[i].Peers.And(rest);
            if (common.IsEmpty)
                continue;
            PeerSet others = cells[i].Peers.Except(common);
            if (!others.IsEmpty)
            {
                cells.Add((others, [.. cells[i].Contributions]));
                cells[i] = (common, cells[i].Contributions);
            }

            cells[i].Contributions.Add(contribution);
            rest = rest.Except(common);
        }

        if (!rest.IsEmpty)
            cells.Add((rest, [contribution]));
    }

    private static RoutePolicy Policy(List<Contribution> contributions)
    {
        Contribution first = contributions[0];
        if (contributions.Count == 1 && first.Extra.IsEmpty && first.Bandwidth is null)
            return first.Advertisement.Policy;

        uint localPref = 0;
        uint? med = null;
        byte prepend = byte.MaxValue;
        Dictionary<LocalAdvertisement, float> bandwidths = [];
        SortedSet<BgpCommunity> communities = new(CommunityOrder.Instance);
        foreach (Contribution contribution in contributions)
        {
            RoutePolicy policy = contribution.Advertisement.Policy;
            localPref = Math.Max(localPref, policy.LocalPref);
            med = med < policy.Med || policy.Med is null ? med : policy.Med;
            prepend = Math.Min(prepend, policy.AsPathPrepend);
            if (contribution.Bandwidth is { } bandwidth)
                bandwidths[contribution.Advertisement] = bandwidths.GetValueOrDefault(contribution.Advertisement) + bandwidth;
            communities.UnionWith(policy.Communities);
            communities.UnionWith(contribution.Extra);
        }

        return new RoutePolicy
        {
            LocalPref = localPref,
            Med = med,
            AsPathPrepend = prepend,
            Communities = [.. communities],
            Bandwidth = Highest(bandwidths),
        };
    }

    private static float? Highest(Dictionary<LocalAdvertisement, float> bandwidths)
    {
        float? highest = null;
        foreach (float bandwidth in bandwidths.Values)
            highest = highest > bandwidth ? highest : bandwidth;
        return highest;
    }

    private static int Lowest(PeerSet peers)
    {
        foreach (int peer in peers)
            return peer;
        return int.MaxValue;
    }
}
