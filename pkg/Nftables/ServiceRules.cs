// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using LoadBalancer.Primitives;

namespace LoadBalancer.Nftables;

/// <summary>What one service has in the table, as text by name: two of these tell what has to change.</summary>
internal sealed class ServiceRules
{
    // A set is as large as it has to be; this is where it stops.
    private const int MostClients = 1 << 20;

    /// <summary>Sets that belong to the service, and what they are.</summary>
    public SortedDictionary<string, string> Sets { get; } = new(StringComparer.Ordinal);

    /// <summary>Rules, a line each, of chains that belong to the service: its own, and one for each endpoint.</summary>
    public SortedDictionary<string, string> Chains { get; } = new(StringComparer.Ordinal);

    /// <summary>Counter objects.</summary>
    public SortedSet<string> Counters { get; } = new(StringComparer.Ordinal);

    /// <summary>Elements of shared maps and sets: the map and key, and the value (empty in a set).</summary>
    public SortedDictionary<(string Map, string Key), string> Elements { get; } = [];

    public static ServiceRules Of(ForwardService service, bool countsTraffic)
    {
        ServiceRules rules = new();
        ServiceKey key = service.Key;
        string name = NftNames.Service(key);
        string family = key.Vip.IsIPv4 ? "4" : "6";
        string every = key.Port == 0 ? "every" : "";
        string frontend = key.Port == 0
            ? $"{key.Vip} . {NftNames.Word(key.Protocol)}"
            : string.Create(CultureInfo.InvariantCulture, $"{key.Vip} . {NftNames.Word(key.Protocol)} . {key.Port}");
        rules.Counters.Add(NftNames.Connections(name));
        rules.Counters.Add(NftNames.Refusals(name));
        rules.Elements.Add(($"{every}services{family}", frontend), $"goto {NftNames.ServiceChain(key)}");
        if (service.Source == SourceAddressing.Masquerade)
        {
            rules.Elements.Add(($"{every}masquerade{family}", frontend), "");
        }

        // Of every port only connections are counted: what a packet belongs to would take more look-ups for all the others.
        countsTraffic &= key.Port != 0;
        if (countsTraffic)
        {
            rules.Counters.Add(NftNames.Traffic(name));
            rules.Elements.Add(("traffic" + family, frontend), $"\"{NftNames.Traffic(name)}\"");
        }

        foreach (ForwardEndpoint endpoint in service.Endpoints)
        {
            rules.AddEndpoint(service, endpoint, family, frontend, countsTraffic);
        }

        if (service.Sorry is { } sorry)
        {
            rules.AddEndpoint(service, sorry, family, frontend, countsTraffic);
        }

        rules.Chains.Add(NftNames.ServiceChain(key), Choose(service, name));
        return rules;
    }

    private void AddEndpoint(ForwardService service, ForwardEndpoint endpoint, string family, string frontend, bool countsTraffic)
    {
        ServiceKey key = service.Key;
        string chain = NftNames.EndpointChain(key, endpoint);
        if (Chains.ContainsKey(chain))
        {
            return;
        }

        string name = NftNames.Endpoint(key, endpoint);
        string target = (key.Vip.IsIPv4, endpoint.Port) switch
        {
            (true, 0) => $"ip to {endpoint.Address}",
            (false, 0) => $"ip6 to {endpoint.Address}",
            (true, _) => string.Create(CultureInfo.InvariantCulture, $"ip to {endpoint.Address}:{endpoint.Port}"),
            (false, _) => string.Create(CultureInfo.InvariantCulture, $"ip6 to [{endpoint.Address}]:{endpoint.Port}"),
        };
        string remember = "";
        if (IsRemembered(service, endpoint))
        {
            string clients = NftNames.Clients(key, endpoint, Seconds(service));
            Sets.Add(clients, string.Create(CultureInfo.InvariantCulture, $"type ipv{family}_addr ; size {MostClients} ; flags dynamic,timeout ; timeout {Seconds(service)}s ;"));
            // In a rule of its own: where the set is full the connection goes on all the same.
            remember = $"update @{clients} {{ {Client(service)} }}\n";
        }

        Counters.Add(NftNames.Connections(name));
        Chains.Add(chain, $"{remember}meta l4proto {NftNames.Word(key.Protocol)} counter name \"{NftNames.Connections(name)}\" dnat {target}");
        if (countsTraffic)
        {
            Counters.Add(NftNames.Traffic(name));
            string backend = string.Create(CultureInfo.InvariantCulture, $"{frontend} . {endpoint.Address} . {endpoint.Port}");
            Elements.Add(("endpoints" + family, backend), $"\"{NftNames.Traffic(name)}\"");
        }
    }

