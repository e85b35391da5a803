// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>
/// Peers of one group that know the same. A route that is in no set is known to them as it is wanted; of the others it is kept
/// what they know, and only of those. So a cohort that has caught up costs a few bits for a route, however many peers it has.
/// <code>
///  set         wanted   known
///  announce    some     none or other
///  withdraw    none     some
///  resend      some     the same, but a refresh asked for it
/// </code>
/// </summary>
internal sealed partial class Cohort<TKey>
    where TKey : unmanaged, IPrefixKey<TKey>
{
    private readonly FamilyRib<TKey> _rib;
    private readonly RouteTable<TKey> _table;
    private readonly ExportGroup<TKey> _group;
    private readonly KnownValues _known;
    private readonly SlotSet _announce = new();
    private readonly SlotSet _withdraw = new();
    private readonly SlotSet _resend = new();
    private readonly List<Member<TKey>> _members = [];
    private MonoTime _notBefore = new(long.MinValue);
    private (int Block, int Message) _splitAt;

    private Cohort(FamilyRib<TKey> rib, ExportGroup<TKey> group)
    {
        _rib = rib;
        _table = rib.Table;
        _group = group;
        _known = new(rib.Shared.KnownPages);
        group.Cohorts.Add(this);
    }

    public ExportGroup<TKey> Group => _group;

    /// <summary>How many routes the peers have, once they have taken every message.</summary>
    public int Advertised { get; private set; }

    /// <summary>Whether nothing has been encoded for these peers, so that they know nothing.</summary>
    public bool IsUntouched { get; private set; }

    public bool HasWithdrawals => _withdraw.Count > 0;

    public bool HasAnnouncements => _announce.Count + _resend.Count > 0;

    public bool HasResends => _resend.Count > 0;

    /// <summary>Whether all that is wanted has been encoded.</summary>
    public bool IsClean => !HasWithdrawals && !HasAnnouncements;

    /// <summary>When announcements may go.</summary>
    public MonoTime NotBefore => _notBefore;

    /// <summary>For peers that know nothing yet.</summary>
    public static Cohort<TKey> ForNewPeers(FamilyRib<TKey> rib, ExportGroup<TKey> group)
    {
        Cohort<TKey> cohort = new(rib, group) { IsUntouched = true };
        cohort.CopyWanted(cohort._announce);
        return cohort;
    }

    public void Join(Member<TKey> member)
    {
        _members.Add(member);
        member.MoveTo(this, _firstBlock + _blocks.Count, 0);
    }

    /// <summary>A route is wanted otherwise than it was; both are what these peers would get.</summary>
    public void Change(int slot, int before, int after)
    {
        bool waits = _announce.Contains(slot) || _withdraw.Contains(slot);
        int known = waits ? _known.Get(slot) : before;
        if (after == 0)
        {
            _resend.Remove(slot);
        }

        if (known == after)
        {
            _announce.Remove(slot);
            _withdraw.Remove(slot);
            Forget(slot);
            return;
        }

        if (!waits && known != 0)
        {
            Remember(slot, known);
        }

        (after == 0 ? _withdraw : _announce).Add(slot);
        (after == 0 ? _announce : _withdraw).Remove(slot);
    }

    /// <summary>Everything is to be sent again (RFC 2918 4); the peers are alone in here.</summary>
    public void Resend()
    {
        IsUntouched = false;
        CopyWanted(_resend);
    }

    /// <summary>Goes over to a group whose policy differs; the difference is worked out route by route.</summary>
    public Cohort<TKey> MoveTo(ExportGroup<TKey> group)
    {
        Cohort<TKey> cohort = new(_rib, group) { Advertised = Advertised, _notBefore = _notBefore };
        for (int slot = 1; slot < _table.End; slot++)
        {
            int known = Known(slot);
            int wanted = cohort.Wanted(slot);
            if (known != wanted)
            {
                cohort.Change(slot, known, wanted);
            }

            if (wanted != 0 && _resend.Contains(slot))
            {
                cohort._resend.Add(slot);
            }
        }

        return cohort;
    }

    public RouteState StateOf(int slot)
    {
        ref RouteEntry<TKey> entry = ref _table[slot];
        int offered = _group.Policy.Offered(slot);
        return _withdraw.Contains(slot) ? RouteState.WaitsToWithdraw
            : entry.Offer == 0 ? RouteState.None
            : offered == 0 ? RouteState.NotOffered
            : _group.Refusal(offered, entry.PathId) is var refusal and not RouteState.Advertised ? refusal
            : _group.Policy.IsRefused(slot) ? RouteState.PrefixLimit
            : _announce.Contains(slot) ? RouteState.WaitsToAnnounce
            : RouteState.Advertised;
    }

    // Sets at a time: a look at each of a million routes would keep the other peers waiting for longer than a change may take.
    private void CopyWanted(SlotSet slots)
    {
        slots.CopyFrom(_group.Policy.Admitted);
        for (int offer = 1; offer < _rib.Shared.Offers.End; offer++)
        {
            int attributes = _rib.Shared.Offers.For(offer, _group.Policy.Index);
            bool refused = attributes != 0 && _group.Filter(attributes, pathId: 0) == 0;
            for (int slot = refused ? _table.Head(offer) : 0; slot != 0; slot = _table[slot].Next)
            {
                slots.Remove(slot);
            }
        }

        SlotSet named = _table.WithPathId;
        for (int slot = _group.Format.AddPath ? -1 : named.Next(0); slot >= 0; slot = named.Next(slot + 1))
        {
            slots.Remove(slot);
        }
    }

    private int Wanted(int slot) => _group.Filter(_group.Policy.Wanted(slot), _table[slot].PathId);

    private int Known(int slot) => _announce.Contains(slot) || _withdraw.Contains(slot) ? _known.Get(slot) : Wanted(slot);

    private void Remember(int slot, int attributes)
    {
        _known.Put(slot, attributes);
        _rib.Hold(slot, attributes);
    }

    private void Forget(int slot)
    {
        int known = _known.Take(slot);
        if (known != 0)
        {
            _rib.Drop(slot, known);
        }
    }

    // The last peer has gone: what was known of withdrawn routes may go too.
    private void Close()
    {
        RetireBlocks();
        for (int slot = _known.Next(1); slot >= 0; slot = _known.Next(slot + 1))
        {
            Forget(slot);
        }

        _rib.Walking.Remove(this);
        _group.Cohorts.Remove(this);
        if (_group.Cohorts.Count == 0)
        {
            _group.Policy.Groups.Remove(_group);
        }
    }
}
