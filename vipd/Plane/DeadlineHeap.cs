// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Plane;

/// <summary>Deadlines of thousands of instances: the earliest is known at once, and a change costs a logarithm.</summary>
internal sealed class DeadlineHeap
{
    private Timed[] _items = new Timed[16];
    private int _count;

    public int Count => _count;

    /// <summary>The earliest deadline; Never when there is none.</summary>
    public MonoTime Next => _count > 0 ? _items[0].Due : MonoTime.Never;

    /// <summary>Gives an item another deadline, or with Never none.</summary>
    public void Set(Timed item, MonoTime due)
    {
        if (due == MonoTime.Never)
        {
            Remove(item);
            return;
        }

        if (item.Place < 0)
        {
            if (_count == _items.Length)
            {
                Array.Resize(ref _items, _count * 2);
            }

            item.Due = due;
            item.Place = _count;
            _items[_count++] = item;
            Rise(item.Place);
        }
        else if (item.Due != due)
        {
            bool earlier = due < item.Due;
            item.Due = due;
            if (earlier)
            {
                Rise(item.Place);
            }
            else
            {
                Sink(item.Place);
            }
        }
    }

    /// <summary>Takes out the earliest item whose deadline has come.</summary>
    public bool TryTake(MonoTime now, [NotNullWhen(true)] out Timed? item)
    {
        item = null;
        if (_count == 0 || _items[0].Due > now)
        {
            return false;
        }

        item = _items[0];
        Remove(item);
        return true;
    }

    public void Remove(Timed item)
    {
        int place = item.Place;
        if (place < 0)
        {
            return;
        }

        item.Place = -1;
        item.Due = MonoTime.Never;
        Timed last = _items[--_count];
        _items[_count] = null!;
        if (last != item)
        {
            Put(last, place);
            Rise(place);
            Sink(last.Place);
        }
    }

    private void Put(Timed item, int place)
    {
        _items[place] = item;
        item.Place = place;
    }

    private void Rise(int place)
    {
        Timed item = _items[place];
        while (place > 0 && item.Due < _items[(place - 1) / 2].Due)
        {
            int above = (place - 1) / 2;
            Put(_items[above], place);
            place = above;
        }

        Put(item, place);
    }

    private void Sink(int place)
    {
        Timed item = _items[place];
        for (int below = (place * 2) + 1; below < _count; below = (place * 2) + 1)
        {
            below += below + 1 < _count && _items[below + 1].Due < _items[below].Due ? 1 : 0;
            if (item.Due <= _items[below].Due)
            {
                break;
            }

            Put(_items[below], place);
            place = below;
        }

        Put(item, place);
    }
}
