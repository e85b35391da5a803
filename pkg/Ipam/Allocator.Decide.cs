// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam;

public sealed partial class Allocator
{
    private const int MaxMessage = 1024;

    /// <summary>
    /// What a Service should have now. What it has stays as long as it may; what is new is reserved at once, so a write that
    /// failed is repeated with the same addresses. Deciding again after applying writes nothing.
    /// </summary>
    public Decision Decide(ServiceFacts facts)
    {
        if (!Loaded)
            return new Decision(Parse(facts.Ingress), null) { Pending = facts.IsLoadBalancer };
        if (!IsOurs(facts))
            return new Decision(Parse(facts.Ingress), null) { ReprocessOthers = Release(facts.Key) };
        if (!facts.IsLoadBalancer)
        {
            bool freed = Release(facts.Key);
            bool wasOurs = freed || RecordedPool(facts).Length > 0;
            return new Decision([], null)
            {
                // What another controller wrote on a Service that never was ours is none of our business.
                WriteStatus = wasOurs && facts.Ingress.Count > 0,
                WriteAnnotation = facts.Annotations.ContainsKey(Annotations.AllocatedFromPool),
                ReprocessOthers = freed,
            };
        }

        List<ServiceEvent> events = [];
        TellDeprecated(facts, events);
        // Only what is seen for the first time speaks for itself: afterwards memory is right, and a status that differs is written again.
        if (_decided.Add(facts.Key))
            Adopt(facts);
        Holding? before = _holdings.GetValueOrDefault(facts.Key);
        string? failure = null;
        Holding? after = Converge(facts, before, events, ref failure);
        bool changed = !SameHolding(before, after);
        if (after is null)
            Drop(facts.Key);
        else if (changed)
            Hold(after);

        Wait(facts.Key, failure);
        IReadOnlyList<IpAddr> addresses = after?.Addresses ?? [];
        string? pool = string.IsNullOrEmpty(after?.Pool) ? null : after.Pool;
        return new Decision(addresses, pool)
        {
            WriteStatus = !SameText(addresses, facts.Ingress),
            WriteAnnotation = (facts.Annotations.GetValueOrDefault(Annotations.AllocatedFromPool) ?? "") != (pool ?? ""),
            Events = events,
            ReprocessOthers = before is not null && changed,
            Pending = failure is not null,
        };
    }

    private Holding? Converge(ServiceFacts facts, Holding? before, List<ServiceEvent> events, ref string? failure)
    {
        // A pool of which no version is in force, because its mistake came with a restart, frees nothing either: also where a pool
        // that is in force now holds the address as well.
        if (before is not null && RecordedPool(facts) is var recorded && _refusedPools.Contains(recorded) && AsksForNothingElse(facts, before, recorded))
            return before with { Pool = recorded };
        if (facts.ClusterIPs.Count == 0)
            return null;
        if (_pools.Count == 0)
        {
            failure = $"service \"{facts.Key}\" cannot get an address: no IPAddressPool is in force; create one, or mend the one whose Accepted condition is False";
            Warn(facts.Key, "AllocationFailed", failure, events);
            return null;
        }

        Sharing sharing = Sharing.Of(facts);
        if (!TryRequested(facts, out List<IpAddr> requested, out string? error) || !TryWanted(facts, requested, out Wanted wanted, out error))
        {
            bool shortOfClusterIPs = facts.Policy == FamilyPolicy.RequireDualStack && facts.ClusterIPs.Count < 2;
            failure = error!;
            Warn(facts.Key, shortOfClusterIPs ? "not enough clusterips" : "LoadBalancerFailed", failure, events);
            return null;
        }

        if (before?.Addresses.Count > 2)
            events.Add(new(true, "nolbIPsIPFamily", $"service \"{facts.Key}\" shows {before.Addresses.Count} addresses, which no family policy allows: it gets new ones"));
        if (before?.Addresses.Count <= 2 && Keep(facts, before, wanted, requested, sharing, events) is { } kept)
            return kept;

        Holding? fresh = Allocate(facts, wanted, requested, sharing, ref failure);
        // Of a pair one address may have to go: without a new pair the other one stays, rather than that a new one takes its place.
        bool lesser = fresh is null || fresh.Addresses.Count < wanted.Families.Count;
        if (before is not null && lesser && requested.Count == 0 && Remainder(facts, before, wanted, sharing) is { } remainder)
        {
            failure = null;
            return remainder;
        }

        if (before is not null)
            events.Add(new(false, "ClearAssignment", $"service \"{facts.Key}\" may no longer use {string.Join(", ", before.Addresses)}"));
        if (fresh is not null)
            events.Add(new(false, "IPAllocated", fresh.Addresses.Count == 1 ? $"Assigned IP {fresh.Addresses[0]} of pool {fresh.Pool}" : $"Assigned IP {string.Join(", ", fresh.Addresses)} of pool {fresh.Pool}"));
        else
            Warn(facts.Key, requested.Count > 0 ? "LoadBalancerFailed" : "AllocationFailed", failure!, events);
        return fresh;
    }

