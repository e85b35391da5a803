// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Placement;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Layer2;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>
/// Owns the speaker's view of the cluster: turns it into demands for the layer-2 plane, and what the plane does into
/// statuses and events. While the API is away it has nothing to do, and nothing on the wire changes.
/// </summary>
internal sealed class ClusterLoop(ClusterContext context, L2StatusKeeper statuses, BgpStatuses bgpStatuses) : IEventHandler<SpeakerEvent>
{
    // Demands are rebuilt whole. A burst of changes costs one rebuild, a lone change waits for nothing.
    private static readonly TimeSpan ShortestRebuildPause = TimeSpan.FromMilliseconds(5);
    private const int RebuildShare = 4;

    private readonly Dictionary<ObjectKey, AnnouncedService> _services = [];
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly ConfigurationObjects _objects = new(context.Options.Common.Namespace);
    private readonly ServiceEndpoints _endpoints = context.Endpoints;
    private readonly HashSet<Type> _synced = [];
    private IReadOnlyList<AddressDemand> _demands = [];
    private Ownership _ownership = Ownership.Nothing;
    private bool _bgpChanged = true;
    private bool _demandsChanged = true;
    private bool _demandsOffered = true;
    private bool _peersOffered = true;
    private bool _loaded;
    private MonoTime _notBefore;

    public void Handle(SpeakerEvent item, MonoTime now)
    {
        switch (item)
        {
            case ServiceChanged { Change: var change }:
                Count(change);
                Take(change, now);
                break;
            case EndpointSliceChanged { Change: var change }:
                Count(change);
                Take(change, now);
                break;
            case NodeChanged { Change: var change }:
                Count(change);
                Take(change);
                break;
            case PoolChanged { Change: var change }:
                Count(change);
                _objects.Take(change);
                break;
            case AdvertisementChanged { Change: var change }:
                Count(change);
                _objects.Take(change);
                break;
            case BgpPeerChanged { Change: var change }:
                Count(change);
                bgpStatuses.PeerChanged();
                _objects.Take(change);
                break;
            case BgpAdvertisementChanged { Change: var change }:
                Count(change);
                _objects.Take(change);
                break;
            case CommunityChanged { Change: var change }:
                Count(change);
                _objects.Take(change);
                break;
            case BfdProfileChanged { Change: var change }:
                Count(change);
                _objects.Take(change);
                break;
            case SecretChanged { Change: var change }:
                context.Metrics.CountUpdate();
                _bgpChanged |= context.Bgp.Take(change);
                break;
            case Draining:
                context.Bgp.Leave();
                bgpStatuses.Leave(_services.Values);
                break;
            case BgpReported { Report: var report }:
                bgpStatuses.Take(report, _objects, now);
                break;
            case ServiceBgpStatusChanged { Change: var change }:
                Count(change);
                bgpStatuses.Take(change);
                break;
            case ServiceStatusWritten written:
                CountFault(written.Fault);
                bgpStatuses.Take(written, now);
                break;
            case SessionWritten written:
                CountFault(written.Fault);
                bgpStatuses.Take(written, now);
                break;
            case PlanAsked { Answer: var answer }:
                answer.TrySetResult(RoutePlan.Of(context.Bgp.Planner, _services.Keys));
                break;
            case PlanCounted { Answer: var answer }:
                answer.TrySetResult(RoutePlan.Count(context.Bgp.Planner));
                break;
            case StatusChanged { Change: var change }:
                Count(change);
                statuses.Take(change, now);
                break;
            case StatusWritten written:
                CountFault(written.Fault);
                statuses.Take(written, now);
                break;
            case OwnershipChanged { Ownership: var ownership }:
                Take(ownership);
                break;
            default:
                throw new UnreachableException($"no such event: {item}");
        }
    }

