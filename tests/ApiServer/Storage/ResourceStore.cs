// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;

namespace LoadBalancer.ApiServer.Storage;

/// <summary>
/// The objects of one resource with a bounded history of changes. Writers run one at a time under a lock that is never
/// held during network writes; readers take an immutable snapshot; watchers walk the history at their own pace.
/// </summary>
public sealed class ResourceStore(Revision revision, int historyCapacity, Action<StoreEvent>? committed)
{
    private readonly Lock _gate = new();
    private readonly StoreEvent?[] _ring = new StoreEvent?[historyCapacity];
    private ImmutableSortedDictionary<string, StoredObject> _objects = ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);
    private long _next;
    private long _first;
    private long _compacted;
    private TaskCompletionSource _signal = NewSignal();
    private volatile bool _awaited;

    /// <summary>Advances with every change; caches key on it.</summary>
    public long Generation => Interlocked.Read(ref _next);

    /// <summary>The position behind the newest change.</summary>
    public long Tail => Interlocked.Read(ref _next);

    public ImmutableSortedDictionary<string, StoredObject> Objects => Volatile.Read(ref _objects);

    public StoredObject? Find(string key) => Objects.GetValueOrDefault(key);

    public Snapshot Snapshot()
    {
        lock (_gate)
            return new Snapshot(revision.Current, _next, _objects);
    }

    public StoredObject? Mutate(string key, Func<StoredObject?, Mutation> change)
    {
        lock (_gate)
        {
            var old = _objects.GetValueOrDefault(key);
            var mutation = change(old);
            switch (mutation.Kind)
            {
                case MutationKind.Keep:
                    return old;
                case MutationKind.Put:
                    var put = StoredObject.Seal(key, revision.Next(), mutation.Node!);
                    Volatile.Write(ref _objects, _objects.SetItem(key, put));
                    Append(new StoreEvent(put.Revision, old, put, Removed: false));
                    return put;
                case MutationKind.Remove:
                    var last = StoredObject.Seal(key, revision.Next(), mutation.Node!);
                    Volatile.Write(ref _objects, _objects.Remove(key));
                    Append(new StoreEvent(last.Revision, old, last, Removed: true));
                    return last;
                default:
                    throw new UnreachableException();
            }
        }
    }

    /// <summary>Puts back a persisted object at its own revision, before anyone can watch.</summary>
    public void Restore(StoredObject stored)
    {
        lock (_gate)
        {
            _objects = _objects.SetItem(stored.Key, stored);
            _compacted = Math.Max(_compacted, stored.Revision);
            revision.AtLeast(stored.Revision);
        }
    }

    /// <summary>The position from which a watch that has seen everything up to a revision continues; false when it is forgotten.</summary>
    public bool TryPosition(long after, out long position)
    {
        lock (_gate)
        {
            position = _next;
            if (after < _compacted)
                return false;
            while (position > _first && _ring[(position - 1) % _ring.Length]!.Revision > after)
                position--;
            return true;
        }
    }

    /// <summary>Copies what follows a position; false when the history no longer reaches back that far.</summary>
    public bool TryRead(ref long position, List<StoreEvent> into, int limit, out long upTo)
    {
        lock (_gate)
        {
            upTo = revision.Current;
            if (position < _first)
                return false;
            while (position < _next && into.Count < limit)
                into.Add(_ring[position++ % _ring.Length]!);
            if (position < _next)
                upTo = into[^1].Revision;
            return true;
        }
    }

    /// <summary>Completes when something lies behind the position.</summary>
    public Task WaitAsync(long position)
    {
        lock (_gate)
        {
            if (position < _next || position < _first)
                return Task.CompletedTask;
            _awaited = true;
            return _signal.Task;
        }
    }

    /// <summary>Forgets the history, so that every watch that must resume gets 410.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            Array.Clear(_ring);
            _first = _next;
            _compacted = revision.Current;
        }
    }

    private void Append(StoreEvent change)
    {
        if (_next - _first == _ring.Length)
        {
            _compacted = _ring[_first % _ring.Length]!.Revision;
            _first++;
        }

        _ring[_next % _ring.Length] = change;
        Interlocked.Increment(ref _next);
        committed?.Invoke(change);
        if (!_awaited)
            return;
        _awaited = false;
        var signal = _signal;
        _signal = NewSignal();
        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
