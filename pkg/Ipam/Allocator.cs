// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam;

/// <summary>
/// Who holds which address. One writer; no clock, no I/O. After a restart: <see cref="SetPools"/>, <see cref="SetNamespace"/> for all,
/// <see cref="Adopt"/> for every Service that has addresses, and only then <see cref="Decide"/>: so no address is given twice.
/// </summary>
public sealed partial class Allocator(string? loadBalancerClass = null)
{
    private readonly Dictionary<ServiceKey, Holding> _holdings = [];
    private readonly Dictionary<IpAddr, ServiceKey[]> _users = [];
    private readonly Dictionary<string, SortedSet<IpAddr>> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<ServiceKey, (long Since, string Reason)> _pending = [];
    private readonly HashSet<ServiceKey> _deprecationTold = [];
    private readonly HashSet<ServiceKey> _decided = [];
    private List<PoolSpace> _pools = [];
    private RangeIndex _index = new([]);
    private Dictionary<string, PoolSpace> _byName = [];

    // Pools that are assigned by themselves in the order they are tried: those with serviceAllocation first.
    private List<PoolSpace> _pinned = [];
    private List<PoolSpace> _open = [];
    private IReadOnlySet<string> _refusedPools = new HashSet<string>();
    private long _sequence;

    /// <summary>Whether <see cref="SetPools"/> was called; before that nothing is decided.</summary>
    public bool Loaded { get; private set; }

    /// <summary>Services that wait for an address, the one that waits longest first.</summary>
    public IReadOnlyList<ServiceKey> Pending
    {
        get
        {
            List<ServiceKey> keys = [.. _pending.Keys];
            keys.Sort((a, b) => _pending[a].Since.CompareTo(_pending[b].Since));
            return keys;
        }
    }

    /// <summary>Puts a configuration in force; true when it changed what may be allocated, so that every Service has to be decided again.</summary>
    public bool SetPools(Configuration configuration)
    {
        bool changed = !Loaded || _pools.Count != configuration.Pools.Count || !_refusedPools.SetEquals(configuration.RefusedPools);
        for (int i = 0; !changed && i < _pools.Count; i++)
            changed = !SamePool(_pools[i].Pool, configuration.Pools[i]);
        Loaded = true;
        if (!changed)
            return false;
        _refusedPools = configuration.RefusedPools;
        (_pools, _pinned, _open, _byName) = ([], [], [], new(StringComparer.Ordinal));
        foreach (Pool pool in configuration.Pools)
        {
            PoolSpace space = new(pool);
            _pools.Add(space);
            _byName.Add(pool.Name, space);
            if (pool.AutoAssign)
                (pool.HasServiceAllocation ? _pinned : _open).Add(space);
        }

        _pinned.Sort(ByPriority);
        _open.Sort(ByPriority);
        _index = new RangeIndex(_pools);
        foreach (IpAddr address in _users.Keys)
            if (EntryOf(address) is { } range)
                range.Owner.Take(range, address);
        return true;
    }

    /// <summary>Tells a namespace's labels (null: it is gone); true when that matters to a pool, so that its Services have to be decided again.</summary>
    public bool SetNamespace(string name, IReadOnlyDictionary<string, string>? labels)
    {
        _namespaces.TryGetValue(name, out IReadOnlyDictionary<string, string>? before);
        if (labels is null)
            _namespaces.Remove(name);
        else
            _namespaces[name] = labels;
        foreach (PoolSpace space in _pools)
            foreach (LabelSelector selector in space.Pool.NamespaceSelectors)
                if ((before is not null && selector.Matches(before)) != (labels is not null && selector.Matches(labels)))
                    return true;
        return false;
    }

    /// <summary>Reserves what the status of a Service says it has, if nobody else has it; the first to be adopted wins.</summary>
    public void Adopt(ServiceFacts facts)
    {
        if (facts.Ingress.Count == 0 || !IsOurs(facts) || !facts.IsLoadBalancer || _holdings.ContainsKey(facts.Key))
            return;
        Sharing sharing = Sharing.Of(facts);
        List<IpAddr> addresses = [];
        foreach (string text in facts.Ingress)
            if (IpAddr.TryParse(text, out IpAddr address) && !addresses.Contains(address) && IsUsable(address, facts.Key, sharing))
                addresses.Add(address);
        if (addresses.Count > 0)
            Hold(new Holding(facts.Key, addresses, SpaceOf(addresses[0])?.Pool.Name ?? RecordedPool(facts), sharing));
    }

