// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using LoadBalancer.Primitives;

namespace LoadBalancer.Nftables;

/// <summary>The value of an element of a map (empty in a set), and the name under which its counter is known (empty without one).</summary>
internal readonly record struct ElementValue(string Value = "", string Counter = "");

/// <summary>What one service has in the table, as text by name: two of these tell what has to change.</summary>
internal sealed class ServiceRules
{
    // A set is as large as it has to be; this is where it stops.
    private const int MostClients = 1 << 20;

    private readonly ForwardService _service;
    private readonly string _name;
    private readonly string _family;
    private readonly string _frontend;

    private ServiceRules(ForwardService service)
    {
        ServiceKey key = service.Key;
        _service = service;
        _name = NftNames.Service(key);
        _family = key.Vip.IsIPv4 ? "4" : "6";
        _frontend = IsEveryPort
            ? $"{key.Vip} . {NftNames.Word(key.Protocol)}"
            : string.Create(CultureInfo.InvariantCulture, $"{key.Vip} . {NftNames.Word(key.Protocol)} . {key.Port}");
    }

    // Of no service.
    private ServiceRules()
    {
        _service = new(default);
        _name = _family = _frontend = "";
    }

    /// <summary>Nothing.</summary>
    public static ServiceRules None { get; } = new();

    /// <summary>Sets that belong to the service, and what they are.</summary>
    public SortedDictionary<string, string> Sets { get; } = new(StringComparer.Ordinal);

    /// <summary>Rules, a line each, of chains that belong to the service: its own, and where clients stay one for each endpoint.</summary>
    public SortedDictionary<string, string> Chains { get; } = new(StringComparer.Ordinal);

    /// <summary>Elements of shared maps and sets, by the map and the key.</summary>
    public SortedDictionary<(string Map, string Key), ElementValue> Elements { get; } = [];

    private bool IsEveryPort => _service.Key.Port == 0;

    private string Every => IsEveryPort ? "every" : "";

    private long Seconds => (long)_service.Persistence.TotalSeconds;

    private string Ip => _service.Key.Vip.IsIPv4 ? "ip" : "ip6";

    // Where a connection does more than being translated, or not every endpoint has a port, endpoints have chains of their own.
    private bool HasEndpointChains => Seconds > 0 || IsEveryPort;

    public static ServiceRules Of(ForwardService service, bool countsTraffic)
    {
        ServiceRules rules = new(service);
        rules.AddService(countsTraffic);
        foreach (ForwardEndpoint endpoint in service.Endpoints)
        {
            rules.AddEndpoint(endpoint, countsTraffic);
        }

        if (service.Sorry is { } sorry)
        {
            rules.AddEndpoint(sorry, countsTraffic);
        }

        rules.Chains.Add(NftNames.ServiceChain(service.Key), rules.Choose());
        return rules;
    }

    private void AddService(bool countsTraffic)
    {
        Add("services", new($"goto {NftNames.ServiceChain(_service.Key)}", NftNames.Connections(_name)));
        Add("refused", new("", NftNames.Refusals(_name)));
        if (_service.Source == SourceAddressing.Masquerade)
        {
            Add("masquerade", new(""));
        }

        // Of every port only connections are counted: what a packet belongs to would take more look-ups for all the others.
        if (countsTraffic && !IsEveryPort)
        {
            Add("traffic", new("", NftNames.Traffic(_name)));
        }
    }

    private void Add(string map, ElementValue value) => Elements.Add((Every + map + _family, _frontend), value);

    private void AddEndpoint(ForwardEndpoint endpoint, bool countsTraffic)
    {
        ServiceKey key = _service.Key;
        if (HasEndpointChains)
        {
            string remember = "";
            if (IsRemembered(endpoint))
            {
                string clients = NftNames.Clients(key, endpoint, Seconds);
                Sets.TryAdd(clients, string.Create(CultureInfo.InvariantCulture, $"type ipv{_family}_addr ; size {MostClients} ; flags dynamic,timeout ; timeout {Seconds}s ;"));
                // In a rule of its own: where the set is full the connection goes on all the same.
                remember = $"update @{clients} {{ {Client()} }}\n";
            }

            Chains.TryAdd(NftNames.EndpointChain(key, endpoint), remember + Translate(Target(endpoint)));
        }

        if (IsEveryPort)
        {
            // By address alone: the port is the client's as a rule.
            Elements.TryAdd(($"everyconnections{_family}", $"{_frontend} . {endpoint.Address}"), new("", NftNames.Connections(NftNames.Endpoint(key, endpoint with { Port = 0 }))));
            return;
        }

        string name = NftNames.Endpoint(key, endpoint);
        string backend = string.Create(CultureInfo.InvariantCulture, $"{_frontend} . {endpoint.Address} . {endpoint.Port}");
        Elements.TryAdd(("connections" + _family, backend), new("", NftNames.Connections(name)));
        if (countsTraffic)
        {
            Elements.TryAdd(("endpoints" + _family, backend), new("", NftNames.Traffic(name)));
        }
    }

