// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd;

/// <summary>
/// One deadline per key, earliest first; a new deadline replaces the old one in place, so a peer that makes deadlines move
/// cannot make the heap grow. Allocates only when keys are added.
/// </summary>
public sealed class DeadlineHeap<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, int> _places = [];
    private readonly List<(MonoTime Deadline, TKey Key)> _heap = [];

    /// <summary>The earliest deadline; <see cref="MonoTime.Never"/> when there is none.</summary>
    public MonoTime Next => _heap.Count == 0 ? MonoTime.Never : _heap[0].Deadline;

    /// <summary>How many keys have a deadline.</summary>
    public int Count => _heap.Count;

    /// <summary>Sets a key's deadline, in place of the one it had.</summary>
    public void Set(TKey key, MonoTime deadline)
    {
        if (!_places.TryGetValue(key, out int place))
        {
            place = _heap.Count;
            _heap.Add((deadline, key));
        }

        Restore(place, (deadline, key));
    }

    /// <summary>Takes a key's deadline away, if it has one.</summary>
    public void Remove(TKey key)
    {
        if (!_places.Remove(key, out int place))
        {
            return;
        }

        int last = _heap.Count - 1;
        (MonoTime Deadline, TKey Key) moved = _heap[last];
        _heap.RemoveAt(last);
        if (place != last)
        {
            Restore(place, moved);
        }
    }

    /// <summary>Takes the earliest key whose deadline is not after now.</summary>
    public bool TryTakeDue(MonoTime now, out TKey key)
    {
        bool due = Next <= now && _heap.Count > 0;
        key = due ? _heap[0].Key : default!;
        if (due)
        {
            Remove(key);
        }

        return due;
    }

    // Puts an item where order wants it, starting from a place whose item may be overwritten.
    private void Restore(int place, (MonoTime Deadline, TKey Key) item)
    {
        while (place > 0 && item.Deadline < _heap[(place - 1) / 2].Deadline)
        {
            Put(place, _heap[(place - 1) / 2]);
            place = (place - 1) / 2;
        }

        for (int child = SmallerChild(place); child < _heap.Count && _heap[child].Deadline < item.Deadline; child = SmallerChild(place))
        {
            Put(place, _heap[child]);
            place = child;
        }

        Put(place, item);
    }

    private int SmallerChild(int place)
    {
        int left = (2 * place) + 1;
        return left + 1 < _heap.Count && _heap[left + 1].Deadline < _heap[left].Deadline ? left + 1 : left;
    }

    private void Put(int place, (MonoTime Deadline, TKey Key) item)
    {
        _heap[place] = item;
        _places[item.Key] = place;
    }
}
