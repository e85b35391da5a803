// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam;

public sealed partial class Allocator
{
    /// <summary>By priority (0 last), then by name.</summary>
    private static int ByPriority(PoolSpace a, PoolSpace b) => (a.Pool.Priority == 0, b.Pool.Priority == 0) switch
    {
        (true, false) => 1,
        (false, true) => -1,
        _ when a.Pool.Priority != b.Pool.Priority => a.Pool.Priority.CompareTo(b.Pool.Priority),
        _ => string.CompareOrdinal(a.Pool.Name, b.Pool.Name),
    };

    private bool Allows(PoolSpace space, ServiceFacts facts) =>
        !space.Pool.HasServiceAllocation
        || space.Pool.Allows(facts.Key.Namespace, _namespaces.GetValueOrDefault(facts.Key.Namespace), facts.Labels);

    /// <summary>Each tier is tried whole, so a pinned pool with one family goes before an unpinned one with both.</summary>
    private (PoolSpace Space, IpAddr[] Addresses)? Choose(ServiceFacts facts, Wanted wanted, Sharing sharing) =>
        ChooseFrom(_pinned, facts, wanted, sharing) ?? ChooseFrom(_open, facts, wanted, sharing);

    private (PoolSpace Space, IpAddr[] Addresses)? ChooseFrom(List<PoolSpace> pools, ServiceFacts facts, Wanted wanted, Sharing sharing)
    {
        IpFamily second = wanted.Families[^1];
        bool dual = wanted.Families.Count > 1;
        foreach (PoolSpace space in pools)
            if (TryFind(space, wanted.Families[0], facts.Key, sharing, out IpAddr first) && Allows(space, facts))
                if (!dual)
                    return (space, [first]);
                else if (TryFind(space, second, facts.Key, sharing, out IpAddr other))
                    return (space, [first, other]);
        if (wanted.AllOrNothing)
            return null;
        foreach (IpFamily family in wanted.Families)
            foreach (PoolSpace space in pools)
                if (TryFind(space, family, facts.Key, sharing, out IpAddr one) && Allows(space, facts))
                    return (space, [one]);
        return null;
    }

    /// <summary>
    /// The first address, in the order of the pool's entries, that is free or may be shared: a lower free one goes before a higher one
    /// that already carries the sharing key, as MetalLB's users are used to; who wants that one asks for it by address.
    /// </summary>
    private bool TryFind(PoolSpace space, IpFamily family, ServiceKey key, Sharing sharing, out IpAddr best)
    {
        bool found = space.TryFindLowest(family, out best, out int bestEntry);
        if (sharing.Key.Length == 0 || !_byKey.TryGetValue(sharing.Key, out SortedSet<IpAddr>? shared))
            return found;
        foreach (IpAddr address in shared)
        {
            int entry = address.Family == family && EntryOf(address) is { } range && Accepts(range, space, address) ? range.Entry : -1;
            bool earlier = entry >= 0 && (!found || entry < bestEntry || (entry == bestEntry && address < best));
            if (!earlier || !IsUsable(address, key, sharing))
                continue;
            (found, best, bestEntry) = (true, address, entry);
        }

        return found;
    }

    /// <summary>Families in order of preference; unless all or nothing, the first alone will do, then the second.</summary>
    private readonly record struct Wanted(IReadOnlyList<IpFamily> Families, bool AllOrNothing);
}
