// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Informers;

/// <summary>
/// What is known of one kind, and the transitions that lead there: a list or a watch event in, the changes it means out.
/// No transition is repeated: an object already known in that version changes nothing.
/// </summary>
public sealed class ResourceCache<T>
    where T : class, IKubeObject
{
    private readonly Dictionary<ObjectKey, T> _objects = [];

    public int Count => _objects.Count;

    public IReadOnlyCollection<T> Objects => _objects.Values;

    public bool TryGet(ObjectKey key, [NotNullWhen(true)] out T? found) => _objects.TryGetValue(key, out found);

    /// <summary>
    /// Takes a complete list. Disappearances come first, so that what a gone object held is free before somebody new claims it.
    /// An object that is there but unreadable stays as it was known.
    /// </summary>
    public void Replace(IReadOnlyList<T> listed, IReadOnlyList<UnreadableObject> unreadable, List<InformerEvent<T>> changes)
    {
        var present = new Dictionary<ObjectKey, string?>(listed.Count + unreadable.Count);
        foreach (var item in listed) present[ObjectKey.Of(item.Metadata)] = item.Metadata.Uid;
        foreach (var item in unreadable) present[ObjectKey.Of(item.Metadata)] = item.Metadata.Uid;

        List<ObjectKey>? gone = null;
        foreach (var (key, known) in _objects)
        {
            if (!present.TryGetValue(key, out var uid) || uid != known.Metadata.Uid) (gone ??= []).Add(key);
        }
        if (gone is not null)
        {
            foreach (var key in gone)
            {
                _objects.Remove(key, out var known);
                changes.Add(new(InformerEventType.Deleted, known));
            }
        }
        foreach (var item in listed) Put(item, changes);
    }

    /// <summary>Takes one event of a watch.</summary>
    public void Apply(in WatchEvent<T> change, List<InformerEvent<T>> changes)
    {
        switch (change.Type)
        {
            case WatchEventType.Added:
            case WatchEventType.Modified:
                Put(change.Item!, changes);
                break;
            case WatchEventType.Deleted:
                Remove(change.Item!, changes);
                break;
            case WatchEventType.Bookmark:
            case WatchEventType.Unreadable:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Put(T item, List<InformerEvent<T>> changes)
    {
        var key = ObjectKey.Of(item.Metadata);
        if (!_objects.TryGetValue(key, out var known))
        {
            _objects[key] = item;
            changes.Add(new(InformerEventType.Added, item));
            return;
        }
        if (known.Metadata.Uid != item.Metadata.Uid)
        {
            _objects[key] = item;
            changes.Add(new(InformerEventType.Deleted, known));
            changes.Add(new(InformerEventType.Added, item));
            return;
        }
        // An older state that arrives late is no change.
        if (!item.Metadata.IsNewerThan(known.Metadata)) return;
        _objects[key] = item;
        changes.Add(new(InformerEventType.Updated, item, known));
    }

    private void Remove(T item, List<InformerEvent<T>> changes)
    {
        var key = ObjectKey.Of(item.Metadata);
        // The end of an earlier object of the same name is no news about the one that is there now.
        if (!_objects.TryGetValue(key, out var known) || known.Metadata.Uid != item.Metadata.Uid) return;
        _objects.Remove(key);
        changes.Add(new(InformerEventType.Deleted, item));
    }
}
