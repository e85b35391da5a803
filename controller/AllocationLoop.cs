// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Ipam;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;

namespace LoadBalancer.Controller;

/// <summary>
/// Owns the allocator and what is known of every Service. Until all that exists has been read it only takes notes; then
/// what is already assigned is adopted, and only then is anything allocated.
/// </summary>
internal sealed partial class AllocationLoop : IEventHandler<ControllerEvent>
{
    private const int MostWrites = 64;

    private readonly TermContext _context;
    private readonly Allocator _allocator;
    private readonly ConfigurationKeeper _configuration;
    private readonly ConfigurationReport _report;
    private readonly GoneNodes _gone;
    private readonly Dictionary<ServiceKey, ServiceEntry> _services = [];
    private readonly Dictionary<string, Namespace> _namespaces = new(StringComparer.Ordinal);
    private readonly Queue<ServiceKey> _queue = new();
    private readonly HashSet<ServiceKey> _queued = [];
    private readonly HashSet<ServiceKey> _failed = [];
    private bool _servicesSynced;
    private bool _namespacesSynced;
    private bool _loaded;
    private int _writes;

    public AllocationLoop(TermContext context)
    {
        _context = context;
        _allocator = new(context.Options.LoadBalancerClass);
        _configuration = new(context);
        _report = new(context);
        _gone = new(context);
    }

    public void Handle(ControllerEvent item, MonoTime now)
    {
        switch (item)
        {
            case ServiceChanged { Change: var change }:
                _context.Metrics.CountUpdate();
                Take(change, now);
                break;
            case NamespaceChanged { Change: var change }:
                Take(change);
                break;
            case ConfigurationChanged changed:
                _context.Metrics.CountUpdate();
                changed.TellTo(_configuration);
                break;
            case BgpPeerChanged { Change: var change }:
                _context.Metrics.CountUpdate();
                _configuration.Take(change);
                _gone.Take(change, now);
                break;
            case NodeChanged { Change: var change }:
                _gone.Take(change, now);
                break;
            case RemnantsFound found:
                _gone.Take(found, now);
                break;
            case RemnantsRemoved removed:
                _gone.Take(removed, now);
                break;
            case ServiceWritten written:
                Take(written, now);
                break;
            case VerdictWritten written:
                _configuration.Take(written, now);
                break;
            case ConfigurationReported reported:
                _report.Take(reported, now);
                break;
            default:
                throw new UnreachableException($"no such event: {item}");
        }
    }

    public MonoTime Settle(MonoTime now)
    {
        if (!_servicesSynced || !_namespacesSynced || !_configuration.IsSynced)
        {
            return MonoTime.Never;
        }

        if (_configuration.Rebuild() && _allocator.SetPools(_configuration.Current))
        {
            if (!_loaded)
            {
                Load();
            }

            EnqueueAll();
        }

        MonoTime next = RetryDue(now);
        while (_writes < MostWrites && _queue.TryDequeue(out ServiceKey key))
        {
            _queued.Remove(key);
            if (_services.TryGetValue(key, out ServiceEntry? entry) && !entry.IsWriting)
            {
                Decide(key, entry);
            }
        }

        next = MonoTime.Min(next, _configuration.Publish(_allocator, now));
        next = MonoTime.Min(next, _gone.Settle(now));
        next = MonoTime.Min(next, _report.Publish(_configuration.Current.Verdicts, now));
        return MonoTime.Min(next, _context.Status.Publish(_configuration, _allocator, _services, now));
    }