    public MonoTime Settle(MonoTime now)
    {
        // Secrets are not among them: a speaker that may not read any announces what needs none.
        const int KindsFollowed = 11;
        MonoTime next = statuses.Settle(now);
        if (_synced.Count == KindsFollowed)
        {
            // Routes of a changed Service do not wait for the demands of all to be built anew.
            _ = context.Bgp.Settle(now);
            next = MonoTime.Min(next, RebuildDue(now));
            next = MonoTime.Min(next, context.Bgp.Settle(now));
            next = _loaded ? MonoTime.Min(next, bgpStatuses.Settle(context.Bgp, _objects, now)) : next;
        }

        context.Status.Publish(_ownership, _demands, _objects.Current, _services.Count, _synced.Count == KindsFollowed, statuses.IsSettled);
        return next;
    }

    private MonoTime RebuildDue(MonoTime now)
    {
        if (_objects.IsChanged || _demandsChanged || _bgpChanged)
        {
            if (now < _notBefore)
            {
                return _notBefore;
            }

            Rebuild(now);
            MonoTime done = context.Time.MonoNow();
            TimeSpan pause = (done - now) * RebuildShare;
            _notBefore = done + (pause > ShortestRebuildPause ? pause : ShortestRebuildPause);
        }

        _demandsOffered = _demandsOffered || context.Plane.TrySetDemands(_demands);
        _peersOffered = _peersOffered || !context.Options.HeartbeatPeers.OfNodes || context.Plane.TrySetPeers(Peers());
        return _demandsOffered && _peersOffered ? MonoTime.Never : now + ShortestRebuildPause;
    }

    private List<IpAddr> Peers()
    {
        List<IpAddr> peers = [.. context.Options.HeartbeatPeers.Addresses];
        foreach (NodeAddress listed in _nodes.Values.SelectMany(n => n.Status.Addresses))
        {
            if (IpAddr.TryParse(listed.Address, out IpAddr address) && !peers.Contains(address))
            {
                peers.Add(address);
            }
        }

        return peers;
    }

    private void Rebuild(MonoTime now)
    {
        if (_objects.IsChanged)
        {
            _objects.Rebuild();
            _bgpChanged = true;
            context.Metrics.Loaded(_objects.Current.Verdicts.Count(v => !v.Accepted));
        }

        if (_bgpChanged)
        {
            context.Bgp.Configure(_objects.Current, _nodes.GetValueOrDefault(context.Options.NodeName), _services.Values, now);
            bgpStatuses.TouchAll(_services.Values);
        }

        _bgpChanged = _demandsChanged = false;
        DemandBuilder builder = new(_objects.Current, _nodes.Values, _endpoints, statuses.RecordedNode, context.Options.IgnoreExcludeLabel);
        _demands = builder.Build(_services.Values);
        _demandsOffered = false;
        if (!_loaded)
        {
            _loaded = true;
            Log.Loaded(context.Logger, _services.Count, _objects.Current.L2Advertisements.Count);
        }

        TellAnnounced();
    }

    private void CountFault(ApiException? fault)
    {
        if (fault is not null)
        {
            context.Metrics.CountUpdateError();
        }
    }

    private void Count<T>(in InformerEvent<T> change)
        where T : class, IKubeObject
    {
        if (change.Type == InformerEventType.Synced)
        {
            _synced.Add(typeof(T));
        }

        context.Metrics.CountUpdate();
    }

    private void Take(in InformerEvent<Service> change, MonoTime now)
    {
        if (change.Item is not { } service)
        {
            return;
        }

        ObjectKey key = ObjectKey.Of(service.Metadata);
        AnnouncedService? announced = change.Type == InformerEventType.Deleted ? null : AnnouncedService.Of(service, context.Options.Common.LoadBalancerClass);
        if (announced is not null)
        {
            _services[key] = announced;
            _demandsChanged = true;
            context.Bgp.Set(announced, now);
            bgpStatuses.Touch(announced);
        }
        else if (_services.Remove(key))
        {
            _demandsChanged = true;
            context.Bgp.Remove(key);
            bgpStatuses.Remove(key);
        }
    }

    private void Take(in InformerEvent<EndpointSlice> change, MonoTime now)
    {
        if (change.Item is not { } slice)
        {
            return;
        }

        EndpointsChange? changed = change.Type == InformerEventType.Deleted ? _endpoints.Remove(slice) : _endpoints.Set(slice);
        if (changed is { } endpoints && _services.TryGetValue(endpoints.Service, out AnnouncedService? announced))
        {
            // Who may answer on the segment depends on where endpoints are, never on how many.
            _demandsChanged |= endpoints.NodesChanged;
            context.Bgp.Set(announced, now);
            bgpStatuses.Touch(announced);
        }
    }

