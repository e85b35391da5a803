// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Routing.Tests;

/// <summary>A planner for a node, and what it has told its peers so far.</summary>
internal sealed class Planned
{
    public static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    private readonly Dictionary<(string Peer, IpPrefix Prefix), RoutePolicy> _told = [];

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

    public static BgpPeer Peer(string name) => new("lb", name) { MyAsn = 64512, PeerAsn = PeerAsn.Of(64513), Address = IpAddr.Parse("203.0.113.1") };

    public static BgpAdvertisement Advertisement(string name, params string[] pools) => new("lb", name, pools.Length == 0 ? ["p1", "p2", "p6"] : pools);

    public static RoutedService Service(string name, params string[] addresses) =>
        new("ns/" + name, [.. addresses.Select(IpAddr.Parse)], "", NoLabels) { Endpoints = 2, EndpointsHere = 1 };

    public static LabelSelector Selector(string key, params string[] values) =>
        LabelSelector.TryCompile(new LabelSelectorManifest(null, [new LabelRequirementManifest(key, "In", values)]), "spec", []) ?? throw new ArgumentException(key);

    public Planned Configure()
    {
        Configuration configuration = new(Pools, [], [], new HashSet<string>()) { BgpPeers = Peers, BgpAdvertisements = Advertisements };
        Planner.Configure(configuration, Node);
        return Take();
    }

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
        [.. Planner.RoutesOf("ns/" + service).SelectMany(r => r.Peers).Distinct().Select(p => Planner.Peers.TryGetName(p, out string? name) ? name : "?").Order(StringComparer.Ordinal)];

    private Planned Take()
    {
        Step.Clear();
        foreach (RouteChange change in Planner.TakeChanges())
        {
            foreach ((string peer, _) in _told.Keys.Where(k => k.Prefix == change.Prefix).ToList())
            {
                if (Find(change, peer) is null)
                {
                    _told.Remove((peer, change.Prefix));
                    Step.Add($"{peer} {change.Prefix} -");
                }
            }

            foreach (string peer in Planner.Peers.Names)
            {
                if (Find(change, peer) is { } policy && !(_told.TryGetValue((peer, change.Prefix), out RoutePolicy? known) && known.Equals(policy)))
                {
                    _told[(peer, change.Prefix)] = policy;
                    Step.Add($"{peer} {change.Prefix} +");
                }
            }
        }

        Step.Sort(StringComparer.Ordinal);
        return this;
    }

    private RoutePolicy? Find(in RouteChange change, string peer)
    {
        RoutePolicy? found = null;
        foreach (RouteVariant variant in change.Variants)
        {
            if (Planner.Peers.TryGet(peer, out int number) && variant.Peers.Contains(number))
            {
                Assert.Null(found);
                found = variant.Policy;
            }
        }

        return found;
    }
}
