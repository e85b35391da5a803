// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// Tells users how BGP stands on this node: a ServiceBGPStatus for each Service announced, an element in the status of each
/// BGPPeer, and events on transitions. On the cluster loop only.
/// </summary>
internal sealed class BgpStatuses(
    EventRecorder events, string node, ServiceStatusKeeper services, ServiceAnnouncements announcements, SessionKeeper sessions, TimeProvider time)
{
    private readonly SessionTransitions _transitions = new(events, node);
    private bool _sessionsChanged;
    private MonoTime _sessionsDue = MonoTime.Never;
    private IReadOnlyCollection<AnnouncedService>? _all;
    private bool _leaving;

    /// <summary>Takes what the plane reports.</summary>
    public void Take(BgpReport report, ConfigurationObjects objects, MonoTime now)
    {
        _transitions.Take(report, objects);
        sessions.Take(report, time.GetUtcNow(), now);
        _sessionsChanged = true;
    }

    public void Take(in InformerEvent<ServiceBGPStatus> change) => services.Take(change);

    public void Take(ServiceStatusWritten written, MonoTime now) => services.Take(written, now);

    public void Take(SessionWritten written, MonoTime now)
    {
        sessions.Take(written, now);
        _sessionsChanged = true;
    }

    /// <summary>Says that a BGPPeer was read.</summary>
    public void PeerChanged() => _sessionsChanged = true;

    /// <summary>Says that a Service may be announced otherwise than before.</summary>
    public void Touch(AnnouncedService service) => announcements.Touch(service);

    /// <summary>Forgets a Service.</summary>
    public void Remove(ObjectKey service) => announcements.Remove(service);

    /// <summary>Says that the configuration or this node has changed.</summary>
    public void TouchAll(IReadOnlyCollection<AnnouncedService> all)
    {
        _all = all;
        _sessionsChanged = true;
    }

    /// <summary>Says that the node's routes are about to be withdrawn for good.</summary>
    public void Leave(IReadOnlyCollection<AnnouncedService> all) => (_leaving, _all) = (true, all);

    /// <summary>Starts the writes that are due, once all is known that they tell of; returns when the next one is.</summary>
    public MonoTime Settle(BgpKeeper bgp, ConfigurationObjects objects, MonoTime now)
    {
        foreach (AnnouncedService service in _all ?? [])
            announcements.Touch(service);
        _all = null;
        announcements.Settle(bgp.Planner, objects.Current, _leaving);
        MonoTime next = services.Settle(now);
        if (_sessionsChanged || _sessionsDue <= now)
        {
            _sessionsChanged = false;
            _sessionsDue = sessions.Settle(objects.Peers, name => bgp.Planner.Groups.TryGet(name, out _), now);
        }

        return MonoTime.Min(next, _sessionsDue);
    }
}
