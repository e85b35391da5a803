// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace LoadBalancer.Nftables;

/// <summary>Writes what a service whose connections are translated has in the table.</summary>
internal sealed class ServiceRules
{
    // A set is as large as it has to be; this is where it stops.
    private const int MostClients = 1 << 20;

    private readonly ForwardService _service;
    private readonly string _name;
    private readonly string _family;
    private readonly string _frontend;
    private readonly TableRules _rules = new();

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

    private bool IsEveryPort => _service.Key.Port == 0;

    private string Every => IsEveryPort ? "every" : "";

    private long Seconds => (long)_service.Persistence.TotalSeconds;

    private string Ip => _service.Key.Vip.IsIPv4 ? "ip" : "ip6";

    // Where a connection does more than being translated, or not every endpoint has a port, endpoints have chains of their own.
    private bool HasEndpointChains => Seconds > 0 || IsEveryPort;

    public static TableRules Of(ForwardService service, bool countsTraffic)
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

        rules._rules.Chains.Add(NftNames.ServiceChain(service.Key), rules.Choose());
        return rules._rules;
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

    private void Add(string map, ElementValue value) => _rules.Elements.Add((Every + map + _family, _frontend), value);

    private void AddEndpoint(ForwardEndpoint endpoint, bool countsTraffic)
    {
        ServiceKey key = _service.Key;
        if (HasEndpointChains)
        {
            string remember = "";
            if (IsRemembered(endpoint))
            {
                string clients = NftNames.Clients(key, endpoint, Seconds);
                _rules.Objects.TryAdd(("set", clients), string.Create(CultureInfo.InvariantCulture, $"type ipv{_family}_addr ; size {MostClients} ; flags dynamic,timeout ; timeout {Seconds}s ;"));
                // In a rule of its own: where the set is full the connection goes on all the same.
                remember = $"update @{clients} {{ {ServiceChoice.Client(_service)} }}\n";
            }

            _rules.Chains.TryAdd(NftNames.EndpointChain(key, endpoint), remember + Translate(Target(endpoint)));
        }

        if (IsEveryPort)
        {
            // By address alone: the port is the client's as a rule.
            _rules.Elements.TryAdd(($"everyconnections{_family}", $"{_frontend} . {endpoint.Address}"), new("", NftNames.Connections(NftNames.Endpoint(key, endpoint with { Port = 0 }))));
            return;
        }

        string name = NftNames.Endpoint(key, endpoint);
        string backend = string.Create(CultureInfo.InvariantCulture, $"{_frontend} . {endpoint.Address} . {endpoint.Port}");
        _rules.Elements.TryAdd(("connections" + _family, backend), new("", NftNames.Connections(name)));
        if (countsTraffic)
        {
            _rules.Elements.TryAdd(("endpoints" + _family, backend), new("", NftNames.Traffic(name)));
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

    private string Choose()
    {
        ServiceKey key = _service.Key;
        List<ForwardEndpoint> able = ServiceChoice.Able(_service);
        if (able.Count == 0)
        {
            return _service.Sorry is { } sorry ? To(sorry) : Refuse();
        }

        if (able.Count == 1)
        {
            return To(able[0]);
        }

        StringBuilder text = new();
        foreach (ForwardEndpoint endpoint in able)
        {
            if (IsRemembered(endpoint))
            {
                text.Append(CultureInfo.InvariantCulture, $"{ServiceChoice.Client(_service)} @{NftNames.Clients(key, endpoint, Seconds)} goto {NftNames.EndpointChain(key, endpoint)}\n");
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
        var slots = ServiceChoice.Slots(_service, able);
        string draw = ServiceChoice.Draw(_service, slots[^1].Last + 1);
        StringBuilder text = new();
        text.Append(HasEndpointChains ? $"{draw} vmap {{ " : Translate($"{draw} map {{ "));
        for (int i = 0; i < slots.Length; i++)
        {
            ForwardEndpoint endpoint = able[slots[i].Endpoint];
            text.Append(i == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"{slots[i]} : ");
            _ = HasEndpointChains
                ? text.Append(CultureInfo.InvariantCulture, $"goto {NftNames.EndpointChain(_service.Key, endpoint)}")
                : text.Append(CultureInfo.InvariantCulture, $"{endpoint.Address} . {endpoint.Port}");
        }

        return text.Append(" }").ToString();
    }
}
