// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace LoadBalancer.Nftables;

/// <summary>
/// Writes what a service of direct routing has in its table. There is no conntrack where packets come in, so the table remembers by
/// itself: a flow is a number made of its addresses and ports, and an endpoint is a mark. Two flows of the same number share an
/// endpoint, which harms neither.
/// </summary>
internal sealed class DirectRules
{
    // The idle times of IPVS: a connection that opens or closes, one that is established, and datagrams.
    private const int OpeningSeconds = 60;
    private const int EstablishedSeconds = 900;
    private const int DatagramSeconds = 300;

    private const int MostFlows = 1 << 18;
    private const int MostClients = 1 << 20;

    /// <summary>Marks of endpoints have the highest bit, and numbers of flows do not: neither is taken for the other.</summary>
    private const uint MarkBit = 1u << 31;

    private readonly ForwardService _service;
    private readonly string _name;
    private readonly string _flow;
    private readonly SortedDictionary<uint, ForwardEndpoint> _marks = [];
    private readonly TableRules _rules = new();

    private DirectRules(ForwardService service)
    {
        _service = service;
        _name = NftNames.Service(service.Key);
        string ports = IsEveryPort ? "th sport . th dport" : "th sport";
        _flow = string.Create(CultureInfo.InvariantCulture, $"jhash {Ip} saddr . {ports} mod {MarkBit} seed 0x{(uint)SlotTable.Fold(_name):x}");
    }

    private bool IsEveryPort => _service.Key.Port == 0;

    private string Ip => _service.Key.Vip.IsIPv4 ? "ip" : "ip6";

    private long Seconds => (long)_service.Persistence.TotalSeconds;

    private string Flows => $"f.{_name}";

    private string Clients => string.Create(CultureInfo.InvariantCulture, $"p{Seconds}.{_name}");

    public static TableRules Of(ForwardService service)
    {
        DirectRules rules = new(service);
        rules.AddService();
        rules.AddEndpoints();
        rules._rules.Chains.Add(NftNames.ServiceChain(service.Key), rules.Choose());
        return rules._rules;
    }

    private void AddService()
    {
        string family = _service.Key.Vip.IsIPv4 ? "4" : "6";
        string protocol = NftNames.Word(_service.Key.Protocol);
        _rules.Elements.Add(
            IsEveryPort ? ($"everyservices{family}", $"{_service.Key.Vip} . {protocol}") : ($"services{family}", string.Create(CultureInfo.InvariantCulture, $"{_service.Key.Vip} . {protocol} . {_service.Key.Port}")),
            new($"goto {NftNames.ServiceChain(_service.Key)}"));
        foreach (string counter in (string[])[NftNames.Connections(_name), NftNames.Refusals(_name), NftNames.Traffic(_name)])
        {
            _rules.Objects.Add((TableDifference.Counter, counter), "");
        }

        _rules.Objects.Add(("map", Flows), string.Create(CultureInfo.InvariantCulture, $"type mark : mark ; size {MostFlows} ; flags dynamic,timeout ; timeout {EstablishedSeconds}s ;"));
        if (Seconds > 0)
        {
            // The time is in the name since a map cannot change its own.
            _rules.Objects.Add(("map", Clients), string.Create(CultureInfo.InvariantCulture, $"type ip{(_service.Key.Vip.IsIPv4 ? "v4" : "v6")}_addr : mark ; size {MostClients} ; flags dynamic,timeout ; timeout {Seconds}s ;"));
        }
    }

    private void AddEndpoints()
    {
        foreach (ForwardEndpoint endpoint in _service.Endpoints)
        {
            AddEndpoint(endpoint);
        }

        if (_service.Sorry is { } sorry)
        {
            AddEndpoint(sorry);
        }
    }

    private void AddEndpoint(ForwardEndpoint endpoint)
    {
        string name = NftNames.Endpoint(_service.Key, endpoint);
        if (_rules.Chains.ContainsKey(NftNames.EndpointChain(_service.Key, endpoint)))
        {
            return;
        }

        uint mark = MarkBit | (uint)SlotTable.Fold(name);
        while (!_marks.TryAdd(mark, endpoint))
        {
            mark = MarkBit | (mark + 1);
        }

        _rules.Objects.TryAdd((TableDifference.Counter, NftNames.Connections(name)), "");
        _rules.Objects.TryAdd((TableDifference.Counter, NftNames.Traffic(name)), "");
        // An update that finds no room ends its rule, and the packet goes on all the same.
        string remembered = Seconds > 0 ? $"update @{Clients} {{ {ServiceChoice.Client(_service)} : meta mark }}\n" : "";
        _rules.Chains.Add(NewChain(endpoint), $"counter name \"{NftNames.Connections(name)}\"\n{remembered}goto {NftNames.EndpointChain(_service.Key, endpoint)}");
        _rules.Chains.Add(NftNames.EndpointChain(_service.Key, endpoint), $"counter name \"{NftNames.Traffic(name)}\"\n{Remember()}\n{Deliver(endpoint)}");
    }