    private static long Seconds(ForwardService service) => (long)service.Persistence.TotalSeconds;

    private static bool IsRemembered(ForwardService service, ForwardEndpoint endpoint) =>
        Seconds(service) > 0 && endpoint.TakesNew && service.Endpoints.Contains(endpoint);

    // What tells one client from another.
    private static string Client(ForwardService service)
    {
        string source = service.Key.Vip.IsIPv4 ? "ip saddr" : "ip6 saddr";
        int bits = service.Key.Vip.BitLength;
        return service.PersistencePrefix is { } prefix && prefix < bits
            ? $"{source} & {IpAddr.FromValue(service.Key.Vip.Family, prefix == 0 ? UInt128.Zero : UInt128.MaxValue >> (128 - bits) >> (bits - prefix) << (bits - prefix))}"
            : source;
    }

    private static string Choose(ForwardService service, string name)
    {
        ServiceKey key = service.Key;
        List<ForwardEndpoint> able = [];
        foreach (ForwardEndpoint endpoint in service.Endpoints)
        {
            if (endpoint.TakesNew)
            {
                able.Add(endpoint);
            }
        }

        // Order is no property of a service: the same endpoints in another order are the same text.
        able.Sort(static (a, b) => a.Address.CompareTo(b.Address) is var byAddress and not 0 ? byAddress : a.Port.CompareTo(b.Port));
        string counted = $"counter name \"{NftNames.Connections(name)}\"";
        StringBuilder known = new();
        foreach (ForwardEndpoint endpoint in able)
        {
            if (IsRemembered(service, endpoint) && able.Count > 1)
            {
                known.Append(CultureInfo.InvariantCulture, $"{Client(service)} @{NftNames.Clients(key, endpoint, Seconds(service))} {counted} goto {NftNames.EndpointChain(key, endpoint)}\n");
            }
        }

        string last = able.Count switch
        {
            0 when service.Sorry is { } sorry => $"{counted} goto {NftNames.EndpointChain(key, sorry)}",
            0 => $"counter name \"{NftNames.Refusals(name)}\" reject with {(key.Protocol == TransportProtocol.Tcp ? "tcp reset" : "icmpx type port-unreachable")}",
            1 => $"{counted} goto {NftNames.EndpointChain(key, able[0])}",
            _ => $"{counted} {Spread(service, able, name)}",
        };
        return known.Append(last).ToString();
    }

    private static string Spread(ForwardService service, List<ForwardEndpoint> able, string name)
    {
        string[] chains = new string[able.Count];
        int[] weights = new int[able.Count];
        for (int i = 0; i < chains.Length; i++)
        {
            chains[i] = NftNames.EndpointChain(service.Key, able[i]);
            weights[i] = able[i].Weight;
        }

        var slots = service.Scheduler switch
        {
            Scheduler.Random or Scheduler.SourceHash => SlotTable.Proportional(weights),
            Scheduler.RoundRobin => SlotTable.Interleaved(weights),
            Scheduler.ConsistentHash => SlotTable.Consistent(chains, weights),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        // The seed is the service's own and the same on every node: after a move of the VIP a client finds the same endpoint.
        string client = $"jhash {(service.Key.Vip.IsIPv4 ? "ip" : "ip6")} saddr{(service.HashesPort ? " . th sport" : "")}";
        int modulus = slots[^1].Last + 1;
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Draw(service.Scheduler, client, modulus, (uint)SlotTable.Fold(name))} vmap {{ ");
        for (int i = 0; i < slots.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}{slots[i]} : goto {chains[slots[i].Endpoint]}");
        }

        return text.Append(" }").ToString();
    }

    private static string Draw(Scheduler scheduler, string client, int modulus, uint seed) => scheduler switch
    {
        Scheduler.Random => string.Create(CultureInfo.InvariantCulture, $"numgen random mod {modulus}"),
        Scheduler.RoundRobin => string.Create(CultureInfo.InvariantCulture, $"numgen inc mod {modulus}"),
        Scheduler.SourceHash or Scheduler.ConsistentHash => string.Create(CultureInfo.InvariantCulture, $"{client} mod {modulus} seed 0x{seed:x}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
