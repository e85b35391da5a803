// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Routing;

/// <summary>
/// What this node tells its BGP peers, kept in step with the cluster. A change of one Service is judged alone and costs what the
/// prefixes it is in cost; a change of the configuration or of the node judges all. Only what comes out differently is handed on.
/// </summary>
public sealed class RoutePlanner
{
    private readonly Dictionary<string, (RoutedService Facts, List<Contribution> Contributions, ImmutableArray<AddressRoutes> Routes)> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<IpPrefix, PlannedPrefix> _prefixes = [];
    private readonly HashSet<IpPrefix> _dirty = [];
    private ServiceJudge _judge = new(Config.Configuration.Empty, new RoutingNode(new Dictionary<string, string>()), []);

    /// <summary>The peers of this node, in groups that are told the same.</summary>
    public PeerGroups Groups { get; } = new();

    /// <summary>Prefixes that are announced to somebody.</summary>
    public int Announced { get; private set; }

    /// <summary>Takes a configuration, or a node that has changed; all Services are judged anew.</summary>
    /// <returns>The peers of this node, by name.</returns>
    public IReadOnlyList<BgpPeer> Configure(Config.Configuration configuration, RoutingNode node)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(node);
        List<BgpAdvertisement> selected = [];
        foreach (BgpAdvertisement advertisement in configuration.BgpAdvertisements)
            if (advertisement.SelectsNode(node.Labels))
                selected.Add(advertisement);
        IReadOnlyList<BgpPeer> peers = configuration.BgpPeersOn(node.Labels);
        List<(string, string)> keys = [];
        foreach (BgpPeer peer in peers)
            keys.Add((peer.Name, GroupKey(peer, selected)));

        Groups.Assign(keys);
        List<LocalAdvertisement> advertisements = [];
        foreach (BgpAdvertisement advertisement in selected)
            advertisements.Add(new LocalAdvertisement(advertisement, GroupsOf(advertisement), PolicyOf(advertisement)));
        _judge = new ServiceJudge(configuration, node, advertisements);
        List<RoutedService> services = new(_services.Count);
        foreach ((RoutedService facts, _, _) in _services.Values)
            services.Add(facts);
        foreach (RoutedService service in services)
            Judge(service);
        return peers;
    }

    /// <summary>Takes a Service, new or changed.</summary>
    public void Set(RoutedService service)
    {
        ArgumentNullException.ThrowIfNull(service);
        Judge(service);
    }

    /// <summary>A Service as it was taken last; null when it is not known.</summary>
    public RoutedService? Find(string service) => _services.TryGetValue(service, out var known) ? known.Facts : null;

    /// <summary>Forgets a Service.</summary>
    public void Remove(string service)
    {
        if (_services.Remove(service, out var known))
            Withdraw(service, known.Contributions);
    }

    /// <summary>What became of a Service's addresses; none of a Service that is not known.</summary>
    public ImmutableArray<AddressRoutes> RoutesOf(string service) => _services.TryGetValue(service, out var known) ? known.Routes : [];

    /// <summary>All prefixes as they were handed on last, in no order.</summary>
    public IEnumerable<RouteChange> Planned()
    {
        foreach ((IpPrefix prefix, PlannedPrefix planned) in _prefixes)
            if (!planned.Variants.IsEmpty)
                yield return new RouteChange(prefix, planned.Variants);
    }

    /// <summary>Prefixes that come out differently than when this was last asked, in no order.</summary>
    public IReadOnlyList<RouteChange> TakeChanges()
    {
        if (_dirty.Count == 0)
            return [];
        List<RouteChange> changes = [];
        foreach (IpPrefix prefix in _dirty)
        {
            PlannedPrefix planned = _prefixes[prefix];
            ImmutableArray<RouteVariant> variants = planned.Sources.Count == 0 ? [] : PrefixMerge.Merge(planned.All());
            if (!variants.AsSpan().SequenceEqual(planned.Variants.AsSpan()))
            {
                Announced += (variants.IsEmpty ? 0 : 1) - (planned.Variants.IsEmpty ? 0 : 1);
                planned.Variants = variants;
                changes.Add(new RouteChange(prefix, variants));
            }

            if (planned.Sources.Count == 0)
                _prefixes.Remove(prefix);
        }

        _dirty.Clear();
        return changes;
    }

    private void Judge(RoutedService service)
    {
        List<Contribution> contributions = [];
        ImmutableArray<AddressRoutes>.Builder routes = ImmutableArray.CreateBuilder<AddressRoutes>(service.Addresses.Count);
        foreach (IpAddr address in service.Addresses)
            routes.Add(_judge.Judge(service, address, contributions));
        if (_services.TryGetValue(service.Key, out var known))
            Withdraw(service.Key, known.Contributions);
        foreach (Contribution contribution in contributions)
        {
            if (!_prefixes.TryGetValue(contribution.Prefix, out PlannedPrefix? planned))
                _prefixes.Add(contribution.Prefix, planned = new PlannedPrefix());
            planned.Add(service.Key, contribution);
            _dirty.Add(contribution.Prefix);
        }

        _services[service.Key] = (service, contributions, routes.MoveToImmutable());
    }

    private void Withdraw(string service, List<Contribution> contributions)
    {
        foreach (Contribution contribution in contributions)
        {
            _prefixes[contribution.Prefix].Sources.Remove(service);
            _dirty.Add(contribution.Prefix);
        }
    }

    // All that can make what one peer is told differ from what another is.
    private static string GroupKey(BgpPeer peer, List<BgpAdvertisement> advertisements)
    {
        StringBuilder key = new();
        key.Append(CultureInfo.InvariantCulture, $"{peer.ShownAsn} {peer.MaxAnnouncedPrefixes}");
        foreach (BgpAdvertisement advertisement in advertisements)
            if (advertisement.SelectsPeer(peer.Name))
                key.Append('\n').Append(advertisement.Name);
        return key.ToString();
    }

    private PeerGroupSet GroupsOf(BgpAdvertisement advertisement)
    {
        List<int> groups = [];
        foreach (string peer in Groups.Peers)
            if (advertisement.SelectsPeer(peer) && Groups.TryGet(peer, out int group))
                groups.Add(group);
        return PeerGroupSet.Of(groups);
    }

    private static RoutePolicy PolicyOf(BgpAdvertisement advertisement) => new()
    {
        LocalPref = advertisement.LocalPref ?? RoutePolicy.DefaultLocalPref,
        Med = advertisement.Med,
        AsPathPrepend = advertisement.AsPathPrepend,
        Communities = [.. new SortedSet<BgpCommunity>(advertisement.Communities, CommunityOrder.Instance)],
    };
}
