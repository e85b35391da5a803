// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam;

public sealed partial class Allocator
{
    /// <summary>Pools with serviceAllocation by priority (0 last), then those without; by name where that does not decide.</summary>
    private List<PoolSpace> AutomaticPools(ServiceFacts facts, bool pinned)
    {
        List<PoolSpace> pools = [];
        foreach (PoolSpace space in _pools)
            if (space.Pool.AutoAssign && space.Pool.HasServiceAllocation == pinned && Allows(space, facts))
                pools.Add(space);
        pools.Sort(static (a, b) => (a.Pool.Priority == 0, b.Pool.Priority == 0) switch
        {
            (true, false) => 1,
            (false, true) => -1,
            _ when a.Pool.Priority != b.Pool.Priority => a.Pool.Priority.CompareTo(b.Pool.Priority),
            _ => string.CompareOrdinal(a.Pool.Name, b.Pool.Name),
        });
        return pools;
    }

    private bool Allows(PoolSpace space, ServiceFacts facts) =>
        space.Pool.Allows(facts.Key.Namespace, _namespaces.GetValueOrDefault(facts.Key.Namespace), facts.Labels);

    /// <summary>Each tier is tried whole, so a pinned pool with one family goes before an unpinned one with both.</summary>
    private (PoolSpace Space, List<IpAddr> Addresses)? Choose(ServiceFacts facts, Wanted wanted, Sharing sharing) =>
        ChooseFrom(AutomaticPools(facts, true), facts, wanted, sharing) ?? ChooseFrom(AutomaticPools(facts, false), facts, wanted, sharing);

    private (PoolSpace Space, List<IpAddr> Addresses)? ChooseFrom(List<PoolSpace> pools, ServiceFacts facts, Wanted wanted, Sharing sharing)
    {
        if (TryEach(pools, facts, wanted.Families, sharing) is { } whole)
            return whole;
        if (wanted.AllOrNothing)
            return null;
        foreach (IpFamily family in wanted.Families)
            if (TryEach(pools, facts, [family], sharing) is { } one)
                return one;
        return null;
    }

    private (PoolSpace Space, List<IpAddr> Addresses)? TryEach(
        List<PoolSpace> pools, ServiceFacts facts, IReadOnlyList<IpFamily> families, Sharing sharing)
    {
        foreach (PoolSpace space in pools)
        {
            List<IpAddr> addresses = [];
            foreach (IpFamily family in families)
                if (TryFind(space, family, facts.Key, sharing, out IpAddr address))
                    addresses.Add(address);
            if (addresses.Count == families.Count)
                return (space, addresses);
        }

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
            int entry = address.Family == family && space.Accepts(address) ? space.EntryOf(address) : -1;
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
