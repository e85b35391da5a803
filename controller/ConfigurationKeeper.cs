// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Config;
using LoadBalancer.Ipam;
using LoadBalancer.Kubernetes.Configuration;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;

namespace LoadBalancer.Controller;

/// <summary>Keeps the configuration in force in step with its objects, and each object's status in step with its verdict.</summary>
internal sealed class ConfigurationKeeper(TermContext context)
{
    private static readonly TimeSpan CounterInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IgnoredInterval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, IPAddressPool> _pools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Kubernetes.Model.L2Advertisement> _advertisements = new(StringComparer.Ordinal);
    private readonly Dictionary<(ObjectKind, string), MonoTime> _notBefore = [];
    private readonly Dictionary<(ObjectKind, string), ObjectVerdict> _told = [];
    private readonly HashSet<(ObjectKind, string)> _writing = [];
    private readonly HashSet<Task> _running = [];
    private readonly VerdictWriter _writer = new(context.Client);
    private EventLoop<ControllerEvent>? _loop;
    private CancellationToken _ended;
    private bool _poolsSynced;
    private bool _advertisementsSynced;
    private bool _changed = true;

    /// <summary>What is in force.</summary>
    public Config.Configuration Current { get; private set; } = Config.Configuration.Empty;

    /// <summary>Whether all objects that exist have been read.</summary>
    public bool IsSynced => _poolsSynced && _advertisementsSynced;

    public void Attach(EventLoop<ControllerEvent> loop, CancellationToken ended)
    {
        _loop = loop;
        _ended = ended;
    }

    public Task DrainAsync() => Task.WhenAll(_running);

    public void Take(in InformerEvent<IPAddressPool> change)
    {
        _changed |= Take(change, _pools, ref _poolsSynced);
        ForgetDeleted(ObjectKind.IPAddressPool, change);
    }

    public void Take(in InformerEvent<Kubernetes.Model.L2Advertisement> change)
    {
        _changed |= Take(change, _advertisements, ref _advertisementsSynced);
        ForgetDeleted(ObjectKind.L2Advertisement, change);
    }

    public void Take(VerdictWritten written, MonoTime now)
    {
        _writing.Remove((written.Kind, written.Name));
        bool ignored = written is { Fault: null, Kept: false };
        _notBefore[(written.Kind, written.Name)] = now + (ignored ? IgnoredInterval : written.Fault is null or { IsConflict: true } ? CounterInterval : RetryInterval);
        if (ignored)
        {
            // A definition of another release drops what it does not know: asking again at once would go on for ever.
            Log.VerdictIgnored(context.Logger, written.Kind.ToString(), written.Name);
        }

        if (written.Fault is { IsConflict: false, IsNotFound: false } fault)
        {
            Log.VerdictFailed(context.Logger, written.Kind.ToString(), written.Name, fault.Message);
        }
    }

    /// <summary>Builds anew when an object has changed; false when nothing has.</summary>
    public bool Rebuild()
    {
        if (!_changed)
        {
            return false;
        }

        _changed = false;
        Current = Config.Configuration.Build(
            new ManifestSet([.. _pools.Values.Select(Manifests.Of)], [.. _advertisements.Values.Select(Manifests.Of)], context.Options.Namespace), Current);
        context.Metrics.Loaded(Current.Verdicts.Count(v => !v.Accepted));
        return true;
    }

    /// <summary>Starts the writes that are due: a verdict at once, counters of a pool at most once a second.</summary>
    /// <returns>When the next one is due.</returns>
    public MonoTime Publish(Allocator allocator, MonoTime now)
    {
        MonoTime next = MonoTime.Never;
        List<(string, PoolCounters)> figures = [];
        foreach (ObjectVerdict verdict in Current.Verdicts)
        {
            bool isPool = verdict.Kind == ObjectKind.IPAddressPool;
            PoolCounters? counters = isPool && verdict.Accepted ? allocator.Count(verdict.Name) : null;
            if (counters is { } known)
            {
                figures.Add((verdict.Name, known));
            }

            (ObjectKind, string) key = (verdict.Kind, verdict.Name);
            if (_writing.Contains(key) || !TryFind(verdict, out IReadOnlyList<Condition> conditions, out IPAddressPoolStatus? status))
            {
                continue;
            }

            bool newVerdict = VerdictWriter.Differs(conditions, verdict);
            if (!newVerdict && (counters is null || VerdictWriter.Same(status!, counters.Value)))
            {
                continue;
            }

            MonoTime due = _notBefore.GetValueOrDefault(key, now);
            if (due <= now)
            {
                Start(verdict, conditions, counters, newVerdict);
            }
            else
            {
                next = MonoTime.Min(next, due);
            }
        }

        context.Metrics.Publish(figures);
        return next;
    }

