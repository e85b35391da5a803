// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Cluster;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// Keeps one ServiceBGPStatus of this node for each Service it announces by BGP: desired against what is there, one write at a
/// time for a Service. What a process before has left behind goes.
/// </summary>
internal sealed class ServiceStatusKeeper(ServiceStatusWriter writer, string node, Func<ServiceStatusWritten, ValueTask> post, ILogger logger)
{
    private const int MostWrites = 16;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    // A server whose watch does not show what it took drops a field it does not know: asking more often changes nothing.
    private static readonly TimeSpan UnseenInterval = TimeSpan.FromSeconds(30);

    private readonly Dictionary<ObjectKey, Dictionary<string, ServiceBGPStatus>> _there = [];
    private readonly Dictionary<string, ObjectKey> _serviceOf = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, IReadOnlyList<string>> _desired = [];
    private readonly Dictionary<ObjectKey, MonoTime> _notBefore = [];
    private readonly HashSet<ObjectKey> _dirty = [];
    private readonly HashSet<ObjectKey> _writing = [];
    private readonly HashSet<Task> _running = [];

    /// <summary>Whether a process of this node has announced the Service before, as far as is recorded.</summary>
    public bool IsRecorded(ObjectKey service) => _there.ContainsKey(service);

    /// <summary>Takes an object as it is now.</summary>
    public void Take(in InformerEvent<ServiceBGPStatus> change)
    {
        if (change.Item is not { } item)
            return;
        string name = item.Metadata.Name!;
        Forget(name);
        if (change.Type != InformerEventType.Deleted && IsOwn(item))
        {
            ObjectKey key = writer.ServiceOf(item);
            (_there.TryGetValue(key, out var objects) ? objects : _there[key] = new(StringComparer.Ordinal))[name] = item;
            _serviceOf[name] = key;
            _dirty.Add(key);
            if (!_writing.Contains(key))
                _notBefore.Remove(key);
        }
    }

    /// <summary>Says whom a Service is announced to; null when it is not announced.</summary>
    public void Set(ObjectKey service, IReadOnlyList<string>? peers)
    {
        if (peers is null)
            _desired.Remove(service);
        else
            _desired[service] = peers;
        _dirty.Add(service);
    }

    /// <summary>Takes the end of a write.</summary>
    public void Take(ServiceStatusWritten written, MonoTime now)
    {
        _writing.Remove(written.Service);
        _dirty.Add(written.Service);
        if (written.Fault is { } fault)
        {
            _notBefore[written.Service] = now + RetryInterval;
            if (!fault.IsConflict && !fault.IsNotFound)
                Log.BgpStatusFailed(logger, $"ServiceBGPStatus of {written.Service}", fault.Message);
        }
        else if (Next(written.Service) is not null)
        {
            _notBefore[written.Service] = now + UnseenInterval;
        }
    }

    /// <summary>Starts the writes that are due; returns when the next one is.</summary>
    public MonoTime Settle(MonoTime now)
    {
        MonoTime next = MonoTime.Never;
        foreach (ObjectKey service in _dirty)
        {
            // The end of a write brings the next look: until then the others are not gone through, of which there may be thousands.
            if (_writing.Count >= MostWrites)
                break;
            if (_writing.Contains(service))
                continue;
            if (_notBefore.TryGetValue(service, out MonoTime due) && due > now)
            {
                next = MonoTime.Min(next, due);
                continue;
            }

            _notBefore.Remove(service);
            _dirty.Remove(service);
            if (Next(service) is { } write)
            {
                _writing.Add(service);
                _running.RemoveWhere(static t => t.IsCompleted);
                _running.Add(RunAsync(service, write));
            }
        }

        return next;
    }

    /// <summary>Ends when no write is under way.</summary>
    public Task DrainAsync() => Task.WhenAll(_running);

    private Func<Task>? Next(ObjectKey service)
    {
        Dictionary<string, ServiceBGPStatus>? there = _there.GetValueOrDefault(service);
        string own = writer.NameOf(service);
        if (_desired.TryGetValue(service, out IReadOnlyList<string>? peers))
        {
            ServiceBGPStatus? mine = there?.GetValueOrDefault(own);
            if (mine is null || !Matches(mine, service, peers))
                return () => writer.PutAsync(own, service, peers, exists: mine is not null);
            own = mine.Metadata.Name!;
        }
        else
        {
            own = "";
        }

        return there?.Values.FirstOrDefault(o => o.Metadata.Name != own) is { } stale ? () => writer.DeleteAsync(stale.Metadata.Name!, stale.Metadata.Uid) : null;
    }

    private async Task RunAsync(ObjectKey service, Func<Task> write)
    {
        try
        {
            await post(new ServiceStatusWritten(service, await FaultOfAsync(write()).ConfigureAwait(false))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The speaker stops.
        }
    }

    private static async Task<ApiException?> FaultOfAsync(Task write)
    {
        try
        {
            await write.ConfigureAwait(false);
            return null;
        }
        catch (ApiException fault)
        {
            return fault;
        }
    }

    private bool Matches(ServiceBGPStatus status, ObjectKey service, IReadOnlyList<string> peers) =>
        status.Status.Node == node && status.Status.ServiceName == service.Name && status.Status.ServiceNamespace == service.Namespace
        && status.Status.Peers.SequenceEqual(peers);

    private bool IsOwn(ServiceBGPStatus status) =>
        status.Status.Node == node || status.Metadata.Labels.GetValueOrDefault(StatusLabels.Node) == node || status.Metadata.Name == writer.NameOf(writer.ServiceOf(status));

    private void Forget(string name)
    {
        if (!_serviceOf.Remove(name, out ObjectKey key))
            return;
        Dictionary<string, ServiceBGPStatus> objects = _there[key];
        objects.Remove(name);
        if (objects.Count == 0)
            _there.Remove(key);
        _dirty.Add(key);
        if (!_writing.Contains(key))
            _notBefore.Remove(key);
    }
}