    /// <summary>What the Service has, if it may keep all of it; with the missing family added when its pool has gained that.</summary>
    private Holding? Keep(
        ServiceFacts facts, Holding before, Wanted wanted, List<IpAddr> requested, Sharing sharing, List<ServiceEvent> events)
    {
        PoolSpace? space = SpaceOf(before.Addresses[0]);
        if (space is null || !Fits(facts, before.Addresses, space, wanted, sharing) || !InRequestedPool(facts, space.Pool.Name))
            return null;
        if (requested.Count > 0 && (requested.Count != before.Addresses.Count || !requested.TrueForAll(a => Contains(before.Addresses, a))))
            return null;
        Holding kept = before with { Pool = space.Pool.Name, Sharing = sharing };
        if (wanted.AllOrNothing || requested.Count > 0 || before.Addresses.Count == wanted.Families.Count)
            return kept;
        IpFamily missing = before.Addresses[0].Family == IpFamily.IPv4 ? IpFamily.IPv6 : IpFamily.IPv4;
        if (!space.Pool.Has(missing) || !TryFind(space, missing, facts.Key, sharing, out IpAddr added))
            return kept;
        events.Add(new(false, "IPAllocated", $"Assigned additional IP {added} of pool {space.Pool.Name}"));
        return kept with { Addresses = [before.Addresses[0], added] };
    }

    /// <summary>Of two addresses the one that may stay, when the Service only prefers two and nothing better is to be had.</summary>
    private Holding? Remainder(ServiceFacts facts, Holding before, Wanted wanted, Sharing sharing)
    {
        if (wanted.AllOrNothing)
            return null;
        foreach (IpAddr address in before.Addresses)
            if (SpaceOf(address) is { } space && Fits(facts, [address], space, wanted, sharing) && InRequestedPool(facts, space.Pool.Name))
                return before with { Addresses = [address], Pool = space.Pool.Name, Sharing = sharing };
        return null;
    }

    private bool Fits(ServiceFacts facts, IReadOnlyList<IpAddr> addresses, PoolSpace space, Wanted wanted, Sharing sharing)
    {
        if (!Allows(space, facts) || addresses.Count > wanted.Families.Count || (wanted.AllOrNothing && addresses.Count < wanted.Families.Count))
            return false;
        foreach (IpAddr address in addresses)
            if (!Contains(wanted.Families, address.Family) || EntryOf(address) is not { } range || !Accepts(range, space, address) || !IsUsable(address, facts.Key, sharing))
                return false;
        return addresses.Count < 2 || addresses[0].Family != addresses[1].Family;
    }

