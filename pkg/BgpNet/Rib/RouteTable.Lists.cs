// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Rib;

internal sealed partial class RouteTable<TKey>
{
    private int[] _heads = new int[16];
    private int[] _tails = new int[16];

    /// <summary>The first route with an offer; 0 for none.</summary>
    public int Head(int offer) => offer < _heads.Length ? _heads[offer] : 0;

    /// <summary>Puts a route behind those that have the offer already; offer 0 withdraws it. Returns what followed it until now.</summary>
    public int Move(int slot, int offer)
    {
        ref RouteEntry<TKey> entry = ref this[slot];
        int next = entry.Next;
        if (entry.Offer != 0)
        {
            Link(entry.Previous, ref _heads[entry.Offer]) = next;
            (next != 0 ? ref this[next].Previous : ref _tails[entry.Offer]) = entry.Previous;
        }

        entry.Offer = offer;
        entry.Next = 0;
        entry.Previous = 0;
        if (offer == 0)
        {
            return next;
        }

        if (offer >= _heads.Length)
        {
            int length = Math.Max(offer + 1, _heads.Length * 2);
            Array.Resize(ref _heads, length);
            Array.Resize(ref _tails, length);
        }

        entry.Previous = _tails[offer];
        Link(entry.Previous, ref _heads[offer]) = slot;
        _tails[offer] = slot;
        return next;
    }

    private ref int Link(int previous, ref int head)
    {
        if (previous != 0)
        {
            return ref this[previous].Next;
        }

        return ref head;
    }
}
