// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam;

/// <summary>A pool and what is free in it.</summary>
internal sealed class PoolSpace
{
    private readonly RangeSpace[] _ranges;
    private readonly long[] _assigned = new long[2];
    private readonly long[] _size = new long[2];

    public PoolSpace(Pool pool)
    {
        Pool = pool;
        _ranges = new RangeSpace[pool.Ranges.Count];
        for (int i = 0; i < _ranges.Length; i++)
        {
            IpRange range = pool.Ranges[i];
            _ranges[i] = new RangeSpace(this, i, range, pool.AvoidBuggyIPs);
            ref long size = ref _size[Index(range.Family)];
            long usable = range.SaturatedCount - (pool.AvoidBuggyIPs ? BuggyIn(range) : 0);
            size = size > long.MaxValue - usable ? long.MaxValue : size + usable;
        }
    }

    public Pool Pool { get; }

    public IReadOnlyList<RangeSpace> Ranges => _ranges;

    public PoolCounters Counters => new(_assigned[0], _assigned[1], Available(0), Available(1));

    public bool Avoids(IpAddr address) => Pool.AvoidBuggyIPs && RangeSpace.IsBuggyAddress(address);

    /// <summary>The lowest free address of a family in the order of the pool's entries, and which entry holds it.</summary>
    public bool TryFindLowest(IpFamily family, out IpAddr address, out int entry)
    {
        for (entry = 0; entry < _ranges.Length; entry++)
            if (_ranges[entry].Range.Family == family && _ranges[entry].TryFindLowest(out address))
                return true;
        address = default;
        return false;
    }

    public void Take(RangeSpace range, IpAddr address)
    {
        range.Take(address);
        _assigned[Index(address.Family)]++;
    }

    public void Free(RangeSpace range, IpAddr address)
    {
        range.Free(address);
        _assigned[Index(address.Family)]--;
    }

    // Every 256 addresses hold one .0 and one .255: counted, not walked.
    private static long BuggyIn(IpRange range)
    {
        if (range.Family != IpFamily.IPv4)
            return 0;
        long first = (long)range.First.Value;
        long last = (long)range.Last.Value;
        return Below(last + 1) - Below(first);

        static long Below(long end) => ((end + 255) / 256) + (end / 256);
    }

    private long Available(int family) => _size[family] == long.MaxValue ? long.MaxValue : _size[family] - _assigned[family];

    private static int Index(IpFamily family) => family == IpFamily.IPv4 ? 0 : 1;
}