    // Heartbeats of the kubelet change a node every few seconds; only labels and this one condition matter here.
    private void Take(in InformerEvent<Node> change)
    {
        if (change.Item is not { } node)
        {
            return;
        }

        string name = node.Metadata.Name!;
        if (change.Type == InformerEventType.Deleted)
        {
            _demandsChanged |= _nodes.Remove(name);
            _peersOffered = false;
            return;
        }

        bool known = _nodes.TryGetValue(name, out Node? before);
        bool differs = !known || Facts(before!) != Facts(node);
        _demandsChanged |= differs;
        _bgpChanged |= name == context.Options.NodeName && (differs || before!.Spec.Unschedulable != node.Spec.Unschedulable);
        _peersOffered &= known && before!.Status.Addresses.Select(a => a.Address).SequenceEqual(node.Status.Addresses.Select(a => a.Address));
        _nodes[name] = node;

        static string Facts(Node node) => string.Join('\n', node.Metadata.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"))
            + node.Status.Conditions.FirstOrDefault(c => c.Type == "NetworkUnavailable")?.Status;
    }

    private void Take(Ownership ownership)
    {
        _ownership = ownership;
        foreach (ElectionChange change in ownership.Changes)
        {
            if (change.Announce)
            {
                Log.Announcing(context.Logger, change.Address, change.Interface, change.Reason);
                foreach (AnnouncedService service in _services.Values.Where(s => s.Addresses.Contains(change.Address)))
                {
                    context.Events.Record(
                        service.Object, EventType.Normal, "nodeAssigned", $"announcing {change.Address} from node \"{context.Options.NodeName}\" with protocol \"layer2\"");
                }
            }
            else
            {
                Log.Withdrawn(context.Logger, change.Address, change.Interface, change.Reason);
            }
        }

        foreach (AddressConflict conflict in ownership.NewConflicts)
        {
            foreach (AnnouncedService service in _services.Values.Where(s => s.Addresses.Contains(conflict.Address)))
            {
                context.Events.Record(
                    service.Object,
                    EventType.Warning,
                    "addressConflict",
                    $"{conflict.Address} is announced from node \"{context.Options.NodeName}\", and the host with hardware address {conflict.Mac} answers for it too, on {conflict.Interface}: clients reach either. "
                    + "Find that host and take the address from it, or take the address out of its pool; if it is a node of this cluster, heartbeats do not pass between the two nodes: let UDP "
                    + $"{context.Options.HeartbeatPort} and multicast through, or set --heartbeat-peers");
            }
        }

        TellAnnounced();
    }

    // The plane may answer for an address a moment before or after its Service is known here: both calls come to the same.
    private void TellAnnounced()
    {
        Dictionary<ObjectKey, IReadOnlyList<string>> desired = [];
        HashSet<ObjectKey> doubtful = [];
        List<(string, IpAddr)> announced = [];
        IEnumerable<AnnouncedService> candidates = _ownership.Announced.Count == 0 ? [] : _services.Values;
        foreach (AnnouncedService service in candidates)
        {
            foreach (IpAddr address in service.Addresses)
            {
                if (_ownership.Announced.ContainsKey(address))
                {
                    desired.TryAdd(service.Key, RestrictedInterfaces(service, address));
                    if (_ownership.Doubtful.Contains(address))
                    {
                        doubtful.Add(service.Key);
                    }

                    announced.Add((service.Key.ToString(), address));
                }
            }
        }

        statuses.SetDesired(desired, doubtful);
        statuses.SetLost(_ownership.Lost);
        context.Metrics.Announced(announced);
    }

    // As in MetalLB the interfaces are named only where an advertisement names some.
    private IReadOnlyList<string> RestrictedInterfaces(AnnouncedService service, IpAddr address)
    {
        bool restricted = _objects.Current.L2Advertisements.Any(a => a.Interfaces.Count > 0 && a.SelectsService(service.Labels));
        return restricted ? _ownership.Announced[address] : [];
    }
}
