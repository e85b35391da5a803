// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.Primitives;

namespace LoadBalancer.Nftables;

/// <summary>
/// Text for libnftables, each a transaction of its own: a table that keeps packets to addresses from this host, as a virtual router
/// whose Accept_Mode is false does (RFC 9568 6.1, 6.4.3). Addresses are elements of two sets, so that any number of them comes or
/// goes in one command. Only what has come to the host itself passes by here: what is forwarded to servers was translated before,
/// and ARP is none of this family's.
/// </summary>
public sealed class AcceptTable(string name = AcceptTable.DefaultName)
{
    /// <summary>The usual table: not the one of forwarding, which comes and goes with virtual servers.</summary>
    public const string DefaultName = "loadbalancer.accept";

    /// <summary>The table's name, of family inet.</summary>
    public string Name { get; } = name;

    /// <summary>Text that puts the whole table in the place of what is there under its name, or of nothing.</summary>
    /// <param name="refused">Addresses to which no packet reaches this host; each once.</param>
    /// <param name="translates">
    /// Whether this host forwards: a connection that was translated and ends on one of the addresses all the same goes on. Else
    /// conntrack, which costs every packet something, is not asked for.
    /// </param>
    public string Create(IReadOnlyCollection<IpAddr> refused, bool translates)
    {
        ArgumentNullException.ThrowIfNull(refused);
        StringBuilder text = new();
        // Adding before deleting: deleting alone fails where there is none.
        text.Append(Delete());
        Line(text, $"add table inet {Name}");
        Line(text, $"add set inet {Name} refused4 {{ type ipv4_addr ; }}");
        Line(text, $"add set inet {Name} refused6 {{ type ipv6_addr ; }}");
        // Before the host's own filter: what is dropped here is nothing for its rules or their log.
        Line(text, $"add chain inet {Name} input {{ type filter hook input priority -5 ; policy accept ; }}");
        AppendRules(text, translates);
        AppendElements(text, "add", refused);
        return text.ToString();
    }

    /// <summary>Text that makes one state into another; empty when they are the same.</summary>
    public string Change(IReadOnlySet<IpAddr> from, bool translated, IReadOnlySet<IpAddr> to, bool translates)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        StringBuilder text = new();
        if (translated != translates)
        {
            Line(text, $"flush chain inet {Name} input");
            AppendRules(text, translates);
        }

        AppendElements(text, "add", Without(to, from));
        AppendElements(text, "delete", Without(from, to));
        return text.ToString();
    }

    /// <summary>Text that takes the table away; no failure where there is none.</summary>
    public string Delete() => $"add table inet {Name}\ndelete table inet {Name}\n";

    /// <summary>Text that fails where the table is not as <see cref="Create"/> leaves it; it lists no element.</summary>
    public string Look() => $"list chain inet {Name} input\n";

    private void AppendRules(StringBuilder text, bool translates)
    {
        if (translates)
        {
            Line(text, $"add rule inet {Name} input ct status dnat accept");
        }

        // Who asks for the address must find this host all the same (RFC 9568 6.4.3).
        Line(text, $"add rule inet {Name} input icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert }} accept");
        Line(text, $"add rule inet {Name} input ip daddr @refused4 counter drop");
        Line(text, $"add rule inet {Name} input ip6 daddr @refused6 counter drop");
    }

    private void AppendElements(StringBuilder text, string verb, IReadOnlyCollection<IpAddr> addresses)
    {
        foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.IPv4, IpFamily.IPv6])
        {
            int before = text.Length;
            foreach (IpAddr address in addresses)
            {
                if (address.Family == family)
                {
                    text.Append(text.Length == before ? $"{verb} element inet {Name} refused{(family == IpFamily.IPv4 ? 4 : 6)} {{ " : ", ").Append(address.ToString());
                }
            }

            if (text.Length > before)
            {
                text.Append(" }\n");
            }
        }
    }

    private static List<IpAddr> Without(IReadOnlySet<IpAddr> all, IReadOnlySet<IpAddr> others)
    {
        List<IpAddr> left = [];
        foreach (IpAddr address in all)
        {
            if (!others.Contains(address))
            {
                left.Add(address);
            }
        }

        return left;
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