    private Holding? Allocate(ServiceFacts facts, Wanted wanted, List<IpAddr> requested, Sharing sharing, ref string? failure)
    {
        string? poolName = Annotations.Find(facts.Annotations, Annotations.AddressPool, out _);
        PoolSpace? named = poolName is null ? null : _byName.GetValueOrDefault(poolName);
        (PoolSpace Space, IpAddr[] Addresses)? choice = null;
        if (poolName is not null && named is null)
            failure = $"service \"{facts.Key}\" asks for pool \"{poolName}\", and there is no such IPAddressPool in force: use one of {PoolList()}";
        else if (named is not null && !Allows(named, facts))
            failure = $"service \"{facts.Key}\" may not use pool \"{poolName}\": its spec.serviceAllocation does not select the service";
        else if (requested.Count > 0)
            choice = Exact(facts, requested, poolName, sharing, ref failure);
        else
        {
            choice = named is not null ? ChooseFrom([named], facts, wanted, sharing) : Choose(facts, wanted, sharing);
            if (choice is null)
                failure = $"service \"{facts.Key}\" needs {string.Join(" and ", wanted.Families)}, and no address is free for it in "
                    + (named is not null ? $"pool \"{poolName}\"" : $"the pools that are assigned by themselves (of {PoolList()})")
                    + ": add addresses, or free one";
        }

        return choice is { } found ? new Holding(facts.Key, found.Addresses, found.Space.Pool.Name, sharing) : null;
    }

    private (PoolSpace Space, IpAddr[] Addresses)? Exact(
        ServiceFacts facts, List<IpAddr> requested, string? poolName, Sharing sharing, ref string? failure)
    {
        PoolSpace? space = null;
        foreach (IpAddr address in requested)
        {
            PoolSpace? holder = SpaceOf(address);
            failure = holder switch
            {
                null => $"service \"{facts.Key}\" asks for {address}, which is in no IPAddressPool: use an address of pools {PoolList()}, or create a pool that holds it",
                _ when space is not null && holder != space => $"service \"{facts.Key}\" asks for addresses of pools {space.Pool.Name} and {holder.Pool.Name}: both must be of one pool",
                _ when poolName is not null && holder.Pool.Name != poolName => $"service \"{facts.Key}\" asks for {address} of pool {holder.Pool.Name} and for pool {poolName}: make them agree",
                _ when holder.Avoids(address) => $"service \"{facts.Key}\" asks for {address}, which pool {holder.Pool.Name} avoids (spec.avoidBuggyIPs): use another",
                _ when !Allows(holder, facts) => $"service \"{facts.Key}\" may not use {address}: spec.serviceAllocation of pool {holder.Pool.Name} does not select the service",
                _ when !IsUsable(address, facts.Key, sharing) => $"service \"{facts.Key}\" asks for {address}, which service \"{_users[address][0]}\" uses: "
                    + "use another, or give both the same allow-shared-ip key, different ports and the same traffic policy",
                _ => null,
            };
            if (failure is not null)
                return null;
            space = holder;
        }

        return (space!, [.. requested]);
    }

    private static bool TryRequested(ServiceFacts facts, out List<IpAddr> requested, out string? error)
    {
        requested = [];
        error = null;
        string? list = Annotations.Find(facts.Annotations, Annotations.LoadBalancerIPs, out _);
        if (list is not null && !string.IsNullOrEmpty(facts.LoadBalancerIP))
            error = $"service \"{facts.Key}\" has both spec.loadBalancerIP and the annotation {Annotations.Prefix}{Annotations.LoadBalancerIPs}: remove one";
        list ??= facts.LoadBalancerIP;
        if (string.IsNullOrEmpty(list) || error is not null)
            return error is null;
        foreach (string part in list.Split(',', StringSplitOptions.TrimEntries))
            if (!IpAddr.TryParse(part, out IpAddr address))
                error = $"service \"{facts.Key}\" asks for \"{part}\", which is no IP address: correct it";
            else
                requested.Add(address);
        if (error is null && (requested.Count > 2 || (requested.Count == 2 && requested[0].Family == requested[1].Family)))
            error = $"service \"{facts.Key}\" asks for {list}: at most one IPv4 and one IPv6 address can be asked for";
        return error is null;
    }