    private string Translate(string target) => $"meta l4proto {NftNames.Word(_service.Key.Protocol)} dnat {Ip} to {target}";

    private static string Target(ForwardEndpoint endpoint) => endpoint switch
    {
        { Port: 0 } => endpoint.Address.ToString(),
        { Address.IsIPv4: true } => string.Create(CultureInfo.InvariantCulture, $"{endpoint.Address}:{endpoint.Port}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"[{endpoint.Address}]:{endpoint.Port}"),
    };

    private bool IsRemembered(ForwardEndpoint endpoint) => Seconds > 0 && endpoint.TakesNew && _service.Endpoints.Contains(endpoint);

    // What tells one client from another.
    private string Client()
    {
        int bits = _service.Key.Vip.BitLength;
        return _service.PersistencePrefix is { } prefix && prefix < bits
            ? $"{Ip} saddr & {IpAddr.FromValue(_service.Key.Vip.Family, prefix == 0 ? UInt128.Zero : UInt128.MaxValue >> (128 - bits) >> (bits - prefix) << (bits - prefix))}"
            : $"{Ip} saddr";
    }

    private string Choose()
    {
        ServiceKey key = _service.Key;
        List<ForwardEndpoint> able = [];
        foreach (ForwardEndpoint endpoint in _service.Endpoints)
        {
            if (endpoint.TakesNew)
            {
                able.Add(endpoint);
            }
        }

        if (able.Count == 0)
        {
            return _service.Sorry is { } sorry ? To(sorry) : Refuse();
        }

        // Order is no property of a service: the same endpoints in another order are the same text.
        able.Sort(static (a, b) => a.Address.CompareTo(b.Address) is var byAddress and not 0 ? byAddress : a.Port.CompareTo(b.Port));
        if (able.Count == 1)
        {
            return To(able[0]);
        }

        StringBuilder text = new();
        foreach (ForwardEndpoint endpoint in able)
        {
            if (IsRemembered(endpoint))
            {
                text.Append(CultureInfo.InvariantCulture, $"{Client()} @{NftNames.Clients(key, endpoint, Seconds)} goto {NftNames.EndpointChain(key, endpoint)}\n");
            }
        }

        return text.Append(Spread(able)).ToString();
    }

    private string To(ForwardEndpoint endpoint) =>
        HasEndpointChains ? $"goto {NftNames.EndpointChain(_service.Key, endpoint)}" : Translate(Target(endpoint));

    private string Refuse()
    {
        string asked = IsEveryPort ? $"{Ip} daddr . meta l4proto @everyrefused{_family}" : $"{Ip} daddr . meta l4proto . th dport @refused{_family}";
        return $"{asked} reject with {(_service.Key.Protocol == TransportProtocol.Tcp ? "tcp reset" : "icmpx type port-unreachable")}";
    }

    private string Spread(List<ForwardEndpoint> able)
    {
        string[] chains = new string[able.Count];
        int[] weights = new int[able.Count];
        for (int i = 0; i < chains.Length; i++)
        {
            chains[i] = NftNames.EndpointChain(_service.Key, able[i]);
            weights[i] = able[i].Weight;
        }

        var slots = _service.Scheduler switch
        {
            Scheduler.Random or Scheduler.SourceHash => SlotTable.Proportional(weights),
            Scheduler.RoundRobin => SlotTable.Interleaved(weights),
            Scheduler.ConsistentHash => SlotTable.Consistent(chains, weights),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        string draw = Draw(slots[^1].Last + 1);
        StringBuilder text = new();
        text.Append(HasEndpointChains ? $"{draw} vmap {{ " : Translate($"{draw} map {{ "));
        for (int i = 0; i < slots.Length; i++)
        {
            ForwardEndpoint endpoint = able[slots[i].Endpoint];
            text.Append(i == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"{slots[i]} : ");
            _ = HasEndpointChains
                ? text.Append(CultureInfo.InvariantCulture, $"goto {chains[slots[i].Endpoint]}")
                : text.Append(CultureInfo.InvariantCulture, $"{endpoint.Address} . {endpoint.Port}");
        }

        return text.Append(" }").ToString();
    }

    private string Draw(int modulus)
    {
        // The seed is the service's own and the same on every node: after a move of the VIP a client finds the same endpoint.
        string hash = $"jhash {Ip} saddr{(_service.HashesPort ? " . th sport" : "")} mod {modulus} seed 0x{(uint)SlotTable.Fold(_name):x}";
        return _service.Scheduler switch
        {
            Scheduler.Random => string.Create(CultureInfo.InvariantCulture, $"numgen random mod {modulus}"),
            Scheduler.RoundRobin => string.Create(CultureInfo.InvariantCulture, $"numgen inc mod {modulus}"),
            Scheduler.SourceHash or Scheduler.ConsistentHash => hash,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
