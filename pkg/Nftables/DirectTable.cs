// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace LoadBalancer.Nftables;

/// <summary>
/// Text for libnftables, each a transaction of its own: a table that passes packets to a VIP on to endpoints as they are, with
/// nothing changed but the hardware address (direct routing). It stands where packets come in, before conntrack and the host's own
/// rules; answers do not come by here. Linux 5.10 and later.
/// </summary>
public sealed class DirectTable(string name = DirectTable.DefaultName)
{
    /// <summary>The usual table.</summary>
    public const string DefaultName = "loadbalancer.direct";

    /// <summary>The table's name, of family netdev.</summary>
    public string Name { get; } = name;

    /// <summary>Text that puts the whole table in the place of what is there under its name, or of nothing.</summary>
    /// <param name="links">The interfaces where packets for VIPs come in.</param>
    /// <param name="services">What is passed on, all of <see cref="SourceAddressing.Direct"/>; each key once.</param>
    /// <param name="counters">What counters showed before, to go on from; null to start at zero.</param>
    public string Create(ImmutableArray<string> links, IEnumerable<ForwardService> services, IReadOnlyDictionary<string, CounterValue>? counters = null)
    {
        StringBuilder text = new();
        text.Append(Delete());
        Line(text, $"add table netdev {Name}");
        foreach (int family in (ReadOnlySpan<int>)[4, 6])
        {
            Line(text, string.Create(CultureInfo.InvariantCulture, $"add map netdev {Name} services{family} {{ type ipv{family}_addr . inet_proto . inet_service : verdict ; }}"));
            Line(text, string.Create(CultureInfo.InvariantCulture, $"add map netdev {Name} everyservices{family} {{ type ipv{family}_addr . inet_proto : verdict ; }}"));
        }

        AppendEntrance(text, links);
        new TableDifference("netdev", Name, counters).Append(text, new(StringComparer.Ordinal), Compile(services));
        return text.ToString();
    }

    /// <summary>Text that makes one state into another; empty when they are the same.</summary>
    public string Change(ImmutableArray<string> fromLinks, IEnumerable<ForwardService> from, ImmutableArray<string> toLinks, IEnumerable<ForwardService> to)
    {
        StringBuilder text = new();
        if (!fromLinks.AsSpan().SequenceEqual(toLinks.AsSpan()))
        {
            if (fromLinks.Length > 0)
            {
                Line(text, $"flush chain netdev {Name} entrance");
                Line(text, $"delete chain netdev {Name} entrance");
            }

            AppendEntrance(text, toLinks);
        }

        (List<ForwardService> before, List<ForwardService> changed) = TableDifference.Of(from, to);
        new TableDifference("netdev", Name).Append(text, Compile(before), Compile(changed));
        return text.ToString();
    }

    /// <summary>Text that takes the table away; no failure where there is none.</summary>
    public string Delete() => $"add table netdev {Name}\ndelete table netdev {Name}\n";

    /// <summary>Text that lists the counters; asked for as JSON, <see cref="CounterReader"/> reads the answer.</summary>
    public string ListCounters() => $"list counters table netdev {Name}\n";

    private static SortedDictionary<string, TableRules> Compile(IEnumerable<ForwardService> services)
    {
        SortedDictionary<string, TableRules> compiled = new(StringComparer.Ordinal);
        foreach (ForwardService service in services)
        {
            compiled.Add(NftNames.Service(service.Key), DirectRules.Of(service));
        }

        return compiled;
    }

    private void AppendEntrance(StringBuilder text, ImmutableArray<string> links)
    {
        // A chain of this kind without interfaces there cannot be.
        if (links.Length == 0)
        {
            return;
        }

        Line(text, $"add chain netdev {Name} entrance {{ type filter hook ingress devices = {{ \"{string.Join("\", \"", links.AsSpan())}\" }} priority -300 ; policy accept ; }}");
        foreach ((int family, string ip) in (ReadOnlySpan<(int, string)>)[(4, "ip"), (6, "ip6")])
        {
            Line(text, string.Create(CultureInfo.InvariantCulture, $"add rule netdev {Name} entrance {ip} daddr . meta l4proto . th dport vmap @services{family}"));
            Line(text, string.Create(CultureInfo.InvariantCulture, $"add rule netdev {Name} entrance {ip} daddr . meta l4proto vmap @everyservices{family}"));
        }
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