    /// <summary>A Service is gone; true when it held an address, so that <see cref="Pending"/> ones should be tried again.</summary>
    public bool Release(ServiceKey key)
    {
        _pending.Remove(key);
        _deprecationTold.Remove(key);
        _decided.Remove(key);
        return Drop(key);
    }

    public PoolCounters Count(string pool) => _byName.TryGetValue(pool, out PoolSpace? space) ? space.Counters : default;

    private bool IsOurs(ServiceFacts facts) => string.IsNullOrEmpty(loadBalancerClass)
        ? string.IsNullOrEmpty(facts.Class)
        : facts.Class == loadBalancerClass;

    private RangeSpace? EntryOf(IpAddr address) => _index.Find(address);

    private PoolSpace? SpaceOf(IpAddr address) => _index.Find(address)?.Owner;

    private static bool Accepts(RangeSpace range, PoolSpace space, IpAddr address) => range.Owner == space && !space.Avoids(address);

    private bool IsUsable(IpAddr address, ServiceKey key, Sharing sharing)
    {
        if (_users.TryGetValue(address, out ServiceKey[]? users))
            foreach (ServiceKey user in users)
                if (user != key && !_holdings[user].Sharing.Admits(sharing))
                    return false;
        return true;
    }

    private void Hold(Holding holding)
    {
        Drop(holding.Key);
        _holdings.Add(holding.Key, holding);
        foreach (IpAddr address in holding.Addresses)
        {
            if (_users.TryGetValue(address, out ServiceKey[]? users))
                _users[address] = [.. users, holding.Key];
            else
            {
                _users.Add(address, [holding.Key]);
                if (EntryOf(address) is { } range)
                    range.Owner.Take(range, address);
            }

            if (holding.Sharing.Key.Length > 0)
            {
                if (!_byKey.TryGetValue(holding.Sharing.Key, out SortedSet<IpAddr>? shared))
                    _byKey.Add(holding.Sharing.Key, shared = []);
                shared.Add(address);
            }
        }
    }

    private bool Drop(ServiceKey key)
    {
        if (!_holdings.Remove(key, out Holding? holding))
            return false;
        foreach (IpAddr address in holding.Addresses)
        {
            ServiceKey[] users = _users[address];
            // All users of a shared address have one key, so the last of them takes the address out of the index.
            if (users.Length > 1)
            {
                _users[address] = Array.FindAll(users, user => user != key);
                continue;
            }

            _users.Remove(address);
            if (EntryOf(address) is { } range)
                range.Owner.Free(range, address);
            if (_byKey.TryGetValue(holding.Sharing.Key, out SortedSet<IpAddr>? shared) && shared.Remove(address) && shared.Count == 0)
                _byKey.Remove(holding.Sharing.Key);
        }

        return true;
    }

    private static string RecordedPool(ServiceFacts facts) =>
        facts.Annotations.TryGetValue(Annotations.AllocatedFromPool, out string? name) ? name
        : Annotations.Find(facts.Annotations, "ip-allocated-from-pool", out _) ?? "";

    private static bool SamePool(Pool a, Pool b) =>
        a.Name == b.Name && a.AutoAssign == b.AutoAssign && a.AvoidBuggyIPs == b.AvoidBuggyIPs && a.Priority == b.Priority
        && a.HasServiceAllocation == b.HasServiceAllocation && Same(a.Ranges, b.Ranges) && Same(a.Namespaces, b.Namespaces)
        && Same(a.NamespaceSelectors, b.NamespaceSelectors) && Same(a.ServiceSelectors, b.ServiceSelectors);

    private static bool Same<T>(IReadOnlyList<T> a, IReadOnlyList<T> b)
    {
        bool same = a.Count == b.Count;
        for (int i = 0; same && i < a.Count; i++)
            same = EqualityComparer<T>.Default.Equals(a[i], b[i]);
        return same;
    }
}