    private static bool TryWanted(ServiceFacts facts, List<IpAddr> requested, out Wanted wanted, out string? error)
    {
        bool dual = facts.ClusterIPs.Count > 1;
        IpFamily first = dual ? facts.PrimaryFamily ?? IpFamily.IPv4 : facts.ClusterIPs[0].Family;
        IpFamily second = first == IpFamily.IPv4 ? IpFamily.IPv6 : IpFamily.IPv4;
        IpFamily[] families = dual ? (facts.Policy == FamilyPolicy.PreferDualStack ? [first, second] : [IpFamily.IPv4, IpFamily.IPv6]) : [first];
        wanted = new Wanted(families, !dual || facts.Policy != FamilyPolicy.PreferDualStack);
        error = facts.Policy == FamilyPolicy.RequireDualStack && !dual
            ? $"service \"{facts.Key}\" requires dual stack and has {facts.ClusterIPs.Count} cluster address: give it two, or another ipFamilyPolicy"
            : null;
        foreach (IpAddr address in requested)
            if (!Contains(families, address.Family))
                error ??= $"service \"{facts.Key}\" asks for {address}, and its cluster address is {first}: ask for {first}";
        if (requested.Count > 0 && wanted.AllOrNothing && requested.Count < families.Length)
            error ??= $"service \"{facts.Key}\" has cluster addresses of both families and asks for one address: ask for one of each";
        return error is null;
    }

    private static bool AsksForNothingElse(ServiceFacts facts, Holding before, string pool) =>
        InRequestedPool(facts, pool)
        && TryRequested(facts, out List<IpAddr> requested, out _)
        && requested.TrueForAll(a => Contains(before.Addresses, a));

    private static bool InRequestedPool(ServiceFacts facts, string pool) =>
        Annotations.Find(facts.Annotations, Annotations.AddressPool, out _) is not { } name || name == pool;

    private string PoolList()
    {
        List<string> parts = [];
        for (int i = 0; i < _pools.Count && i < 8; i++)
            parts.Add($"{_pools[i].Pool.Name} ({_pools[i].Pool.Ranges[0]}{(_pools[i].Pool.Ranges.Count > 1 ? ", …" : "")})");
        if (_pools.Count > 8)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{_pools.Count - 8} more"));
        return string.Join(", ", parts);
    }

    private void TellDeprecated(ServiceFacts facts, List<ServiceEvent> events)
    {
        if (facts.Annotations.Count == 0)
            return;
        foreach (string name in (ReadOnlySpan<string>)[Annotations.AddressPool, Annotations.LoadBalancerIPs, Annotations.AllowSharedIP])
            if (Annotations.Find(facts.Annotations, name, out bool legacy) is not null && legacy && _deprecationTold.Add(facts.Key))
                events.Add(new(true, "deprecatedAnnotation", $"service \"{facts.Key}\" uses {Annotations.LegacyPrefix}{name}: use {Annotations.Prefix}{name}"));
    }

    private void Warn(ServiceKey key, string reason, string message, List<ServiceEvent> events)
    {
        // An event says that something changed; the same failure as last time is none.
        if (!_pending.TryGetValue(key, out (long Since, string Reason) known) || known.Reason != message)
            events.Add(new(true, reason, message.Length <= MaxMessage ? message : message[..(MaxMessage - 1)] + "…"));
    }

    private void Wait(ServiceKey key, string? failure)
    {
        if (failure is null)
            _pending.Remove(key);
        else
            _pending[key] = (_pending.TryGetValue(key, out (long Since, string Reason) known) ? known.Since : ++_sequence, failure);
    }

    private static bool SameHolding(Holding? a, Holding? b) => a is null || b is null
        ? a is null && b is null
        : a.Pool == b.Pool && a.Sharing.Same(b.Sharing) && Same(a.Addresses, b.Addresses);

    private static bool Contains<T>(IReadOnlyList<T> list, T value)
    {
        foreach (T item in list)
            if (EqualityComparer<T>.Default.Equals(item, value))
                return true;
        return false;
    }

    private static List<IpAddr> Parse(IReadOnlyList<string> texts)
    {
        List<IpAddr> addresses = [];
        foreach (string text in texts)
            if (IpAddr.TryParse(text, out IpAddr address))
                addresses.Add(address);
        return addresses;
    }

    private static bool SameText(IReadOnlyList<IpAddr> addresses, IReadOnlyList<string> texts)
    {
        bool same = addresses.Count == texts.Count;
        for (int i = 0; same && i < texts.Count; i++)
            same = IpAddr.TryParse(texts[i], out IpAddr address) && address == addresses[i];
        return same;
    }
}
