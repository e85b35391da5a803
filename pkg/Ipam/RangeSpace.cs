// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam;

/// <summary>
/// The free addresses of one range: everything from a high-water mark up, and the gaps below it. Memory follows what was in use at
/// once, not the size of the range.
/// </summary>
internal sealed class RangeSpace(IpRange range, bool avoidBuggy)
{
    private readonly SortedSet<Gap> _gaps = [];
    private UInt128 _mark;
    private bool _exhausted;
    private long _used;

    public IpRange Range => range;

    public bool TryFindLowest(out IpAddr address)
    {
        while (_gaps.Count > 0)
        {
            Gap gap = _gaps.Min;
            address = At(gap.First);
            if (!IsBuggy(address))
                return true;
            // Never to be given out, so the gap loses it for good and is not looked at again.
            _gaps.Remove(gap);
            if (gap.First < gap.Last)
                _gaps.Add(new Gap(gap.First + 1, gap.Last));
        }

        while (!_exhausted)
        {
            address = At(_mark);
            if (!IsBuggy(address))
                return true;
            Advance();
        }

        address = default;
        return false;
    }

    /// <summary>Takes an address of the range that the caller knows to be free.</summary>
    public void Take(IpAddr address)
    {
        UInt128 offset = address.Value - range.First.Value;
        _used++;
        if (!_exhausted && offset >= _mark)
        {
            if (offset > _mark)
                _gaps.Add(new Gap(_mark, offset - 1));
            _mark = offset;
            Advance();
            return;
        }

        Gap gap = _gaps.Count > 0 ? _gaps.Min : default;
        if (_gaps.Count == 0 || offset < gap.First)
            return;
        if (offset > gap.Last)
        {
            gap = _gaps.GetViewBetween(default, new Gap(offset, offset)).Max;
            if (offset > gap.Last)
                return;
        }

        _gaps.Remove(gap);
        if (gap.First < offset)
            _gaps.Add(new Gap(gap.First, offset - 1));
        if (offset < gap.Last)
            _gaps.Add(new Gap(offset + 1, gap.Last));
    }

    public void Free(IpAddr address)
    {
        if (--_used == 0)
        {
            _gaps.Clear();
            _mark = 0;
            _exhausted = false;
            return;
        }

        UInt128 offset = address.Value - range.First.Value;
        _gaps.Add(new Gap(offset, offset));
    }

    private bool IsBuggy(IpAddr address) => avoidBuggy && IsBuggyAddress(address);

    internal static bool IsBuggyAddress(IpAddr address) => address.IsIPv4 && (byte)address.Value is 0 or 255 && address.IsIPv4;

    private IpAddr At(UInt128 offset) => IpAddr.FromValue(range.Family, range.First.Value + offset);

    private void Advance()
    {
        _exhausted = _mark == range.CountMinusOne;
        if (!_exhausted)
            _mark++;
    }

    private readonly record struct Gap(UInt128 First, UInt128 Last) : IComparable<Gap>
    {
        public int CompareTo(Gap other) => First.CompareTo(other.First);
    }
}
