// SPDX-License-Identifier: Apache-2.0
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
internal sealed class ServiceStatusKeeper
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    // A server whose watch does not show what it took drops a field it does not know: asking more often changes nothing.
    private static readonly TimeSpan UnseenInterval = TimeSpan.FromSeconds(30);

    private readonly Dictionary<ObjectKey, Dictionary<string, ServiceBGPStatus>> _there = [];
    private readonly Dictionary<string, ObjectKey> _serviceOf = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, IReadOnlyList<string>> _desired = [];
    private readonly ServiceStatusWriter _writer;
    private readonly string _node;
    private readonly ILogger _logger;
    private readonly StatusWrites _writes;

    public ServiceStatusKeeper(ServiceStatusWriter writer, string node, Func<ServiceStatusWritten, ValueTask> post, ILogger logger)
    {
        (_writer, _node, _logger) = (writer, node, logger);
        _writes = new StatusWrites(Next, (service, fault) => post(new ServiceStatusWritten(service, fault)));
    }

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
            ObjectKey key = _writer.ServiceOf(item);
            (_there.TryGetValue(key, out var objects) ? objects : _there[key] = new(StringComparer.Ordinal))[name] = item;
            _serviceOf[name] = key;
            Look(key);
        }
    }

    /// <summary>Says whom a Service is announced to; null when it is not announced.</summary>
    public void Set(ObjectKey service, IReadOnlyList<string>? peers)
    {
        if (peers is null)
            _desired.Remove(service);
        else
            _desired[service] = peers;
        _writes.Mark(service);
    }

    /// <summary>Takes the end of a write.</summary>
    public void Take(ServiceStatusWritten written, MonoTime now)
    {
        _writes.End(written.Service);
        if (written.Fault is { } fault)
        {
            _writes.Delay(written.Service, now + RetryInterval);
            if (!fault.IsConflict && !fault.IsNotFound)
                Log.BgpStatusFailed(_logger, $"ServiceBGPStatus of {written.Service}", fault.Message);
        }
        else if (Next(written.Service) is not null)
        {
            _writes.Delay(written.Service, now + UnseenInterval);
        }
    }

    /// <summary>Starts the writes that are due; returns when the next one is.</summary>
    public MonoTime Settle(MonoTime now) => _writes.Settle(now);

    /// <summary>Ends when no write is under way.</summary>
    public Task DrainAsync() => _writes.DrainAsync();

    private Func<Task>? Next(ObjectKey service)
    {
        Dictionary<string, ServiceBGPStatus>? there = _there.GetValueOrDefault(service);
        string own = _writer.NameOf(service);
        if (_desired.TryGetValue(service, out IReadOnlyList<string>? peers))
        {
            ServiceBGPStatus? mine = there?.GetValueOrDefault(own);
            if (mine is null || !Matches(mine, service, peers))
                return () => _writer.PutAsync(own, service, peers, exists: mine is not null);
            own = mine.Metadata.Name!;
        }
        else
        {
            own = "";
        }

        return there?.Values.FirstOrDefault(o => o.Metadata.Name != own) is { } stale ? () => _writer.DeleteAsync(stale.Metadata.Name!, stale.Metadata.Uid) : null;
    }

    private bool Matches(ServiceBGPStatus status, ObjectKey service, IReadOnlyList<string> peers) =>
        status.Status.Node == _node && status.Status.ServiceName == service.Name && status.Status.ServiceNamespace == service.Namespace
        && status.Status.Peers.SequenceEqual(peers);

    private bool IsOwn(ServiceBGPStatus status) =>
        status.Status.Node == _node || status.Metadata.Labels.GetValueOrDefault(StatusLabels.Node) == _node || status.Metadata.Name == _writer.NameOf(_writer.ServiceOf(status));

    private void Forget(string name)
    {
        if (!_serviceOf.Remove(name, out ObjectKey key))
            return;
        Dictionary<string, ServiceBGPStatus> objects = _there[key];
        objects.Remove(name);
        if (objects.Count == 0)
            _there.Remove(key);
        Look(key);
    }

    private void Look(ObjectKey service)
    {
        _writes.Mark(service);
        if (!_writes.IsWriting(service))
            _writes.Hasten(service);
    }
}
