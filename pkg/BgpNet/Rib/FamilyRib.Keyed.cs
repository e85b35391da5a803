// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>The routes of one family, with keys of its kind.</summary>
internal sealed class FamilyRib<TKey>(RibShared shared) : FamilyRib
    where TKey : unmanaged, IPrefixKey<TKey>
{
    private readonly List<FamilyPolicy<TKey>> _policies = [];
    private int _count;

    public override int Count => _count;

    public RibShared Shared => shared;

    public RouteTable<TKey> Table { get; } = new();

    /// <summary>The cohorts that are on their way through the lists of offers: a route that moves must not lead them astray.</summary>
    public List<Cohort<TKey>> Walking { get; } = [];

    public override bool Set(IpPrefix prefix, uint pathId, int offer)
    {
        TKey key = TKey.From(prefix.Address);
        int slot = Table.Find(key, (byte)prefix.Length, pathId);
        if (slot == 0)
        {
            if (offer == 0)
            {
                return false;
            }

            slot = Table.Add(key, (byte)prefix.Length, pathId);
        }

        int before = Table[slot].Offer;
        if (before == offer)
        {
            return false;
        }

        _count += before == 0 ? 1 : offer == 0 ? -1 : 0;
        int next = Table.Move(slot, offer);
        for (int i = Walking.Count - 1; i >= 0; i--)
        {
            Walking[i].Skip(slot, next);
        }

        if (offer != 0)
        {
            shared.Offers.AddReference(offer);
        }

        // Held until all have seen the change: the last to let go of the slot would free it under their hands.
        Table[slot].Pending++;
        foreach (FamilyPolicy<TKey> policy in _policies)
        {
            policy.Change(slot, pathId, before, offer);
        }

        Table[slot].Pending--;
        shared.Offers.Release(before);
        ReleaseIfUnused(slot);
        return true;
    }

    public override void AddPolicy()
    {
        FamilyPolicy<TKey> policy = new(this, _policies.Count);
        for (int slot = 1; slot < Table.End; slot++)
        {
            policy.Count(slot);
        }

        _policies.Add(policy);
    }

    public override void SetLimit(int policy, int limit) => _policies[policy].SetLimit(limit);

    public override FamilyMember Attach(ExportTerms terms, int policy)
    {
        ExportGroup<TKey> group = Group(policy, terms);
        Cohort<TKey>? cohort = null;
        foreach (Cohort<TKey> other in group.Cohorts)
        {
            cohort = other.IsUntouched ? other : cohort;
        }

        return new Member<TKey>(this, terms, cohort ?? Cohort<TKey>.ForNewPeers(this, group));
    }

    public ExportGroup<TKey> Group(int policy, ExportTerms terms)
    {
        AttributeEncoder encoder = shared.Attributes.Encoder(terms);
        List<ExportGroup<TKey>> groups = _policies[policy].Groups;
        foreach (ExportGroup<TKey> known in groups)
        {
            if (known.Takes(encoder, terms))
            {
                return known;
            }
        }

        ExportGroup<TKey> group = new(_policies[policy], encoder, terms);
        groups.Add(group);
        return group;
    }

    public override RouteState StateOf(PathPrefix route, FamilyMember? member)
    {
        int slot = Table.Find(TKey.From(route.Prefix.Address), (byte)route.Prefix.Length, route.PathId);
        return slot == 0 ? RouteState.None : member?.StateOf(slot) ?? RouteState.FamilyNotNegotiated;
    }

    public override List<RibRoute> Snapshot(FamilyMember? member, int policy)
    {
        List<RibRoute> routes = new(_count);
        for (int slot = 1; slot < Table.End; slot++)
        {
            ref RouteEntry<TKey> entry = ref Table[slot];
            if (entry.Offer != 0 || entry.Pending != 0)
            {
                int attributes = _policies[policy].Offered(slot);
                RouteState state = member?.StateOf(slot) ?? RouteState.FamilyNotNegotiated;
                RouteAttributes? offered = attributes == 0 ? null : shared.Attributes[attributes];
                if (entry.Offer != 0 || state != RouteState.None)
                {
                    routes.Add(new(entry.Route, offered, state));
                }
            }
        }

        return routes;
    }

    /// <summary>A cohort keeps what its peers know of a route.</summary>
    public void Hold(int slot, int attributes)
    {
        Table[slot].Pending++;
        shared.Attributes.AddReference(attributes);
    }

    /// <summary>A cohort keeps it no longer.</summary>
    public void Drop(int slot, int attributes)
    {
        Table[slot].Pending--;
        shared.Attributes.Release(attributes);
        ReleaseIfUnused(slot);
    }

    private void ReleaseIfUnused(int slot)
    {
        ref RouteEntry<TKey> entry = ref Table[slot];
        if (entry.Offer == 0 && entry.Pending == 0)
        {
            Table.Release(slot);
        }
    }
}
