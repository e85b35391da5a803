// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

// The next messages: withdrawals first, as what points nowhere does more harm than what is missing.
internal sealed partial class Cohort<TKey>
{
    private int _taken;

    private int Encode(Span<byte> room, bool first, MonoTime now, bool withdrawalsOnly)
    {
        int at = 0;
        while (true)
        {
            int length = _withdraw.Count > 0 ? EncodeWithdraw(room[at..], first && at == 0)
                : !withdrawalsOnly && now >= _notBefore && HasAnnouncements ? EncodeAnnounce(room[at..], first && at == 0)
                : 0;
            if (length == 0)
            {
                return at;
            }

            at += length;
            _encoding?.EndMessage(at, _encodedWithdraw);
            _rib.Shared.MessagesEncoded++;
            IsUntouched = false;
            if (_group.Interval > TimeSpan.Zero && !_encodedWithdraw && !HasAnnouncements)
            {
                _notBefore = _rib.Shared.After(now, _group.Interval);
            }
        }
    }

    private int EncodeWithdraw(Span<byte> room, bool first)
    {
        if (!UpdatePacker.TryWithdraw(room, _group.ShortFormat, TKey.Family, out UpdatePacker packer))
        {
            return 0;
        }

        _taken = 0;
        int slot = _withdraw.Next(0);
        while (slot >= 0 && Put(ref packer, slot))
        {
            slot = _withdraw.Next(slot + 1);
        }

        // A message that is cut short only by what stands before it in the buffer waits for the next buffer.
        if (slot >= 0 && !first && room.Length < _group.ShortFormat.MaxLength)
        {
            return 0;
        }

        CommitWithdrawn();
        return packer.Complete();
    }

    private int EncodeAnnounce(Span<byte> room, bool first)
    {
        while (true)
        {
            if (IsWalking)
            {
                int length = EncodeWalk(room, first);
                if (length >= 0)
                {
                    return length;
                }
            }

            if (_planNext == _planned && HasAnnouncements && !Prepare())
            {
                continue;
            }

            int planned = EncodePlan(room, first);
            if (planned >= 0)
            {
                return planned;
            }

            if (!HasAnnouncements)
            {
                return 0;
            }
        }
    }

    private bool Put(ref UpdatePacker packer, int slot)
    {
        int octets = _taken < _rib.Shared.Slots.Length ? _table[slot].Write(packer.Room, _group.Format.AddPath) : 0;
        if (octets == 0)
        {
            return false;
        }

        packer.Take(octets);
        _rib.Shared.Slots[_taken++] = slot;
        return true;
    }

    private void CommitWithdrawn()
    {
        _encodedWithdraw = true;
        foreach (int slot in _rib.Shared.Slots.AsSpan(0, _taken))
        {
            _withdraw.Remove(slot);
            Advertised--;
            Settle(slot);
        }
    }

    private void CommitAnnounced()
    {
        _encodedWithdraw = false;
        bool resends = _resend.Count > 0;
        foreach (int slot in _rib.Shared.Slots.AsSpan(0, _taken))
        {
            if (_announce.Remove(slot) && Settle(slot) == 0)
            {
                Advertised++;
            }

            if (resends)
            {
                _resend.Remove(slot);
            }
        }
    }

    // What the peers knew is told no more by this cohort; while some have not taken the message, its block tells it.
    private int Settle(int slot)
    {
        int known = _known.Take(slot);
        if (_encoding is { } block)
        {
            block.AddRoute(slot, known);
            _live.Add(slot);
        }
        else if (known != 0)
        {
            _rib.Drop(slot, known);
        }

        return known;
    }
}
