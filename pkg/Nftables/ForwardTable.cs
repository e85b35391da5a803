// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace LoadBalancer.Nftables;

/// <summary>
/// Text for libnftables, each a transaction of its own: the whole table, or the difference between two states of it. Nothing
/// outside the table is touched. A service is one chain that chooses and translates, and a change of an endpoint rewrites that
/// one; counters belong to elements of shared sets, and keep their values. The fewer chains and objects there are, the better:
/// libnftables reads all of them before each change.
/// </summary>
/// <param name="name">The table, of family inet.</param>
/// <param name="countsTraffic">Whether packets and octets are counted beside connections, which costs two look-ups a packet.</param>
public sealed class ForwardTable(string name = ForwardTable.DefaultName, bool countsTraffic = true)
{
    /// <summary>The usual table.</summary>
    public const string DefaultName = "loadbalancer";

    /// <summary>The table's name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether packets and octets are counted.</summary>
    public bool CountsTraffic { get; } = countsTraffic;

    /// <summary>Text that puts the whole table in the place of what is there under its name, or of nothing.</summary>
    /// <param name="services">What is forwarded; each key once.</param>
    /// <param name="counters">What counters showed before, to go on from; null to start at zero.</param>
    public string Create(IEnumerable<ForwardService> services, IReadOnlyDictionary<string, CounterValue>? counters = null)
    {
        StringBuilder text = new();
        // Adding before deleting: deleting alone fails where there is none.
        Line(text, $"add table inet {Name}");
        Line(text, $"delete table inet {Name}");
        Line(text, $"add table inet {Name}");
        AppendFrame(text);
        new TableDifference("inet", Name, counters).Append(text, new(StringComparer.Ordinal), Compile(services));
        return text.ToString();
    }

    /// <summary>Text that makes one state into another; empty when they are the same.</summary>
    public string Change(IEnumerable<ForwardService> from, IEnumerable<ForwardService> to)
    {
        (List<ForwardService> before, List<ForwardService> changed) = TableDifference.Of(from, to);
        StringBuilder text = new();
        new TableDifference("inet", Name).Append(text, Compile(before), Compile(changed));
        return text.ToString();
    }

    /// <summary>Text that takes the table away; no failure where there is none.</summary>
    public string Delete() => $"add table inet {Name}\ndelete table inet {Name}\n";

    /// <summary>
    /// Texts that list the counters; asked for as JSON, <see cref="CounterReader"/> reads all the answers together. Each is a run
    /// of its own, since libnftables has the elements only of the first that is listed in one.
    /// </summary>
    public IEnumerable<string> ListCounters()
    {
        foreach (string family in (string[])["4", "6"])
        {
            foreach (string map in (string[])["services", "everyservices"])
            {
                yield return $"list map inet {Name} {map}{family}\n";
            }

            string[] sets = CountsTraffic ? ["refused", "everyrefused", "connections", "everyconnections", "traffic", "endpoints"] : ["refused", "everyrefused", "connections", "everyconnections"];
            foreach (string set in sets)
            {
                yield return $"list set inet {Name} {set}{family}\n";
            }
        }
    }

    /// <summary>The name of the counter of a service's new connections.</summary>
    public static string ConnectionsOf(ServiceKey key) => NftNames.Connections(NftNames.Service(key));

    /// <summary>The name of the counter of a service's packets, both ways.</summary>
    public static string TrafficOf(ServiceKey key) => NftNames.Traffic(NftNames.Service(key));

    /// <summary>The name of the counter of connections refused for want of an endpoint; a client may try several times.</summary>
    public static string RefusalsOf(ServiceKey key) => NftNames.Refusals(NftNames.Service(key));

    /// <summary>The name of the counter of an endpoint's new connections; of every port, it is the address's.</summary>
    public static string ConnectionsOf(ServiceKey key, ForwardEndpoint endpoint) => NftNames.Connections(NftNames.Endpoint(key, key.Port == 0 ? endpoint with { Port = 0 } : endpoint));

    /// <summary>The name of the counter of an endpoint's packets, both ways.</summary>
    public static string TrafficOf(ServiceKey key, ForwardEndpoint endpoint) => NftNames.Traffic(NftNames.Endpoint(key, endpoint));

    private SortedDictionary<string, TableRules> Compile(IEnumerable<ForwardService> services)
    {
        SortedDictionary<string, TableRules> compiled = new(StringComparer.Ordinal);
        foreach (ForwardService service in services)
        {
            compiled.Add(NftNames.Service(service.Key), ServiceRules.Of(service, CountsTraffic));
        }

        return compiled;
    }

