// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Rib;

/// <summary>
/// For slots that wait, the number of the attributes that a peer still knows; 0 where it knows nothing. Pages hold four octets
/// for each of 1,024 slots and exist only while one of them has a number.
/// </summary>
internal sealed class KnownValues(KnownValues.Pool pool)
{
    private const int PageBits = 10;
    private const int PageSlots = 1 << PageBits;
    private int[]?[] _pages = [];
    private int[] _counts = [];

    public int Get(int slot)
    {
        int page = slot >> PageBits;
        return page < _pages.Length && _pages[page] is { } values ? values[slot & (PageSlots - 1)] : 0;
    }

    /// <summary>Keeps a number, not 0, for a slot that has none.</summary>
    public void Put(int slot, int value)
    {
        int page = slot >> PageBits;
        if (page >= _pages.Length)
        {
            int pages = Math.Max(page + 1, _pages.Length * 2);
            Array.Resize(ref _pages, pages);
            Array.Resize(ref _counts, pages);
        }

        int[] values = _pages[page] ??= pool.Rent();
        values[slot & (PageSlots - 1)] = value;
        _counts[page]++;
    }

    /// <summary>Forgets what is kept for a slot and returns it; 0 for nothing.</summary>
    public int Take(int slot)
    {
        int page = slot >> PageBits;
        if (page >= _pages.Length || _pages[page] is not { } values)
        {
            return 0;
        }

        ref int place = ref values[slot & (PageSlots - 1)];
        int value = place;
        place = 0;
        if (value != 0 && --_counts[page] == 0)
        {
            _pages[page] = null;
            pool.Return(values);
        }

        return value;
    }

    /// <summary>The first slot at or behind one for which a number is kept; -1 for none.</summary>
    public int Next(int from)
    {
        for (int page = from >> PageBits; page < _pages.Length; page++)
        {
            if (_pages[page] is not { } values)
            {
                continue;
            }

            int first = page == from >> PageBits ? from & (PageSlots - 1) : 0;
            int found = values.AsSpan(first).IndexOfAnyExcept(0);
            if (found >= 0)
            {
                return (page << PageBits) + first + found;
            }
        }

        return -1;
    }

    /// <summary>Keeps some empty pages, so that single changes allocate nothing; what a peer that stood still needed goes back.</summary>
    internal sealed class Pool
    {
        private const int Most = 64;
        private readonly Stack<int[]> _pages = new();

        public int[] Rent() => _pages.TryPop(out int[]? page) ? page : new int[PageSlots];

        public void Return(int[] page)
        {
            if (_pages.Count < Most)
            {
                _pages.Push(page);
            }
        }
    }
}
