// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>Lines of virtual_rules and static_rules, in the words of <c>ip rule add</c>.</summary>
internal static class RuleEntries
{
    private static readonly string[] Known =
        ["from", "to", "table", "lookup", "iif", "dev", "oif", "fwmark", "tos", "dsfield", "preference", "priority", "order", "goto", "not", "inet", "inet6", "ipproto", "sport", "dport", "suppress_prefixlength", "no_track"];

    public static ValueList<VirtualRule> Read(Entry entry, ValueList<VirtualRule> before)
    {
        List<VirtualRule> rules = [.. before];
        foreach (Statement statement in entry.Block())
        {
            entry.Problems.Locate($"{entry.Path}[{rules.Count}]", statement.At);
            rules.Add(One(entry.At(statement, rules.Count)));
        }

        return [.. rules];
    }

    private static VirtualRule One(Entry line)
    {
        Words words = new([line.Keyword, .. line.Words], line);
        VirtualRule rule = new();
        while (words.Next() is { } word)
        {
            rule = word switch
            {
                "from" => rule with { From = Network(words, line) },
                "to" => rule with { To = Network(words, line) },
                "table" or "lookup" => rule with { Table = words.Value() },
                "iif" or "dev" => rule with { InputInterface = words.Value() },
                "oif" => rule with { OutputInterface = words.Value() },
                "fwmark" => Mark(rule, words.Value(), line),
                "tos" or "dsfield" => rule with { Tos = words.Octet() },
                "preference" or "priority" or "order" => rule with { Priority = words.Number() },
                "goto" => rule with { Goto = words.Number(), Action = RuleAction.Goto },
                "not" => rule with { Not = true },
                "inet" => rule with { WrittenFamily = IpFamily.IPv4 },
                "inet6" => rule with { WrittenFamily = IpFamily.IPv6 },
                "ipproto" or "ip_proto" => rule with { IpProtocol = words.Value() },
                "sport" => rule with { SourcePorts = Ports(words, line) },
                "dport" => rule with { DestinationPorts = Ports(words, line) },
                "suppress_prefixlength" or "sup_pl" => rule with { SuppressPrefixLength = (int?)Math.Min(words.Number() ?? 0, 128) },
                "blackhole" => rule with { Action = RuleAction.Blackhole },
                "unreachable" => rule with { Action = RuleAction.Unreachable },
                "prohibit" => rule with { Action = RuleAction.Prohibit },
                "nop" => rule with { Action = RuleAction.Nop },
                "no_track" => rule with { Watch = false },
                _ => Other(rule, word, words, line),
            };
        }

        return rule;
    }

    private static VirtualRule Other(VirtualRule rule, string word, Words words, Entry line)
    {
        if (word is "type")
            return rule;
        if (word is "l3mdev")
            line.Ignore("has l3mdev, which is not set here: give the VRF's table by number");
        else if (word is "realms" or "tunnel-id" or "uidrange" or "protocol" or "suppress_ifgroup" or "sup_group" or "track_group")
            line.Ignore($"has {word} {words.Value()}, which is not set on rules here: remove it, or add the rule outside of vipd");
        else
            line.Refuse($"has \"{word}\", which is no word of a rule{NearestWord.Hint(word, Known)}: correct or remove it");
        return rule;
    }

    private static IpPrefix? Network(Words words, Entry line)
    {
        string text = words.Value();
        if (text is "all" or "any" or "default" or "")
            return null;
        if (InterfaceAddress.TryParse(text, out InterfaceAddress address))
            return address.Network;
        line.Refuse($"has \"{text}\" where a network must be: correct it");
        return null;
    }

    private static PortRange? Ports(Words words, Entry line)
    {
        string text = words.Value();
        if (PortText.TryParse(text, out PortRange range))
            return range;
        line.Refuse($"has \"{text}\" where a port or ports must be: write 80 or 8000-8099");
        return null;
    }

    private static VirtualRule Mark(VirtualRule rule, string text, Entry line)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        uint? mark = new Words([slash < 0 ? text : text[..slash]], line).Number();
        uint? mask = slash < 0 ? null : new Words([text[(slash + 1)..]], line).Number();
        return rule with { FirewallMark = mark, FirewallMask = mask };
    }
}
