// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Routing.Tests;

/// <summary>A planner for a node, and what it has told its peers so far.</summary>
internal sealed class Planned
{
    public static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    private readonly Dictionary<IpPrefix, RouteChange> _table = [];
    private Dictionary<(string Peer, IpPrefix Prefix), RoutePolicy> _told = [];

    public RoutePlanner Planner { get; } = new();

    public List<Pool> Pools { get; } =
    [
        Pool("p1", "192.0.2.0/24"),
        Pool("p2", "198.51.100.0/24"),
        Pool("p6", "2001:db8::/64"),
    ];

    public List<BgpPeer> Peers { get; } = [Peer("a"), Peer("b")];

    public List<BgpAdvertisement> Advertisements { get; } = [];

    public RoutingNode Node { get; set; } = new(NoLabels);

    /// <summary>Changes of the last step, as "peer prefix +" or "peer prefix -", sorted.</summary>
    public List<string> Step { get; } = [];

    public static Pool Pool(string name, params string[] ranges) =>
        new("lb", name, 0, [.. ranges.Select(r => IpRange.TryParse(r, out IpRange range, out _) ? range : throw new ArgumentException(r))], NoLabels);

    public static BgpPeer Peer(string name) => new("lb", name) { MyAsn = 64512, PeerAsn = PeerAsn.Of(64513), Address = IpAddr.Parse($"203.0.113.{(int)name[0]}") };

    public static BgpAdvertisement Advertisement(string name, params string[] pools) => new("lb", name, pools.Length == 0 ? ["p1", "p2", "p6"] : pools);

    public static RoutedService Service(string name, params string[] addresses) =>
        new("ns/" + name, [.. addresses.Select(IpAddr.Parse)], "", NoLabels) { Endpoints = 2, EndpointsHere = 1 };

    public static LabelSelector Selector(string key, params string[] values) =>
        LabelSelector.TryCompile(new LabelSelectorManifest(null, [new LabelRequirementManifest(key, "In", values)]), "spec", []) ?? throw new ArgumentException(key);

    public Planned Configure()
    {
        Planner.Configure(Configuration(), Node);
        return Take();
    }

    public Configuration Configuration() =>
        new(Pools, [], [], new HashSet<string>()) { BgpPeers = Peers, BgpPeersByClaim = Peers, BgpAdvertisements = Advertisements };

    public Planned Set(params RoutedService[] services)
    {
        foreach (RoutedService service in services)
            Planner.Set(service);
        return Take();
    }

    public Planned Remove(string service)
    {
        Planner.Remove("ns/" + service);
        return Take();
    }

    public string[] Told(string peer) => [.. _told.Keys.Where(k => k.Peer == peer).Select(k => k.Prefix.ToString()).Order(StringComparer.Ordinal)];

    public RoutePolicy Policy(string peer, string prefix) => _told[(peer, IpPrefix.Parse(prefix))];

    public RouteRefusal Refusal(string service) => Planner.RoutesOf("ns/" + service)[0].Refusal;

    public string[] PeersOf(string service) =>
        [.. Planner.RoutesOf("ns/" + service).SelectMany(r => Planner.Groups.Members(r.Groups)).Distinct().Order(StringComparer.Ordinal)];

    private Planned Take()
    {
        foreach (RouteChange change in Planner.TakeChanges())
        {
            _table[change.Prefix] = change;
        }

        Dictionary<(string Peer, IpPrefix Prefix), RoutePolicy> told = [];
        foreach (string peer in Planner.Groups.Peers)
        {
            foreach (RouteChange route in _table.Values)
            {
                if (Find(route, peer) is { } policy)
                {
                    told[(peer, route.Prefix)] = policy;
                }
            }
        }

        Step.Clear();
        Step.AddRange(_told.Keys.Where(k => !told.ContainsKey(k)).Select(k => $"{k.Peer} {k.Prefix} -"));
        Step.AddRange(told.Where(t => !_told.TryGetValue(t.Key, out RoutePolicy? known) || !known.Equals(t.Value)).Select(t => $"{t.Key.Peer} {t.Key.Prefix} +"));
        Step.Sort(StringComparer.Ordinal);
        _told = told;
        return this;
    }

    private RoutePolicy? Find(in RouteChange route, string peer)
    {
        RoutePolicy? found = null;
        foreach (RouteVariant variant in route.Variants)
        {
            if (Planner.Groups.TryGet(peer, out int group) && variant.Groups.Contains(group))
            {
                Assert.Null(found);
                found = variant.Policy;
            }
        }

        return found;
    }
}
