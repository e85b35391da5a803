// SPDX-License-Identifier: Apache-2.0
using System.Collections.ObjectModel;
using System.Diagnostics;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>
/// Keeps one ServiceL2Status for each Service this node announces: desired against what is there. The announcer also
/// removes what a node that died has left behind for the same Service. Where this node cannot tell whether its peers died
/// or it was cut off from them, a peer that writes or deletes is right: it heard more.
/// </summary>
internal sealed class L2StatusKeeper
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, ServiceL2Status> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, Dictionary<string, ServiceL2Status>> _byService = [];
    private readonly HashSet<ObjectKey> _awaited = [];
    private readonly L2StatusWriter _writer;
    private readonly string _node;
    private readonly ILogger _logger;
    private readonly StatusWrites _writes;
    private Dictionary<ObjectKey, IReadOnlyList<string>> _desired = [];
    private readonly HashSet<ObjectKey> _givenUp = [];
    private readonly HashSet<string> _left = new(StringComparer.Ordinal);
    private readonly HashSet<string> _deleting = new(StringComparer.Ordinal);
    private HashSet<ObjectKey> _doubtful = [];
    private IReadOnlySet<string> _lost = new HashSet<string>();
    private bool _synced;

    public L2StatusKeeper(L2StatusWriter writer, string node, Func<StatusWritten, ValueTask> post, ILogger logger)
    {
        (_writer, _node, _logger) = (writer, node, logger);
        _writes = new StatusWrites(Step, (service, fault) => post(new StatusWritten(service, fault)));
    }

    /// <summary>Whether what is there is what should be.</summary>
    public bool IsSettled => _writes.IsIdle;

    public bool IsSynced => _synced;

    /// <summary>Who is recorded to announce the Service; of several the newest.</summary>
    public string? RecordedNode(ObjectKey service) => _byService.TryGetValue(service, out var objects)
        ? objects.Values.OrderByDescending(o => o.Metadata.CreationTimestamp).ThenBy(o => o.Metadata.Name, StringComparer.Ordinal).Select(o => o.Status.Node).FirstOrDefault()
        : null;

    public void Take(in InformerEvent<ServiceL2Status> change, MonoTime now)
    {
        switch (change.Type)
        {
            case InformerEventType.Synced:
                _synced = true;
                foreach (ObjectKey service in _byService.Keys)
                {
                    _writes.Mark(service);
                }

                break;
            case InformerEventType.Added:
            case InformerEventType.Updated:
                Forget(change.Item!.Metadata.Name!);
                _objects[change.Item.Metadata.Name!] = change.Item;
                ObjectKey key = _writer.ServiceOf(change.Item);
                if (_synced && change.Type == InformerEventType.Added && _doubtful.Contains(key) && change.Item.Metadata.Name != _writer.NameOf(key))
                {
                    _givenUp.Add(key);
                }

                (_byService.TryGetValue(key, out var objects) ? objects : _byService[key] = new(StringComparer.Ordinal))[change.Item.Metadata.Name!] = change.Item;
                _writes.Mark(key);
                if (change.Item.Metadata.Name == _writer.NameOf(key) && change.Item.Status.Node == _node)
                {
                    Seen(key);
                }

                break;
            case InformerEventType.Deleted:
                Forget(change.Item!.Metadata.Name!);
                TakeDeleted(_writer.ServiceOf(change.Item), change.Item.Metadata, now);
                break;
            default:
                throw new UnreachableException();
        }
    }

    // Two speakers that both announce would otherwise delete and write each other's as fast as the server takes it.
    private void TakeDeleted(ObjectKey service, ObjectMeta metadata, MonoTime now)
    {
        string uid = metadata.Uid ?? "";
        _left.Remove(uid);
        if (_deleting.Remove(uid))
        {
            Seen(service);
            return;
        }

        if (metadata.Name != _writer.NameOf(service) || !_desired.ContainsKey(service))
        {
            return;
        }

        _writes.Delay(service, now + RetryInterval);
        if (_doubtful.Contains(service))
        {
            _givenUp.Add(service);
        }
    }

    /// <summary>
    /// Replaces what this node announces: Services with the interfaces, where an advertisement names some; and those of
    /// them that another node may have taken over unheard.
    /// </summary>
    public void SetDesired(Dictionary<ObjectKey, IReadOnlyList<string>> desired, HashSet<ObjectKey> doubtful)
    {
        _doubtful = doubtful;
        _givenUp.IntersectWith(doubtful);
        foreach (ObjectKey service in _desired.Keys.Concat(desired.Keys))
        {
            _writes.Mark(service);
        }

        _desired = desired;
    }

    /// <summary>Replaces which nodes are gone: what they had written until then is removed, what they write later is not.</summary>
    public void SetLost(IReadOnlySet<string> lost)
    {
        if (!_synced)
        {
            return;
        }

        foreach (ServiceL2Status there in _objects.Values)
        {
            if (there.Status.Node is { } name && lost.Contains(name) && !_lost.Contains(name))
            {
                _left.Add(there.Metadata.Uid ?? "");
                _writes.Mark(_writer.ServiceOf(there));
            }
        }

        _lost = lost;
    }

    public void Take(StatusWritten written, MonoTime now)
    {
        _writes.End(written.Service);
        if (written.Fault is { } fault)
        {
            _writes.Delay(written.Service, now + RetryInterval);
            if (!fault.IsConflict && !fault.IsNotFound)
            {
                Log.StatusFailed(_logger, written.Service.ToString(), fault.Message);
            }
        }
        else if (!IsSeen(written.Service))
        {
            // A server whose watches lag, or that drops a field it does not know, is not to be sent the same again and again.
            _writes.Delay(written.Service, now + RetryInterval);
            _awaited.Add(written.Service);
        }
    }

    private bool IsSeen(ObjectKey service)
    {
        IReadOnlyDictionary<string, ServiceL2Status> there = There(service);
        return !there.Values.Any(o => _deleting.Contains(o.Metadata.Uid ?? ""))
            && (!_desired.TryGetValue(service, out IReadOnlyList<string>? interfaces)
                || (there.TryGetValue(_writer.NameOf(service), out ServiceL2Status? mine) && Matches(mine, service, interfaces)));
    }

    // The watch tells of our own write: from here on what is known is what is there.
    private void Seen(ObjectKey service)
    {
        if (_awaited.Remove(service))
        {
            _writes.Hasten(service);
        }
    }

    /// <summary>Starts the writes that are due; returns when the next one is.</summary>
    public MonoTime Settle(MonoTime now) => _synced ? _writes.Settle(now) : MonoTime.Never;

    public Task DrainAsync() => _writes.DrainAsync();

    // One write at a time for a Service: its result brings the next look.
    private Func<Task>? Step(ObjectKey service)
    {
        _awaited.Remove(service);
        string own = _writer.NameOf(service);
        IReadOnlyDictionary<string, ServiceL2Status> there = There(service);
        if (_desired.TryGetValue(service, out IReadOnlyList<string>? interfaces))
        {
            if (_givenUp.Contains(service))
            {
                return null;
            }

            if (!there.TryGetValue(own, out ServiceL2Status? mine) || !Matches(mine, service, interfaces))
            {
                return () => _writer.PutAsync(own, service, interfaces, exists: mine is not null);
            }

            return there.Values.FirstOrDefault(o => o.Metadata.Name != own) is { } stale ? Delete(stale) : null;
        }

        return there.Values.FirstOrDefault(o => o.Metadata.Name == own || o.Status.Node == _node || IsLeft(o)) is { } left ? Delete(left) : null;
    }

    private IReadOnlyDictionary<string, ServiceL2Status> There(ObjectKey service) =>
        _byService.TryGetValue(service, out var objects) ? objects : ReadOnlyDictionary<string, ServiceL2Status>.Empty;

    private bool IsLeft(ServiceL2Status status) => _left.Contains(status.Metadata.Uid ?? "") && _lost.Contains(status.Status.Node ?? "");

    private Func<Task> Delete(ServiceL2Status status)
    {
        _deleting.Add(status.Metadata.Uid ?? "");
        return () => _writer.DeleteAsync(status.Metadata.Name!, status.Metadata.Uid);
    }

    private bool Matches(ServiceL2Status status, ObjectKey service, IReadOnlyList<string> interfaces) =>
        status.Status.Node == _node && status.Status.ServiceName == service.Name && status.Status.ServiceNamespace == service.Namespace
        && status.Status.Interfaces.Select(i => i.Name).SequenceEqual(interfaces);

    private void Forget(string name)
    {
        if (_objects.Remove(name, out ServiceL2Status? before))
        {
            ObjectKey key = _writer.ServiceOf(before);
            if (_byService.TryGetValue(key, out var objects) && objects.Remove(name) && objects.Count == 0)
            {
                _byService.Remove(key);
            }

            _writes.Mark(key);
        }
    }
}