    private static bool Take<T>(in InformerEvent<T> change, Dictionary<string, T> objects, ref bool synced)
        where T : class, IKubeObject
    {
        switch (change.Type)
        {
            case InformerEventType.Synced:
                synced = true;
                return true;
            case InformerEventType.Deleted:
                return objects.Remove(change.Item!.Metadata.Name!);
            case InformerEventType.Added:
            case InformerEventType.Updated:
                objects[change.Item!.Metadata.Name!] = change.Item;
                // A status of our own changes nothing that is judged: the generation counts the spec, labels are not in it.
                return change.Old is null || change.Old.Metadata.Generation != change.Item.Metadata.Generation
                    || !SameLabels(change.Old.Metadata.Labels, change.Item.Metadata.Labels);
            default:
                throw new UnreachableException();
        }
    }

    private void ForgetDeleted<T>(ObjectKind kind, in InformerEvent<T> change)
        where T : class, IKubeObject
    {
        if (change.Type == InformerEventType.Deleted)
        {
            _notBefore.Remove((kind, change.Item!.Metadata.Name!));
            _told.Remove((kind, change.Item.Metadata.Name!));
        }
    }

    private static bool SameLabels(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && a.All(label => b.TryGetValue(label.Key, out string? value) && value == label.Value);

    private bool TryFind(ObjectVerdict verdict, out IReadOnlyList<Condition> conditions, out IPAddressPoolStatus? status)
    {
        IPAddressPool? pool = verdict.Kind == ObjectKind.IPAddressPool ? _pools.GetValueOrDefault(verdict.Name) : null;
        Kubernetes.Model.L2Advertisement? advertisement = verdict.Kind == ObjectKind.L2Advertisement ? _advertisements.GetValueOrDefault(verdict.Name) : null;
        status = pool?.Status;
        conditions = status?.Conditions ?? advertisement?.Status.Conditions ?? [];
        return pool is not null || advertisement is not null;
    }

    private void Start(ObjectVerdict verdict, IReadOnlyList<Condition> conditions, PoolCounters? counters, bool newVerdict)
    {
        if (!context.Elector.IsLeader)
        {
            return;
        }

        // Told when it comes about, not with each try to write it.
        (ObjectKind, string) key = (verdict.Kind, verdict.Name);
        if (newVerdict && !(_told.TryGetValue(key, out ObjectVerdict told) && told == verdict))
        {
            _told[key] = verdict;
            Log.Verdict(context.Logger, verdict.Reason.ToString(), verdict.Message);
            if (!verdict.Accepted || verdict.Reason == VerdictReason.UnresolvedReference)
            {
                IKubeObject about = verdict.Kind == ObjectKind.IPAddressPool ? _pools[verdict.Name] : _advertisements[verdict.Name];
                context.Events.Record(about, EventType.Warning, verdict.Reason.ToString(), verdict.Message);
            }
        }

        _writing.Add(key);
        _running.RemoveWhere(static t => t.IsCompleted);
        _running.Add(WriteAsync(verdict, conditions, counters));
    }

    private async Task WriteAsync(ObjectVerdict verdict, IReadOnlyList<Condition> conditions, PoolCounters? counters)
    {
        try
        {
            VerdictWritten written = await _writer.WriteAsync(verdict, conditions, counters, context.Time.GetUtcNow(), _ended).ConfigureAwait(false);
            await _loop!.PostAsync(written, _ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The next term judges anew.
        }
    }
}
