// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

// Several peers take what is encoded from blocks, each at its own pace. A peer that falls too far behind, or that has not
// yet taken a route which changes now, leaves with a cohort of its own in which those messages were never encoded.
internal sealed partial class Cohort<TKey>
{
    private readonly List<EncodedBlock> _blocks = [];
    private readonly SlotSet _live = new();
    private EncodedBlock? _encoding;
    private int _firstBlock;

    /// <summary>Writes the next messages for one of the peers; what has not been encoded yet may be left to the next call but for withdrawals.</summary>
    public int Fill(Member<TKey> member, Span<byte> buffer, bool first, MonoTime now, bool withdrawalsOnly = false)
    {
        int at = 0;
        while (true)
        {
            while (member.Block < _firstBlock + _blocks.Count)
            {
                ReadOnlySpan<byte> message = _blocks[member.Block - _firstBlock].Message(member.Message);
                if (!message.TryCopyTo(buffer[at..]))
                {
                    return at;
                }

                at += message.Length;
                Taken(member);
            }

            if (_members.Count == 1)
            {
                return at + Encode(buffer[at..], first && at == 0, now, withdrawalsOnly);
            }

            if (!EncodeBlock(now, withdrawalsOnly))
            {
                return at;
            }
        }
    }

    public bool HasTakenAll(Member<TKey> member) => member.Block == _firstBlock + _blocks.Count;

    /// <summary>A route is about to change: those that have not taken it yet shall never hear of what it was.</summary>
    public void BeforeChange(int slot)
    {
        if (_live.Contains(slot))
        {
            SplitOff(_firstBlock + _blocks.Count);
        }
    }

    /// <summary>Leaves with a cohort of its own, as one who has seen only the messages taken.</summary>
    public Cohort<TKey> SplitOff(Member<TKey> member)
    {
        if (_members.Count == 1 && HasTakenAll(member))
        {
            return this;
        }

        Cohort<TKey> cohort = Undone(member);
        Leave(member);
        cohort.Join(member);
        return cohort;
    }

    /// <summary>The peer goes, or goes elsewhere.</summary>
    public void Leave(Member<TKey> member)
    {
        for (int block = member.Block; block < _firstBlock + _blocks.Count; block++)
        {
            _blocks[block - _firstBlock].Remaining--;
        }

        _members.Remove(member);
        if (_members.Count == 0)
        {
            Close();
            return;
        }

        RetireBlocks();
    }

    /// <summary>Joins another cohort of the group that knows all that is wanted, as this one does.</summary>
    public void TryMerge()
    {
        if (_blocks.Count > 0)
        {
            return;
        }

        foreach (Cohort<TKey> other in _group.Cohorts)
        {
            if (other != this && other.IsClean && other._notBefore >= _notBefore)
            {
                foreach (Member<TKey> member in _members)
                {
                    other.Join(member);
                }

                _members.Clear();
                Close();
                return;
            }
        }
    }

    private bool EncodeBlock(MonoTime now, bool withdrawalsOnly)
    {
        if (withdrawalsOnly ? !HasWithdrawals : IsClean)
        {
            return false;
        }

        if (_blocks.Count >= _rib.Shared.Limits.MostBlocks)
        {
            SplitOff(_firstBlock + 1);
            RetireBlocks();
        }

        EncodedBlock block = _rib.Shared.RentBlock();
        _encoding = block;
        int length = Encode(block.Octets, first: true, now, withdrawalsOnly);
        _encoding = null;
        if (length == 0)
        {
            _rib.Shared.ReturnBlock(block);
            return false;
        }

        block.Remaining = _members.Count;
        _blocks.Add(block);
        return true;
    }

    private void Taken(Member<TKey> member)
    {
        EncodedBlock block = _blocks[member.Block - _firstBlock];
        if (member.Message + 1 < block.MessageCount)
        {
            member.MoveTo(this, member.Block, member.Message + 1);
            return;
        }

        member.MoveTo(this, member.Block + 1, 0);
        if (--block.Remaining == 0)
        {
            RetireBlocks();
        }
    }

    // Those that stand before a block leave; those that stand at the same message leave together.
    private void SplitOff(int before)
    {
        int first = _group.Cohorts.Count;
        for (int i = _members.Count - 1; i >= 0 && i < _members.Count; i--)
        {
            Member<TKey> member = _members[i];
            if (member.Block >= before)
            {
                continue;
            }

            Cohort<TKey>? home = null;
            int block = member.Block;
            int message = member.Message;
            for (int c = first; c < _group.Cohorts.Count && home is null; c++)
            {
                Cohort<TKey> other = _group.Cohorts[c];
                home = other._splitAt == (block, message) ? other : null;
            }

            home ??= Undone(member);
            home._splitAt = (block, message);
            Leave(member);
            home.Join(member);
        }
    }

    // What this cohort would be if the messages a peer has not taken had not been encoded.
    private Cohort<TKey> Undone(Member<TKey> member)
    {
        Cohort<TKey> cohort = new(_rib, _group) { Advertised = Advertised, _notBefore = _notBefore };
        cohort._announce.CopyFrom(_announce);
        cohort._withdraw.CopyFrom(_withdraw);
        for (int slot = _known.Next(1); slot >= 0; slot = _known.Next(slot + 1))
        {
            cohort.Remember(slot, _known.Get(slot));
        }

        for (int block = member.Block; block < _firstBlock + _blocks.Count; block++)
        {
            EncodedBlock encoded = _blocks[block - _firstBlock];
            for (int message = block == member.Block ? member.Message : 0; message < encoded.MessageCount; message++)
            {
                cohort.Undo(encoded.RoutesOf(message), encoded.Withdraws(message));
            }
        }

        return cohort;
    }

    private void Undo(ReadOnlySpan<(int Slot, int Known)> routes, bool withdraws)
    {
        foreach ((int slot, int known) in routes)
        {
            (withdraws ? _withdraw : _announce).Add(slot);
            if (known != 0)
            {
                Remember(slot, known);
            }

            Advertised += withdraws ? 1 : known == 0 ? -1 : 0;
        }
    }

    private void RetireBlocks()
    {
        int retired = 0;
        while (retired < _blocks.Count && _blocks[retired].Remaining == 0)
        {
            EncodedBlock block = _blocks[retired++];
            foreach ((int slot, int known) in block.Routes)
            {
                _live.Remove(slot);
                if (known != 0)
                {
                    _rib.Drop(slot, known);
                }
            }

            _rib.Shared.ReturnBlock(block);
        }

        _blocks.RemoveRange(0, retired);
        _firstBlock += retired;
    }
}