    private void AppendFrame(StringBuilder text)
    {
        foreach (int family in (ReadOnlySpan<int>)[4, 6])
        {
            string asked = string.Create(CultureInfo.InvariantCulture, $"ipv{family}_addr . inet_proto");
            string port = $"{asked} . inet_service";
            string endpoint = string.Create(CultureInfo.InvariantCulture, $"ipv{family}_addr");
            Line(text, $"add map inet {Name} services{family} {{ type {port} : verdict ; counter ; }}");
            Line(text, $"add map inet {Name} everyservices{family} {{ type {asked} : verdict ; counter ; }}");
            Line(text, $"add set inet {Name} refused{family} {{ type {port} ; counter ; }}");
            Line(text, $"add set inet {Name} everyrefused{family} {{ type {asked} ; counter ; }}");
            Line(text, $"add set inet {Name} masquerade{family} {{ type {port} ; }}");
            Line(text, $"add set inet {Name} everymasquerade{family} {{ type {asked} ; }}");
            Line(text, $"add set inet {Name} connections{family} {{ type {port} . {endpoint} . inet_service ; counter ; }}");
            Line(text, $"add set inet {Name} everyconnections{family} {{ type {asked} . {endpoint} ; counter ; }}");
            if (CountsTraffic)
            {
                Line(text, $"add set inet {Name} traffic{family} {{ type {port} ; counter ; }}");
                Line(text, $"add set inet {Name} endpoints{family} {{ type {port} . {endpoint} . inet_service ; counter ; }}");
            }
        }

        // Five before the usual priorities: a connection to a VIP is ours before anybody else translates it.
        Line(text, $"add chain inet {Name} prerouting {{ type nat hook prerouting priority -105 ; policy accept ; }}");
        Line(text, $"add chain inet {Name} output {{ type nat hook output priority -105 ; policy accept ; }}");
        Line(text, $"add chain inet {Name} input {{ type nat hook input priority 95 ; policy accept ; }}");
        Line(text, $"add chain inet {Name} postrouting {{ type nat hook postrouting priority 95 ; policy accept ; }}");
        Line(text, $"add chain inet {Name} connections");
        foreach ((int family, string ip) in (ReadOnlySpan<(int, string)>)[(4, "ip"), (6, "ip6")])
        {
            foreach (string chain in (ReadOnlySpan<string>)["prerouting", "output"])
            {
                Line(text, $"add rule inet {Name} {chain} {ip} daddr . meta l4proto . th dport vmap @services{family}");
                Line(text, $"add rule inet {Name} {chain} {ip} daddr . meta l4proto vmap @everyservices{family}");
            }
        }

        // Only the first packet of a connection comes by here, and by only one of the two.
        Line(text, $"add rule inet {Name} input ct status dnat jump connections");
        Line(text, $"add rule inet {Name} postrouting ct status dnat jump connections");
        // The language takes a port of conntrack for what it is only where the protocol is told before.
        foreach (TransportProtocol protocol in (ReadOnlySpan<TransportProtocol>)[TransportProtocol.Tcp, TransportProtocol.Udp, TransportProtocol.Sctp])
        {
            AppendProtocol(text, NftNames.Word(protocol));
        }

        if (CountsTraffic)
        {
            Line(text, $"add chain inet {Name} forward {{ type filter hook forward priority -5 ; policy accept ; }}");
            Line(text, $"add rule inet {Name} forward ct status dnat meta l4proto vmap {{ tcp : goto count.tcp, udp : goto count.udp, sctp : goto count.sctp }}");
        }
    }

    private void AppendProtocol(StringBuilder text, string protocol)
    {
        if (CountsTraffic)
        {
            Line(text, $"add chain inet {Name} count.{protocol}");
        }

        foreach ((int family, string ip) in (ReadOnlySpan<(int, string)>)[(4, "ip"), (6, "ip6")])
        {
            string every = $"meta l4proto {protocol} ct original {ip} daddr . meta l4proto";
            string asked = $"{every} . ct original proto-dst";
            Line(text, $"add rule inet {Name} connections {asked} . {ip} daddr . th dport @connections{family}");
            Line(text, $"add rule inet {Name} connections {every} . {ip} daddr @everyconnections{family}");
            Line(text, $"add rule inet {Name} postrouting ct status dnat {asked} @masquerade{family} masquerade");
            Line(text, $"add rule inet {Name} postrouting ct status dnat {every} @everymasquerade{family} masquerade");
            if (CountsTraffic)
            {
                Line(text, $"add rule inet {Name} count.{protocol} {asked} @traffic{family}");
                Line(text, $"add rule inet {Name} count.{protocol} {asked} . ct reply {ip} saddr . ct reply proto-src @endpoints{family}");
            }
        }
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
