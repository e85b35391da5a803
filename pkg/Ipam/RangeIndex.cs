// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam;

/// <summary>Which entry of which pool holds an address, by binary search: accepted pools overlap nowhere.</summary>
internal sealed class RangeIndex
{
    private readonly RangeSpace[] _ranges;
    private readonly UInt128[] _starts;
    private readonly int _firstIPv6;

    public RangeIndex(List<PoolSpace> pools)
    {
        List<RangeSpace> ranges = [];
        foreach (PoolSpace pool in pools)
            ranges.AddRange(pool.Ranges);
        ranges.Sort(static (a, b) => a.Range.First.CompareTo(b.Range.First));
        _ranges = [.. ranges];
        _starts = new UInt128[_ranges.Length];
        for (int i = 0; i < _ranges.Length; i++)
        {
            _starts[i] = _ranges[i].Range.First.Value;
            if (_ranges[i].Range.Family == IpFamily.IPv4)
                _firstIPv6 = i + 1;
        }
    }

    public RangeSpace? Find(IpAddr address)
    {
        UInt128 value = address.Value;
        (int low, int high) = address.IsIPv4 ? (0, _firstIPv6) : (_firstIPv6, _starts.Length);
        int floor = low;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_starts[middle] <= value)
                low = middle + 1;
            else
                high = middle;
        }

        return low > floor && value <= _ranges[low - 1].Range.Last.Value ? _ranges[low - 1] : null;
    }
}
