// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Rib;

/// <summary>
/// Every offer that a route has, once, by a number from 1 on: with it a route tells in four octets what each policy gets.
/// Offers that no route has any more are forgotten.
/// </summary>
internal sealed class OfferStore(AttributeStore attributes)
{
    private readonly Dictionary<byte[], int> _ids = new(new OctetComparer());
    private Entry[] _entries = new Entry[16];
    private int _last;
    private int _free;

    /// <summary>One more than the highest number.</summary>
    public int End => _last + 1;

    /// <summary>The attributes that a policy gets; 0 for none, as for offer 0.</summary>
    public int For(int offer, int policy)
    {
        ref Entry entry = ref _entries[offer];
        int[]? named = entry.Named;
        return named is not null && policy < named.Length && named[policy] >= 0 ? named[policy] : entry.Others;
    }

    /// <summary>The number of an offer. One that no route takes up must be dropped again.</summary>
    public int Intern(RouteOffer offer)
    {
        int id = offer.LastId;
        return id <= _last && ReferenceEquals(_entries[id].Source, offer) ? id : Find(offer);
    }

    public void AddReference(int id) => _entries[id].References++;

    public void Release(int id)
    {
        if (id != 0 && --_entries[id].References == 0)
        {
            Drop(id);
        }
    }

    private int Find(RouteOffer offer)
    {
        (int others, int[]? named) = Acquire(offer);
        byte[] key = Key(others, named);
        if (_ids.TryGetValue(key, out int id))
        {
            ReleaseAttributes(others, named);
            _entries[id].Source = offer;
            offer.LastId = id;
            return id;
        }

        id = _free;
        if (id != 0)
        {
            _free = _entries[id].References;
        }
        else
        {
            id = ++_last;
            if (id == _entries.Length)
            {
                Array.Resize(ref _entries, id * 2);
            }
        }

        _entries[id] = new() { Source = offer, Key = key, Others = others, Named = named };
        _ids.Add(key, id);
        offer.LastId = id;
        return id;
    }

    private (int Others, int[]? Named) Acquire(RouteOffer offer)
    {
        int others = offer.Others is { } set ? attributes.Acquire(set) : 0;
        int[]? named = offer.Named.IsEmpty ? null : new int[offer.Named[^1].Policy + 1];
        named.AsSpan().Fill(-1);
        foreach ((int policy, AttributeSet? own) in offer.Named)
        {
            named![policy] = own is null ? 0 : attributes.Acquire(own);
        }

        return (others, named);
    }

    private void ReleaseAttributes(int others, int[]? named)
    {
        if (others != 0)
        {
            attributes.Release(others);
        }

        foreach (int id in named.AsSpan())
        {
            if (id > 0)
            {
                attributes.Release(id);
            }
        }
    }

    private void Drop(int id)
    {
        Entry entry = _entries[id];
        _ids.Remove(entry.Key!);
        _entries[id] = new() { References = _free };
        _free = id;
        ReleaseAttributes(entry.Others, entry.Named);
    }

    private static byte[] Key(int others, int[]? named)
    {
        byte[] key = new byte[(1 + (named?.Length ?? 0)) * sizeof(int)];
        BitConverter.TryWriteBytes(key, others);
        named.AsSpan().CopyTo(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(key.AsSpan(sizeof(int))));
        return key;
    }

    // While an entry is free, its references are the number of the next free one.
    private struct Entry
    {
        public RouteOffer? Source;
        public byte[]? Key;
        public int[]? Named;
        public int Others;
        public int References;
    }
}
