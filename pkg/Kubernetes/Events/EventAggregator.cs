// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;

namespace LoadBalancer.Kubernetes.Events;

/// <summary>What makes two events the same.</summary>
internal readonly record struct EventKey(string Kind, string Namespace, string Name, string Uid, EventType Type, string Reason, string Message);

/// <summary>One event and how often it happened.</summary>
internal sealed class EventEntry(EventKey key, ObjectReference about, DateTimeOffset first)
{
    internal EventKey Key { get; } = key;

    internal ObjectReference About { get; } = about;

    internal DateTimeOffset First { get; } = first;

    internal DateTimeOffset Last { get; set; } = first;

    internal MonoTime LastSeen { get; set; }

    internal int Count { get; set; }

    /// <summary>The count the server has; 0 when it has no such Event.</summary>
    internal int Written { get; set; }

    internal string? ObjectName { get; set; }

    internal bool Waiting { get; set; }
}

/// <summary>
/// Counts equal events within a window, remembers a bounded number of them and drops the one not seen for longest.
/// Not safe for concurrent use.
/// </summary>
internal sealed class EventAggregator(TimeSpan window, int remembered)
{
    private readonly Dictionary<EventKey, LinkedListNode<EventEntry>> _known = [];
    private readonly LinkedList<EventEntry> _byUse = new();

    internal int Count => _known.Count;

    internal EventEntry Observe(EventKey key, Func<ObjectReference> about, DateTimeOffset wall, MonoTime now)
    {
        if (_known.TryGetValue(key, out var node))
        {
            _byUse.Remove(node);
            if (now - node.Value.LastSeen > window)
            {
                // A new occurrence, not the continuation of the old one.
                _known.Remove(key);
                node = null;
            }
        }
        if (node is null)
        {
            node = new(new(key, about(), wall));
            _known[key] = node;
            if (_known.Count > remembered)
            {
                _known.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }
        }
        _byUse.AddFirst(node);
        var entry = node.Value;
        entry.Count++;
        entry.Last = wall;
        entry.LastSeen = now;
        return entry;
    }
}