    private string Remember() => _service.Key.Protocol == TransportProtocol.Tcp
        ? $"tcp flags & ( syn | fin | rst ) != 0 {Remember(OpeningSeconds)}\ntcp flags & ( syn | fin | rst ) == 0 {Remember(EstablishedSeconds)}"
        : Remember(DatagramSeconds);

    private string Remember(int seconds) => string.Create(CultureInfo.InvariantCulture, $"update @{Flows} {{ {_flow} timeout {seconds}s : meta mark }}");

    // The next hop's hardware address is the kernel's to find. What stays here goes on without the mark, which others' rules may read.
    private string Deliver(ForwardEndpoint endpoint) => endpoint.Link is { } link ? $"fwd {Ip} to {endpoint.Address} device \"{link}\"" : "meta mark set 0\naccept";

    private string NewChain(ForwardEndpoint endpoint) => $"n.{NftNames.Endpoint(_service.Key, endpoint)}";

    private string Choose()
    {
        StringBuilder text = new();
        // Where the address is held only by the loopback, as on an endpoint, or is not this host's, nothing is passed on: of two hosts
        // that are endpoints as well none sends the other's packets back.
        Line(text, "fib daddr . iif type != local accept");
        Line(text, "meta pkttype != host accept");
        Line(text, $"counter name \"{NftNames.Traffic(_name)}\"");
        if (_marks.Count > 0)
        {
            Line(text, $"meta mark set {_flow}");
            Line(text, $"meta mark set meta mark map @{Flows}");
            Line(text, $"meta mark vmap {{ {Verdicts(_marks.Values, NftNames.EndpointChain)} }}");
        }

        // What was refused was asked for, too.
        Line(text, $"counter name \"{NftNames.Connections(_name)}\"");
        List<ForwardEndpoint> able = ServiceChoice.Able(_service);
        if (able.Count == 0 && _service.Sorry is { } sorry)
        {
            able.Add(sorry);
        }

        if (able.Count == 0)
        {
            Line(text, $"counter name \"{NftNames.Refusals(_name)}\"");
            return text.Append(CultureInfo.InvariantCulture, $"reject with {(_service.Key.Protocol == TransportProtocol.Tcp ? "tcp reset" : "icmpx type port-unreachable")}").ToString();
        }

        string draw = $"meta mark vmap {{ {Verdicts(able, (_, endpoint) => NewChain(endpoint))} }}";
        if (Seconds > 0)
        {
            Line(text, $"meta mark set {ServiceChoice.Client(_service)} map @{Clients}");
            Line(text, draw);
        }

        Line(text, $"meta mark set {Draw(able)}");
        return text.Append(draw).ToString();
    }

    private string Draw(List<ForwardEndpoint> able)
    {
        if (able.Count == 1)
        {
            return Mark(able[0]);
        }

        var slots = ServiceChoice.Slots(_service, able);
        StringBuilder text = new(ServiceChoice.Draw(_service, slots[^1].Last + 1));
        text.Append(" map { ");
        for (int i = 0; i < slots.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"{slots[i]} : {Mark(able[slots[i].Endpoint])}");
        }

        return text.Append(" }").ToString();
    }

    private string Verdicts(IEnumerable<ForwardEndpoint> endpoints, Func<ServiceKey, ForwardEndpoint, string> chain)
    {
        StringBuilder text = new();
        foreach (ForwardEndpoint endpoint in endpoints)
        {
            text.Append(text.Length == 0 ? "" : ", ").Append($"{Mark(endpoint)} : goto {chain(_service.Key, endpoint)}");
        }

        return text.ToString();
    }

    private string Mark(ForwardEndpoint wanted)
    {
        foreach ((uint mark, ForwardEndpoint endpoint) in _marks)
        {
            if ((endpoint.Address, endpoint.Port) == (wanted.Address, wanted.Port))
            {
                return string.Create(CultureInfo.InvariantCulture, $"0x{mark:x8}");
            }
        }

        throw new System.Diagnostics.UnreachableException();
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
