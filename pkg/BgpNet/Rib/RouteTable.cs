// SPDX-License-Identifier: Apache-2.0

namespace LoadBalancer.BgpNet.Rib;

/// <summary>
/// The routes of a family by prefix and path identifier, in slots from 1 on. Slots lie in pages and buckets are split one at
/// a time (linear hashing), so that no call does more because the table is large, and memory follows the count.
/// </summary>
internal sealed partial class RouteTable<TKey>
    where TKey : unmanaged, IPrefixKey<TKey>
{
    private const int PageBits = 12;
    private const int PageSlots = 1 << PageBits;
    private const int FirstBuckets = 16;
    private RouteEntry<TKey>[]?[] _pages = new RouteEntry<TKey>[16][];
    private int[]?[] _buckets = new int[16][];
    private int _bucketCount = FirstBuckets;
    private uint _mask = FirstBuckets - 1;
    private int _used;
    private int _free;

    public RouteTable() => _buckets[0] = new int[PageSlots];

    /// <summary>One more than the highest slot ever used.</summary>
    public int End { get; private set; } = 1;

    /// <summary>The slots of routes that have a path identifier (RFC 7911).</summary>
    public SlotSet WithPathId { get; } = new();

    public ref RouteEntry<TKey> this[int slot] => ref _pages[slot >> PageBits]![slot & (PageSlots - 1)];

    /// <summary>The slot of a route; 0 for none.</summary>
    public int Find(TKey key, byte length, uint pathId)
    {
        for (int slot = Bucket(BucketOf(Hash(key, length, pathId))); slot != 0;)
        {
            ref RouteEntry<TKey> entry = ref this[slot];
            if (entry.Key.Equals(key) && entry.Length == length && entry.PathId == pathId)
            {
                return slot;
            }

            slot = entry.HashNext;
        }

        return 0;
    }

    /// <summary>Takes a slot for a route that has none.</summary>
    public int Add(TKey key, byte length, uint pathId)
    {
        if (_used >= _bucketCount)
        {
            SplitBucket();
        }

        int slot = _free;
        if (slot != 0)
        {
            _free = this[slot].HashNext;
        }
        else
        {
            slot = End++;
            Page(ref _pages, slot >> PageBits);
        }

        _used++;
        ref int bucket = ref Bucket(BucketOf(Hash(key, length, pathId)));
        this[slot] = new() { Key = key, Length = length, PathId = pathId, HashNext = bucket };
        bucket = slot;
        if (pathId != 0)
        {
            WithPathId.Add(slot);
        }

        return slot;
    }

    /// <summary>Gives a slot back whose route is withdrawn and known to nobody.</summary>
    public void Release(int slot)
    {
        ref RouteEntry<TKey> entry = ref this[slot];
        ref int link = ref Bucket(BucketOf(Hash(entry.Key, entry.Length, entry.PathId)));
        while (link != slot)
        {
            link = ref this[link].HashNext;
        }

        link = entry.HashNext;
        WithPathId.Remove(slot);
        entry = new() { HashNext = _free };
        _free = slot;
        _used--;
    }

    // Eight neighbouring prefixes share a line of buckets, as those set together mostly are neighbours; the rest is mixed.
    private static uint Hash(TKey key, byte length, uint pathId)
    {
        ulong number = key.Number(length);
        ulong mixed = ((number >> 3) ^ ((ulong)pathId << 32) ^ ((ulong)length << 56)) * 0x9E37_79B9_7F4A_7C15;
        return ((uint)((mixed ^ (mixed >> 29)) * 0xBF58_476D_1CE4_E5B9 >> 32) & ~7u) | ((uint)number & 7);
    }

    private int BucketOf(uint hash)
    {
        uint bucket = hash & ((_mask << 1) | 1);
        return (int)(bucket < (uint)_bucketCount ? bucket : hash & _mask);
    }

    private ref int Bucket(int index) => ref _buckets[index >> PageBits]![index & (PageSlots - 1)];

    // The lowest bucket not split yet gives about half of its routes to a new one.
    private void SplitBucket()
    {
        int added = _bucketCount;
        int from = added & (int)_mask;
        Page(ref _buckets, added >> PageBits);
        _bucketCount++;
        int slot = Bucket(from);
        Bucket(from) = 0;
        while (slot != 0)
        {
            ref RouteEntry<TKey> entry = ref this[slot];
            int next = entry.HashNext;
            ref int bucket = ref Bucket(BucketOf(Hash(entry.Key, entry.Length, entry.PathId)));
            entry.HashNext = bucket;
            bucket = slot;
            slot = next;
        }

        if ((uint)_bucketCount == (_mask + 1) << 1)
        {
            _mask = (_mask << 1) | 1;
        }
    }

    private static void Page<T>(ref T[]?[] pages, int page)
    {
        if (page == pages.Length)
        {
            Array.Resize(ref pages, page * 2);
        }

        pages[page] ??= new T[PageSlots];
    }
}
