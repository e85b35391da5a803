// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Rib;

/// <summary>What the peers of a policy are offered in one family: first come, first served up to the limit.</summary>
internal sealed class FamilyPolicy<TKey>(FamilyRib<TKey> rib, int index)
    where TKey : unmanaged, IPrefixKey<TKey>
{
    private readonly SlotSet _refused = new();
    private readonly SlotSet _admitted = new();
    private int _limit = int.MaxValue;

    public int Index => index;

    public List<ExportGroup<TKey>> Groups { get; } = [];

    /// <summary>The routes that have attributes for these peers.</summary>
    public SlotSet Admitted => _admitted;

    /// <summary>The attributes that a route has here, whether the limit lets it through or not; 0 for none.</summary>
    public int Offered(int slot) => rib.Shared.Offers.For(rib.Table[slot].Offer, index);

    public bool IsRefused(int slot) => _refused.Contains(slot);

    /// <summary>The attributes that a route has for these peers; 0 for none.</summary>
    public int Wanted(int slot) => _refused.Contains(slot) ? 0 : Offered(slot);

    /// <summary>A route has another offer.</summary>
    public void Change(int slot, uint pathId, int oldOffer, int newOffer)
    {
        int before = rib.Shared.Offers.For(oldOffer, index);
        int after = rib.Shared.Offers.For(newOffer, index);
        if (before == after)
        {
            return;
        }

        if (before == 0 && _admitted.Count >= _limit)
        {
            _refused.Add(slot);
            return;
        }

        if (before != 0 && _refused.Contains(slot))
        {
            _ = after == 0 && _refused.Remove(slot);
            return;
        }

        _ = after == 0 ? _admitted.Remove(slot) : _admitted.Add(slot);
        Tell(slot, pathId, before, after);
        Admit();
    }

    /// <summary>Counts a route that was there before the policy.</summary>
    public void Count(int slot) => _ = Offered(slot) != 0 && _admitted.Add(slot);

    /// <summary>Sets how many routes a peer may have; those that came last are over it.</summary>
    public void SetLimit(int limit)
    {
        _limit = limit;
        for (int slot = rib.Table.End - 1; slot > 0 && _admitted.Count > limit; slot--)
        {
            int wanted = Wanted(slot);
            if (wanted != 0)
            {
                _refused.Add(slot);
                _admitted.Remove(slot);
                Tell(slot, rib.Table[slot].PathId, wanted, 0);
            }
        }

        Admit();
    }

    private void Admit()
    {
        while (_admitted.Count < _limit && _refused.Next(0) is var slot and >= 0)
        {
            _refused.Remove(slot);
            _admitted.Add(slot);
            Tell(slot, rib.Table[slot].PathId, 0, Offered(slot));
        }
    }

    private void Tell(int slot, uint pathId, int before, int after)
    {
        foreach (ExportGroup<TKey> group in Groups)
        {
            group.Change(slot, pathId, before, after);
        }
    }
}
