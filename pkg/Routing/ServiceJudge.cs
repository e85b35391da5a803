// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Routing;

/// <summary>Decides whether this node announces a Service's addresses, and on account of which advertisements.</summary>
internal sealed class ServiceJudge(Config.Configuration configuration, RoutingNode node, IReadOnlyList<LocalAdvertisement> advertisements)
{
    /// <summary>Judges one address; what it contributes is added to the list.</summary>
    public AddressRoutes Judge(RoutedService service, IpAddr address, List<Contribution> contributions)
    {
        int first = contributions.Count;
        RouteRefusal refusal = Collect(service, address, contributions);
        if (refusal != RouteRefusal.None)
            contributions.RemoveRange(first, contributions.Count - first);
        PeerGroupSet groups = PeerGroupSet.None;
        ImmutableArray<IpPrefix>.Builder prefixes = ImmutableArray.CreateBuilder<IpPrefix>(1);
        for (int i = first; i < contributions.Count; i++)
        {
            groups = groups.Or(contributions[i].Advertisement.Groups);
            if (!prefixes.Contains(contributions[i].Prefix))
                prefixes.Add(contributions[i].Prefix);
        }

        return new AddressRoutes(address, refusal, groups, prefixes.ToImmutable());
    }

    private RouteRefusal Collect(RoutedService service, IpAddr address, List<Contribution> contributions)
    {
        if (configuration.PoolOf(address, service.RecordedPool) is not { } pool)
            return RouteRefusal.NoPool;
        int first = contributions.Count;
        bool selectsByService = false;
        bool hasPeers = false;
        foreach (LocalAdvertisement advertisement in advertisements)
        {
            if (!advertisement.Object.SelectsPool(pool) || !advertisement.Object.SelectsService(service.Labels))
                continue;
            selectsByService |= advertisement.Object.ServiceSelectors.Count > 0;
            hasPeers |= !advertisement.Groups.IsEmpty;
            contributions.Add(new Contribution(
                advertisement.Object.PrefixOf(address), advertisement, Allowed(service, advertisement.Object), Bandwidth(service, advertisement.Object)));
        }

        return contributions.Count == first ? RouteRefusal.NoMatchingAdvertisement
            : service.IsShared && selectsByService ? RouteRefusal.SharedAddressWithServiceSelector
            : Conflicts(contributions, first) ? RouteRefusal.ConflictingAdvertisements
            : node.ExcludedByLabel ? RouteRefusal.ExcludedByLabel
            : node.NetworkUnavailable ? RouteRefusal.NetworkUnavailable
            : service.Endpoints == 0 ? RouteRefusal.NoEndpoint
            : service.Serving == 0 ? RouteRefusal.NoLocalEndpoint
            : !hasPeers ? RouteRefusal.NoPeer
            : !AllRoutable(contributions, first) ? RouteRefusal.NotRoutable
            : RouteRefusal.None;
    }

    private static bool Conflicts(List<Contribution> contributions, int first)
    {
        for (int i = first; i < contributions.Count; i++)
            for (int j = i + 1; j < contributions.Count; j++)
                if (contributions[i].Prefix == contributions[j].Prefix
                    && contributions[i].Advertisement.Policy.LocalPref != contributions[j].Advertisement.Policy.LocalPref
                    && !contributions[i].Advertisement.Groups.And(contributions[j].Advertisement.Groups).IsEmpty)
                    return true;
        return false;
    }

    private static bool AllRoutable(List<Contribution> contributions, int first)
    {
        for (int i = first; i < contributions.Count; i++)
            if (!RoutablePrefix.Is(contributions[i].Prefix))
                return false;
        return true;
    }

    private static ImmutableArray<BgpCommunity> Allowed(RoutedService service, BgpAdvertisement advertisement)
    {
        if (service.Communities.Count == 0 || advertisement.AllowedServiceCommunities.Count == 0)
            return [];
        ImmutableArray<BgpCommunity>.Builder allowed = ImmutableArray.CreateBuilder<BgpCommunity>();
        foreach (BgpCommunity wanted in service.Communities)
            foreach (BgpCommunity granted in advertisement.AllowedServiceCommunities)
                if (wanted == granted)
                    allowed.Add(wanted);
        return allowed.ToImmutable();
    }

    private static float? Bandwidth(RoutedService service, BgpAdvertisement advertisement) => advertisement.BandwidthPerEndpoint * (service.Weight ?? service.Serving);
}
