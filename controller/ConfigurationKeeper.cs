// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Ipam;
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

    private readonly JudgedKinds _kinds = new();
    private readonly Dictionary<(ObjectKind, string), MonoTime> _notBefore = [];
    private readonly Dictionary<(ObjectKind, string), ObjectVerdict> _told = [];
    private readonly HashSet<(ObjectKind, string)> _writing = [];
    private readonly HashSet<Task> _running = [];
    private readonly VerdictWriter _writer = new(context.Client);
    private EventLoop<ControllerEvent>? _loop;
    private CancellationToken _ended;
    private bool _changed = true;

    /// <summary>What is in force.</summary>
    public Config.Configuration Current { get; private set; } = Config.Configuration.Empty;

    /// <summary>Whether all objects that exist have been read.</summary>
    public bool IsSynced => _kinds.IsSynced;

    public void Attach(EventLoop<ControllerEvent> loop, CancellationToken ended)
    {
        _loop = loop;
        _ended = ended;
    }

    public Task DrainAsync() => Task.WhenAll(_running);

    public void Take<T>(in InformerEvent<T> change)
        where T : class, IKubeObject
    {
        _changed |= _kinds.Take(change);
        if (change.Type == InformerEventType.Deleted)
        {
            (ObjectKind, string) key = (_kinds.Of<T>().Kind, change.Item!.Metadata.Name!);
            _notBefore.Remove(key);
            _told.Remove(key);
        }
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
        Current = Config.Configuration.Build(_kinds.ToManifests(context.Options.Namespace), Current);
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
            JudgedKind kind = _kinds.Of(verdict.Kind);
            if (_writing.Contains(key) || kind.Find(verdict.Name) is not { } about)
            {
                continue;
            }

            IReadOnlyList<Condition> conditions = kind.ConditionsOf(verdict.Name);

            bool newVerdict = VerdictWriter.Differs(conditions, verdict);
            if (!newVerdict && (counters is null || VerdictWriter.Same(_kinds.Pools.Get(verdict.Name)!.Status, counters.Value)))
            {
                continue;
            }

            MonoTime due = _notBefore.GetValueOrDefault(key, now);
            if (due <= now)
            {
                Start(verdict, about, conditions, counters, newVerdict);
            }
            else
            {
                next = MonoTime.Min(next, due);
            }
        }

        context.Metrics.Publish(figures);
        return next;
    }

    private void Start(ObjectVerdict verdict, IKubeObject about, IReadOnlyList<Condition> conditions, PoolCounters? counters, bool newVerdict)
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
            if (verdict.Reason != VerdictReason.Accepted)
            {
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
