// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace LoadBalancer.Nftables;

/// <summary>What one service has in the table, as text by name: two of these tell what has to change.</summary>
internal sealed class ServiceRules
{
    /// <summary>Rules of chains that belong to the service: its own, and one for each endpoint.</summary>
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
        string frontend = string.Create(CultureInfo.InvariantCulture, $"{key.Vip} . {NftNames.Word(key.Protocol)} . {key.Port}");
        rules.Counters.Add(NftNames.Connections(name));
        rules.Counters.Add(NftNames.Refusals(name));
        rules.Elements.Add(("services" + family, frontend), $"goto {NftNames.ServiceChain(key)}");
        if (service.Source == SourceAddressing.Masquerade)
        {
            rules.Elements.Add(("masquerade" + family, frontend), "");
        }

        if (countsTraffic)
        {
            rules.Counters.Add(NftNames.Traffic(name));
            rules.Elements.Add(("traffic" + family, frontend), $"\"{NftNames.Traffic(name)}\"");
        }

        foreach (ForwardEndpoint endpoint in service.Endpoints)
        {
            rules.AddEndpoint(key, endpoint, family, frontend, countsTraffic);
        }

        if (service.Sorry is { } sorry)
        {
            rules.AddEndpoint(key, sorry, family, frontend, countsTraffic);
        }

        rules.Chains.Add(NftNames.ServiceChain(key), Choose(service, name));
        return rules;
    }

    private void AddEndpoint(ServiceKey key, ForwardEndpoint endpoint, string family, string frontend, bool countsTraffic)
    {
        string chain = NftNames.EndpointChain(key, endpoint);
        if (Chains.ContainsKey(chain))
        {
            return;
        }

        string name = NftNames.Endpoint(key, endpoint);
        string target = key.Vip.IsIPv4
            ? string.Create(CultureInfo.InvariantCulture, $"ip to {endpoint.Address}:{endpoint.Port}")
            : string.Create(CultureInfo.InvariantCulture, $"ip6 to [{endpoint.Address}]:{endpoint.Port}");
        Counters.Add(NftNames.Connections(name));
        Chains.Add(chain, $"meta l4proto {NftNames.Word(key.Protocol)} counter name \"{NftNames.Connections(name)}\" dnat {target}");
        if (countsTraffic)
        {
            Counters.Add(NftNames.Traffic(name));
            string backend = string.Create(CultureInfo.InvariantCulture, $"{frontend} . {endpoint.Address} . {endpoint.Port}");
            Elements.Add(("endpoints" + family, backend), $"\"{NftNames.Traffic(name)}\"");
        }
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
        return able.Count switch
        {
            0 when service.Sorry is { } sorry => $"{counted} goto {NftNames.EndpointChain(key, sorry)}",
            0 => $"counter name \"{NftNames.Refusals(name)}\" reject with {(key.Protocol == TransportProtocol.Tcp ? "tcp reset" : "icmpx type port-unreachable")}",
            1 => $"{counted} goto {NftNames.EndpointChain(key, able[0])}",
            _ => $"{counted} {Spread(service, able, name)}",
        };
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
