// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Kubernetes.Informers;

/// <summary>
/// Keeps a cache of one kind in step with the server and delivers every transition to one sink, in order, one at a time.
/// A sink that waits holds the watch back. Objects no longer there after an interruption are delivered as Deleted.
/// </summary>
public sealed class Informer<T>
    where T : class, IKubeObject
{
    private static readonly TimeSpan MaxAsked = TimeSpan.FromMinutes(1);

    private readonly ApiClient _client;
    private readonly ResourceKind<T> _kind;
    private readonly Selection _selection;
    private readonly Func<InformerEvent<T>, CancellationToken, ValueTask> _sink;
    private readonly Action<T>? _trim;
    private readonly InformerOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly ResourceCache<T> _cache = new();
    private readonly List<InformerEvent<T>> _changes = [];
    private readonly Lock _gate = new();
    private readonly Queue<InformerEvent<T>> _pending = new();
    private RetryDelay _retry;
    private InformerHealth _health;
    private string? _version;
    private string? _loggedFault;
    private bool _syncDelivered;
    private bool _delivered;
    private long? _openedAt;

    /// <summary>Trim, if given, drops fields of each object before it is cached.</summary>
    public Informer(
        ApiClient client,
        ResourceKind<T> kind,
        Selection selection,
        Func<InformerEvent<T>, CancellationToken, ValueTask> sink,
        InformerOptions options,
        TimeProvider time,
        Random random,
        ILogger logger,
        Action<T>? trim = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _kind = kind;
        _selection = selection;
        _sink = sink;
        _options = options;
        _time = time;
        _random = random;
        _logger = logger;
        _trim = trim;
        _retry = new(options.FirstRetry, options.LongestRetry);
    }

    public InformerHealth Health
    {
        get
        {
            lock (_gate) return _health;
        }
    }

    /// <summary>The object as last known; callable from any thread.</summary>
    public T? Find(string? @namespace, string name)
    {
        lock (_gate) return _cache.TryGet(new(@namespace ?? "", name), out var found) ? found : null;
    }

    /// <summary>A copy of the list of all objects known; callable from any thread.</summary>
    public IReadOnlyList<T> Snapshot()
    {
        lock (_gate) return [.. _cache.Objects];
    }

    /// <summary>
    /// Runs until cancelled, which ends it without an exception. May be run again afterwards: it goes on from what it knows.
    /// A fault of the sink ends it with that fault.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        _version = null;
        _syncDelivered = false;
        Note(static health => health with { Synced = false });
        try
        {
            while (true)
            {
                _openedAt = null;
                _delivered = false;
                var fault = await FollowAsync(cancellation);
                Note(static health => health with { Connected = false });
                if (fault is not null) Failed(fault);
                var lasted = _openedAt is { } opened ? _time.GetElapsedTime(opened) : TimeSpan.Zero;
                if (_delivered || lasted >= _options.HealthyAfter) _retry.Reset();
                // A watch that ended on time is simply continued.
                if (fault is null && lasted >= _options.HealthyAfter) continue;
                await Task.Delay(Longer(_retry.Next(_random), fault?.RetryAfter), _time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Note(static health => health with { Connected = false });
        }
    }

    private async Task<ApiException?> FollowAsync(CancellationToken cancellation)
    {
        try
        {
            // What is in the cache but was not delivered: an earlier run was cancelled, or the sink met a fault of the server.
            await DeliverAsync(cancellation);
            if (_version is null) await RelistAsync(cancellation);
            using var watch = await _client.OpenWatchAsync(_kind, _selection, _version!, cancellation);
            _openedAt = _time.GetTimestamp();
            Contact();
            while (await watch.ReadAsync(cancellation)) await TakeAsync(watch.Current, cancellation);
            return null;
        }
        catch (ApiException fault)
        {
            return fault;
        }
    }

    private async Task RelistAsync(CancellationToken cancellation)
    {
        var list = await _client.ListAsync(_kind, _selection, cancellation);
        Contact();
        foreach (var item in list.Items) _trim?.Invoke(item);
        foreach (var item in list.Unreadable) Log.Unreadable(_logger, _kind.Plural, item.Problem);
        _changes.Clear();
        lock (_gate) _cache.Replace(list.Items, list.Unreadable, _changes);
        foreach (var change in _changes) _pending.Enqueue(change);
        if (!_syncDelivered) _pending.Enqueue(new(InformerEventType.Synced));
        await DeliverAsync(cancellation);
        _version = list.ResourceVersion;
    }

    private async ValueTask TakeAsync(WatchEvent<T> change, CancellationToken cancellation)
    {
        Contact();
        _delivered = true;
        if (change.Item is not null) _trim?.Invoke(change.Item);
        if (change.Problem is not null) Log.Unreadable(_logger, _kind.Plural, change.Problem);
        _changes.Clear();
        lock (_gate) _cache.Apply(change, _changes);
        foreach (var taken in _changes) _pending.Enqueue(taken);
        await DeliverAsync(cancellation);
        if (change.ResourceVersion.Length > 0) _version = change.ResourceVersion;
    }

    // An event leaves the queue only when the sink has taken it: a cancelled wait loses nothing.
    private async ValueTask DeliverAsync(CancellationToken cancellation)
    {
        while (_pending.TryPeek(out var change))
        {
            await _sink(change, cancellation);
            _pending.Dequeue();
            if (change.Type != InformerEventType.Synced) continue;
            _syncDelivered = true;
            Note(static health => health with { Synced = true });
        }
    }

    private void Failed(ApiException fault)
    {
        if (fault.IsExpired)
        {
            _version = null;
            Log.Expired(_logger, _kind.Plural);
            return;
        }
        // The same fault is said once until contact returns.
        if (_loggedFault != fault.Message) Log.Lost(_logger, _kind.Plural, fault.Message);
        _loggedFault = fault.Message;
        Note(health => health with { LastFault = fault.Message });
    }

    private void Contact()
    {
        if (_loggedFault is not null) Log.Restored(_logger, _kind.Plural);
        _loggedFault = null;
        lock (_gate) _health = _health with { Connected = true, LastContact = _time.GetTimestamp(), LastFault = null };
    }

    private void Note(Func<InformerHealth, InformerHealth> change)
    {
        lock (_gate) _health = change(_health);
    }

    private static TimeSpan Longer(TimeSpan own, TimeSpan? asked) => asked is { } least && least > own && least < MaxAsked ? least : own;
}
