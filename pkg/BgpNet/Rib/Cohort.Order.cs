// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Rib;

// In which order announcements go: all with the same attributes together, or messages would not be full.
internal sealed partial class Cohort<TKey>
{
    private bool _encodedWithdraw;

    // Attributes in the upper half, slot or offer in the lower.
    private long[] _plan = [];
    private int _planNext;
    private int _planned;
    private long[] _walk = [];
    private int _walkNext;
    private int _walkEnd;
    private int _cursor;

    private bool IsWalking => _walkNext < _walkEnd;

    /// <summary>The route moves to another list: one who stands at it stands at the one behind it.</summary>
    public void Skip(int slot, int next)
    {
        if (_cursor == slot)
        {
            _cursor = next;
            if (next == 0)
            {
                NextOffer();
            }
        }
    }

    // False when the lists are to be walked.
    private bool Prepare()
    {
        int waiting = _announce.Count + _resend.Count;
        if (waiting > _rib.Shared.Limits.MostPlanned)
        {
            BeginWalk();
            return IsWalking ? false : throw new UnreachableException();
        }

        _planNext = 0;
        _planned = 0;
        if (_plan.Length < waiting)
        {
            _plan = new long[Math.Min(_rib.Shared.Limits.MostPlanned, waiting * 2)];
        }

        for (int slot = _announce.Next(0); slot >= 0; slot = _announce.Next(slot + 1))
        {
            _plan[_planned++] = ((long)_group.Policy.Offered(slot) << 32) | (uint)slot;
        }

        for (int slot = _resend.Next(0); slot >= 0; slot = _resend.Next(slot + 1))
        {
            if (!_announce.Contains(slot))
            {
                _plan[_planned++] = ((long)_group.Policy.Offered(slot) << 32) | (uint)slot;
            }
        }

        _plan.AsSpan(0, _planned).Sort();
        return true;
    }

    // -1 when nothing of the plan is left to do.
    private int EncodePlan(Span<byte> room, bool first)
    {
        while (_planNext < _planned && !StillWaits(_plan[_planNext]))
        {
            _planNext++;
        }

        if (_planNext == _planned)
        {
            return -1;
        }

        int attributes = (int)(_plan[_planNext] >> 32);
        if (!TryBegin(room, attributes, out UpdatePacker packer))
        {
            return 0;
        }

        int next = _planNext;
        _taken = 0;
        for (; next < _planned && (int)(_plan[next] >> 32) == attributes; next++)
        {
            if (StillWaits(_plan[next]) && !Put(ref packer, (int)_plan[next]))
            {
                if (!first && room.Length < _group.FormatFor(attributes).MaxLength)
                {
                    return 0;
                }

                break;
            }
        }

        _planNext = next;
        CommitAnnounced();
        return packer.Complete();
    }

    // The plan may be from before the last changes.
    private bool StillWaits(long planned)
    {
        int slot = (int)planned;
        return (_announce.Contains(slot) || _resend.Contains(slot)) && _group.Policy.Offered(slot) == (int)(planned >> 32);
    }

    private void BeginWalk()
    {
        OfferStore offers = _rib.Shared.Offers;
        _walkNext = 0;
        _walkEnd = 0;
        if (_walk.Length < offers.End)
        {
            _walk = new long[offers.End];
        }

        for (int offer = 1; offer < offers.End; offer++)
        {
            int attributes = _table.Head(offer) == 0 ? 0 : offers.For(offer, _group.Policy.Index);
            if (attributes != 0)
            {
                _walk[_walkEnd++] = ((long)attributes << 32) | (uint)offer;
            }
        }

        _walk.AsSpan(0, _walkEnd).Sort();
        _rib.Walking.Add(this);
        _walkNext = -1;
        NextOffer();
    }

    // To the first route of the next offer that still says what it said when the walk began.
    private void NextOffer()
    {
        OfferStore offers = _rib.Shared.Offers;
        _cursor = 0;
        while (_cursor == 0 && ++_walkNext < _walkEnd)
        {
            int offer = (int)_walk[_walkNext];
            _cursor = _table.Head(offer);
            if (_cursor != 0 && offers.For(offer, _group.Policy.Index) != (int)(_walk[_walkNext] >> 32))
            {
                _cursor = 0;
            }
        }

        if (_cursor == 0)
        {
            _rib.Walking.Remove(this);
        }
    }

    // -1 when the walk is over.
    private int EncodeWalk(Span<byte> room, bool first)
    {
        while (_cursor != 0 && !_announce.Contains(_cursor) && !_resend.Contains(_cursor))
        {
            Step();
        }

        if (_cursor == 0)
        {
            return -1;
        }

        int attributes = (int)(_walk[_walkNext] >> 32);
        if ((!first && room.Length < _group.FormatFor(attributes).MaxLength) || !TryBegin(room, attributes, out UpdatePacker packer))
        {
            return 0;
        }

        _taken = 0;
        while (_cursor != 0 && (int)(_walk[_walkNext] >> 32) == attributes)
        {
            if ((_announce.Contains(_cursor) || _resend.Contains(_cursor)) && !Put(ref packer, _cursor))
            {
                break;
            }

            Step();
        }

        CommitAnnounced();
        return packer.Complete();
    }

    private void Step()
    {
        _cursor = _table[_cursor].Next;
        if (_cursor == 0)
        {
            NextOffer();
        }
    }

    private bool TryBegin(Span<byte> room, int attributes, out UpdatePacker packer) =>
        UpdatePacker.TryAnnounce(room, _group.FormatFor(attributes), TKey.Family, _group.Octets(attributes), _group.NextHop!.Value, out packer);
}
