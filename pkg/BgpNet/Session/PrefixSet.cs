// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>
/// How many different prefixes a peer announces, in eight octets each: a keyed 63-bit hash and a bit that says "stale".
/// Open addressing with linear probing. A million prefixes collide with a chance of one in ten million, which costs a
/// count, no route.
/// </summary>
internal sealed class PrefixSet(ulong seed)
{
    private const int FirstSlots = 64;
    private const int SlotsKept = 4096;
    private const ulong StaleBit = 1;
    private ulong[] _slots = [];

    /// <summary>How many that are not stale are counted at most; fewer than there are already forgets none.</summary>
    public int Most { get; set; } = SessionOptions.MostPrefixesCounted;

    public int Count { get; private set; }

    public int StaleCount { get; private set; }

    /// <summary>Whether as many are counted as may be, so that there may be more.</summary>
    public bool IsFull => Count - StaleCount >= Most || Count >= SessionOptions.MostPrefixesCounted;

    /// <summary>Octets held.</summary>
    public int Size => _slots.Length * sizeof(ulong);

    public void Add(PathPrefix prefix)
    {
        ulong key = Key(prefix);
        if (TryFind(key, out int at))
        {
            StaleCount -= (int)(_slots[at] & StaleBit);
            _slots[at] = key;
        }
        else if (!IsFull)
        {
            if ((Count + 1) * 4 > _slots.Length * 3)
            {
                Rebuild(Math.Max(FirstSlots, _slots.Length * 2), withStale: true);
                _ = TryFind(key, out at);
            }

            _slots[at] = key;
            Count++;
        }
    }

    public void Remove(PathPrefix prefix)
    {
        if (!TryFind(Key(prefix), out int hole))
        {
            return;
        }

        StaleCount -= (int)(_slots[hole] & StaleBit);
        Count--;
        int mask = _slots.Length - 1;
        for (int at = (hole + 1) & mask; _slots[at] != 0; at = (at + 1) & mask)
        {
            // A slot may move back only as far as its own place.
            int home = Home(_slots[at]);
            if (((at - home) & mask) >= ((at - hole) & mask))
            {
                _slots[hole] = _slots[at];
                hole = at;
            }
        }

        _slots[hole] = 0;
    }

    public void MarkStale()
    {
        foreach (ref ulong slot in _slots.AsSpan())
        {
            slot = slot == 0 ? 0 : slot | StaleBit;
        }

        StaleCount = Count;
    }

    /// <summary>Drops what is stale; returns how many.</summary>
    public int Sweep()
    {
        int swept = StaleCount;
        if (swept > 0)
        {
            Rebuild(_slots.Length, withStale: false);
            Count -= swept;
            StaleCount = 0;
        }

        return swept;
    }

    public void Clear()
    {
        _slots = _slots.Length > SlotsKept ? [] : _slots;
        _slots.AsSpan().Clear();
        Count = 0;
        StaleCount = 0;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 32)) * 0xD6E8_FEB8_6659_FD93;
        value = (value ^ (value >> 32)) * 0xD6E8_FEB8_6659_FD93;
        return value ^ (value >> 32);
    }

    private ulong Key(PathPrefix prefix)
    {
        UInt128 address = prefix.Prefix.Address.Value;
        ulong hash = Mix(seed ^ (ulong)address);
        hash = Mix(hash ^ (ulong)(address >> 64));
        hash = Mix(hash ^ ((ulong)prefix.PathId << 8) ^ (ulong)prefix.Prefix.Length);
        hash &= ~StaleBit;
        return hash == 0 ? ~StaleBit : hash;
    }

    private int Home(ulong slot) => (int)(slot >> 32) & (_slots.Length - 1);

    private bool TryFind(ulong key, out int at)
    {
        at = 0;
        if (_slots.Length == 0)
        {
            return false;
        }

        for (at = Home(key); _slots[at] != 0; at = (at + 1) & (_slots.Length - 1))
        {
            if ((_slots[at] & ~StaleBit) == key)
            {
                return true;
            }
        }

        return false;
    }

    private void Rebuild(int length, bool withStale)
    {
        ulong[] before = _slots;
        _slots = new ulong[length];
        foreach (ulong slot in before)
        {
            if (slot != 0 && (withStale || (slot & StaleBit) == 0))
            {
                _ = TryFind(slot & ~StaleBit, out int at);
                _slots[at] = slot;
            }
        }
    }
}
