// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Primitives;
using LoadBalancer.Routing;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// Follows whether each Service is announced by BGP from this node, and to whom; tells the Service of each change. Only
/// Services that may have changed are looked at.
/// </summary>
internal sealed class ServiceAnnouncements(EventRecorder events, string node, ServiceStatusKeeper statuses)
{
    private readonly Dictionary<ObjectKey, AnnouncedService> _touched = [];
    private readonly Dictionary<ObjectKey, (bool Announced, string? Warning)> _told = [];
    private readonly ConcurrentDictionary<ObjectKey, IReadOnlyList<IpAddr>> _announced = [];

    /// <summary>The addresses announced, by Service; read from any thread.</summary>
    public IEnumerable<(string Service, IpAddr Address)> Announced => _announced.SelectMany(static a => a.Value.Select(address => (a.Key.ToString(), address)));

    /// <summary>Says that a Service may be announced otherwise than before.</summary>
    public void Touch(AnnouncedService service) => _touched[service.Key] = service;

    /// <summary>Forgets a Service.</summary>
    public void Remove(ObjectKey service)
    {
        _touched.Remove(service);
        _told.Remove(service);
        _announced.TryRemove(service, out _);
        statuses.Set(service, null);
    }

    /// <summary>Looks at what was touched.</summary>
    public void Settle(RoutePlanner planner, Config.Configuration configuration, bool leaving)
    {
        foreach (AnnouncedService service in _touched.Values)
            Look(service, planner, configuration, leaving);
        _touched.Clear();
    }

    private void Look(AnnouncedService service, RoutePlanner planner, Config.Configuration configuration, bool leaving)
    {
        PeerGroupSet groups = PeerGroupSet.None;
        List<IpAddr> addresses = [];
        string? warning = null;
        foreach (AddressRoutes routes in planner.RoutesOf(service.Key.ToString()))
        {
            groups = groups.Or(routes.Groups);
            if (routes.Refusal == RouteRefusal.None)
                addresses.Add(routes.Address);
            if (routes.Refusal is RouteRefusal.ConflictingAdvertisements or RouteRefusal.SharedAddressWithServiceSelector)
                warning ??= $"{routes.Address} is not announced by BGP: {RouteWords.Of(routes.Refusal)}";
        }

        bool announced = addresses.Count > 0 && !leaving;
        statuses.Set(service.Key, announced ? planner.Groups.Members(groups) : null);
        if (announced)
            _announced[service.Key] = addresses;
        else
            _announced.TryRemove(service.Key, out _);

        string? text = warning ?? (announced ? CommunityRequests.Fault(service, configuration) : null);
        (bool wasAnnounced, string? told) = _told.TryGetValue(service.Key, out var known) ? known : (statuses.IsRecorded(service.Key), null);
        _told[service.Key] = (announced, text);
        if (announced && !wasAnnounced)
            events.Record(service.Object, EventType.Normal, "nodeAssigned", $"announcing from node \"{node}\" with protocol \"bgp\"");
        if (text is not null && text != told)
            events.Record(service.Object, EventType.Warning, warning is null ? "communityRefused" : "announceFailed", $"node \"{node}\": {text}");
    }
}
