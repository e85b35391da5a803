// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam;

/// <summary>
/// The free addresses of one entry of a pool: everything from a high-water mark up, and the gaps below it. Neighbouring gaps are
/// one, so memory follows how scattered the use is, not how large the range is nor how much was once in use.
/// </summary>
internal sealed class RangeSpace(PoolSpace owner, int entry, IpRange range, bool avoidBuggy)
{
    // No two gaps touch, and none touches the mark.
    private readonly SortedSet<Gap> _gaps = [];
    private UInt128 _mark;
    private bool _exhausted;
    private long _used;

    public PoolSpace Owner => owner;

    /// <summary>Which entry of its pool this is, from 0.</summary>
    public int Entry => entry;

    public IpRange Range => range;

    public int GapCount => _gaps.Count;

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

        if (!TryFindGap(offset, out Gap gap) || offset > gap.Last)
            return;
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

        Gap freed = new(address.Value - range.First.Value, address.Value - range.First.Value);
        if (TryFindGap(freed.First, out Gap below) && below.Last + 1 == freed.First)
        {
            _gaps.Remove(below);
            freed = new Gap(below.First, freed.Last);
        }

        if (_exhausted ? freed.Last == range.CountMinusOne : freed.Last + 1 == _mark)
        {
            _mark = freed.First;
            _exhausted = false;
            return;
        }

        if (_gaps.TryGetValue(new Gap(freed.Last + 1, default), out Gap above))
        {
            _gaps.Remove(above);
            freed = new Gap(freed.First, above.Last);
        }

        _gaps.Add(freed);
    }

    internal static bool IsBuggyAddress(IpAddr address) => address.IsIPv4 && (byte)address.Value is 0 or 255;

    /// <summary>The last gap that begins at the offset or below it.</summary>
    private bool TryFindGap(UInt128 offset, out Gap gap)
    {
        // The lowest gap answers most questions, for the lowest free address is what is taken next.
        gap = _gaps.Count > 0 ? _gaps.Min : default;
        if (_gaps.Count == 0 || offset < gap.First)
            return false;
        if (offset > gap.Last)
            gap = _gaps.GetViewBetween(gap, new Gap(offset, offset)).Max;
        return true;
    }

    private bool IsBuggy(IpAddr address) => avoidBuggy && IsBuggyAddress(address);

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