    private void Take(in InformerEvent<Service> change, MonoTime now)
    {
        switch (change.Type)
        {
            case InformerEventType.Synced:
                _servicesSynced = true;
                break;
            case InformerEventType.Deleted:
                Forget(Facts.KeyOf(change.Item!));
                break;
            case InformerEventType.Added:
            case InformerEventType.Updated:
                Service service = change.Item!;
                ServiceKey key = Facts.KeyOf(service);
                if (_services.TryGetValue(key, out ServiceEntry? entry))
                {
                    if (entry.Update(service))
                    {
                        Enqueue(key);
                    }
                }
                else if (Facts.IsLoadBalancer(service) || Facts.BearsOurMark(service))
                {
                    _services.Add(key, new(service, now));
                    Enqueue(key);
                }

                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Take(in InformerEvent<Namespace> change)
    {
        switch (change.Type)
        {
            case InformerEventType.Synced:
                _namespacesSynced = true;
                return;
            case InformerEventType.Deleted:
                _namespaces.Remove(change.Item!.Metadata.Name!);
                break;
            case InformerEventType.Added:
            case InformerEventType.Updated:
                _namespaces[change.Item!.Metadata.Name!] = change.Item;
                break;
            default:
                throw new UnreachableException();
        }

        if (_loaded && _allocator.SetNamespace(change.Item.Metadata.Name!, change.Type == InformerEventType.Deleted ? null : change.Item.Metadata.Labels))
        {
            EnqueueAll();
        }
    }

    private void Take(ServiceWritten written, MonoTime now)
    {
        _writes--;
        // A Service deleted and made anew has another write under way, and other wishes than the one this is about.
        if (!_services.TryGetValue(written.Key, out ServiceEntry? entry) || entry.Service.Metadata.Uid != written.Uid)
        {
            return;
        }

        entry.IsWriting = false;
        if (written.Written is { } service)
        {
            // Not what is known by now: the watch may have brought the new version before the answer came.
            if (service.Metadata.ResourceVersion == written.DecidedOn)
            {
                // The server took the patch and changed nothing: asking again at once would go on for ever.
                entry.Failed(now);
                _failed.Add(written.Key);
                Log.WriteIgnored(_context.Logger, written.Key.ToString());
                return;
            }

            entry.Succeeded();
            entry.Update(service);
            Publish(entry, entry.Unpublished);
            entry.Unpublished = [];
            if (entry.WantingSince is { } since && service.Status.LoadBalancer.Ingress.Count > 0)
            {
                _context.Metrics.RecordAllocation(now - since);
                entry.WantingSince = null;
            }

            // What came while the write was under way has not been decided on yet.
            Enqueue(written.Key);
            return;
        }

        // A conflict is an older version than the server's: the watch brings the newer one and with it another decision.
        _context.Metrics.CountUpdateError();
        if (!written.Fault!.IsConflict)
        {
            Log.WriteFailed(_context.Logger, written.Key.ToString(), written.Fault.Message);
        }

        entry.Failed(now, written.Fault.RetryAfter);
        _failed.Add(written.Key);
    }

    // Those that have addresses first, and the oldest first: so two that claim one address are told apart alike every time.
    private void Load()
    {
        foreach (Namespace item in _namespaces.Values)
        {
            _allocator.SetNamespace(item.Metadata.Name!, item.Metadata.Labels);
        }

        foreach (ServiceEntry entry in ByAge().Where(e => e.Service.Status.LoadBalancer.Ingress.Count > 0))
        {
            _allocator.Adopt(Facts.Of(entry.Service));
            entry.WantingSince = null;
        }

        _loaded = true;
        Log.Loaded(_context.Logger, _services.Count, _configuration.Current.Pools.Count);
    }

    private IEnumerable<ServiceEntry> ByAge() => _services.Values
        .OrderBy(e => e.Service.Metadata.CreationTimestamp)
        .ThenBy(e => e.Service.Metadata.Namespace, StringComparer.Ordinal)
        .ThenBy(e => e.Service.Metadata.Name, StringComparer.Ordinal);

    private void EnqueueAll()
    {
        foreach (ServiceEntry entry in ByAge().OrderBy(e => e.Service.Status.LoadBalancer.Ingress.Count == 0))
        {
            Enqueue(Facts.KeyOf(entry.Service));
        }
    }

    private void Enqueue(ServiceKey key)
    {
        if (_queued.Add(key))
        {
            _queue.Enqueue(key);
        }
    }

    private void Forget(ServiceKey key)
    {
        if (_services.Remove(key) && _allocator.Release(key))
        {
            RetryPending();
        }
    }

    private void RetryPending()
    {
        foreach (ServiceKey key in _allocator.Pending)
        {
            Enqueue(key);
        }
    }

    private MonoTime RetryDue(MonoTime now)
    {
        MonoTime next = MonoTime.Never;
        foreach (ServiceKey key in _failed.ToArray())
        {
            MonoTime due = _services.TryGetValue(key, out ServiceEntry? entry) ? entry.RetryAt : MonoTime.Never;
            if (due <= now)
            {
                Enqueue(key);
            }

            if (due <= now || due == MonoTime.Never)
            {
                _failed.Remove(key);
                continue;
            }

            next = MonoTime.Min(next, due);
        }

        return next;
    }
}
