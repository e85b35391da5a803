// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Routing;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// The BGP side of the cluster's view: keeps the plan of routes in step with it and hands the plane what has changed. A change
/// of one Service goes out at once; what the plane has no room for is merged until it has.
/// </summary>
internal sealed class BgpKeeper(BgpPlane plane, ServiceEndpoints endpoints, SpeakerOptions options)
{
    private static readonly TimeSpan OfferInterval = TimeSpan.FromMilliseconds(5);

    private readonly RoutePlanner _planner = new();
    private readonly PeerPasswords _passwords = new();
    private readonly Dictionary<IpPrefix, RouteChange> _waiting = [];
    private Config.Configuration _configuration = Config.Configuration.Empty;
    private IReadOnlyList<PeerIntent>? _peers;
    private Dictionary<int, uint> _asns = [];
    private readonly WeightDamper _weights = new();
    private bool _weighted;
    private bool _configured;
    private bool _told;
    private bool _draining;
    private bool _leaving;

    /// <summary>The plan, for status.</summary>
    public RoutePlanner Planner => _planner;

    /// <summary>Takes a Service that has addresses, or whose endpoints have changed.</summary>
    public void Set(AnnouncedService service, MonoTime now)
    {
        (int all, int here) = endpoints.Count(service.Key, options.NodeName);
        RoutedService routed = new(service.Key.ToString(), service.Addresses, service.RecordedPool, service.Labels)
        {
            LocalTraffic = service.LocalTraffic,
            IsShared = service.IsShared,
            Endpoints = all,
            EndpointsHere = here,
            Communities = Communities(service.Object),
        };
        if (_told && _weighted)
            routed = routed with { Weight = _weights.Take(routed.Key, routed.Serving, now) };
        else
            _weights.Begin(routed.Key, routed.Serving);
        _planner.Set(routed);
    }

    /// <summary>Forgets a Service.</summary>
    public void Remove(ObjectKey service)
    {
        _weights.Remove(service.ToString());
        _planner.Remove(service.ToString());
    }

    /// <summary>Takes a Secret; true when a peer's password may have changed.</summary>
    public bool Take(in InformerEvent<Secret> change) => _passwords.Take(change);

    /// <summary>Takes the configuration and this node as they are now; without the node there are no peers.</summary>
    public void Configure(Config.Configuration configuration, Node? own, IEnumerable<AnnouncedService> services, MonoTime now)
    {
        bool aliases = _configuration.Communities != configuration.Communities;
        _configuration = configuration;
        if (own is null)
            return;
        RoutingNode node = new(own.Metadata.Labels)
        {
            ExcludedByLabel = !options.IgnoreExcludeLabel && own.Metadata.Labels.ContainsKey(DemandBuilder.ExcludeLabel),
            NetworkUnavailable = own.Status.Conditions.Any(static c => c is { Type: "NetworkUnavailable", Status: "True" }),
        };
        IReadOnlyList<BgpPeer> peers = _planner.Configure(configuration, node);
        // Weights that nobody asks for any more are not held back either.
        bool weighted = configuration.BgpAdvertisements.Any(static a => a.BandwidthPerEndpoint is not null);
        bool unweighted = _weighted && !weighted;
        _weighted = weighted;
        if (aliases || unweighted)
            foreach (AnnouncedService service in services)
                Set(service, now);
        _peers = [.. peers.Select(peer => Intent(peer, own))];
        OfferAgainWhereAsnChanged();
        _configured = true;
        Mark(_leaving || (options.DrainCordoned && own.Spec.Unschedulable));
    }

    /// <summary>Marks every route as going away (RFC 8326), for good: the process is about to end.</summary>
    public void Leave()
    {
        _leaving = true;
        Mark(true);
    }

    /// <summary>Hands over what has changed; returns when it wants to try again, never when nothing waits.</summary>
    public MonoTime Settle(MonoTime now)
    {
        if (!_configured)
            return MonoTime.Never;
        foreach ((string service, int serving) in _weights.TakeDue(now))
            if (_planner.Find(service) is { } routed)
                _planner.Set(routed with { Weight = serving });
        foreach (RouteChange route in _planner.TakeChanges())
            _waiting[route.Prefix] = route;
        if (_waiting.Count == 0 && _peers is null && _told)
            return _weights.Due;
        if (!plane.TryApply(new BgpIntent { Peers = _peers, Routes = [.. _waiting.Values], Draining = _draining, IsComplete = true }))
            return now + OfferInterval;
        _waiting.Clear();
        (_peers, _told) = (null, true);
        return _weights.Due;
    }

    private void Mark(bool draining)
    {
        if (_draining == draining)
            return;
        _draining = draining;
        foreach (RouteChange route in _planner.Planned())
            _waiting[route.Prefix] = route;
    }

    // A group's number may go to another, and routes carry the AS number that the group is shown.
    private void OfferAgainWhereAsnChanged()
    {
        Dictionary<int, uint> asns = [];
        foreach (PeerIntent intent in _peers!)
            asns[intent.Group] = intent.Peer.ShownAsn;
        if (asns.Any(a => _asns.TryGetValue(a.Key, out uint before) && before != a.Value))
            foreach (RouteChange route in _planner.Planned())
                _waiting[route.Prefix] = route;
        _asns = asns;
    }

    private PeerIntent Intent(BgpPeer peer, Node own)
    {
        _ = _planner.Groups.TryGet(peer.Name, out int group);
        Linux.Tcp.TcpKey? key = _passwords.KeyOf(peer, out string? hindrance);
        return new PeerIntent(peer, group, peer.RouterId ?? RouterId(own), key, hindrance);
    }

    // RFC 6286: any number that is not zero and no other speaker's of the AS has. The node's IPv4 address is what people expect.
    private uint RouterId(Node own)
    {
        foreach (NodeAddress listed in own.Status.Addresses)
            if (IpAddr.TryParse(listed.Address, out IpAddr address) && address.IsIPv4 && !address.IsUnspecified)
                return (uint)address.Value;
        uint hash = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(options.NodeName)));
        return hash == 0 ? 1 : hash;
    }

    private List<BgpCommunity> Communities(Service service)
    {
        List<BgpCommunity> communities = [];
        foreach (string written in service.Metadata.Annotations.GetValueOrDefault(CommunityRequests.Annotation, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (_configuration.Communities.TryGetValue(written, out BgpCommunity community) || CommunityText.TryParse(written, out community, out _))
                communities.Add(community);
        return communities;
    }
}
