// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace LoadBalancer.Nftables;

/// <summary>The text that makes one state of a table into another.</summary>
/// <param name="family">The table's family.</param>
/// <param name="table">The table's name.</param>
/// <param name="counters">What counters showed before, to go on from; null to start at zero.</param>
internal sealed class TableDifference(string family, string table, IReadOnlyDictionary<string, CounterValue>? counters = null)
{
    /// <summary>The kind of a counter with a name, which goes on from what it showed.</summary>
    public const string Counter = "counter";

    /// <summary>Services that differ, as they were and as they are to be. What is the same is not compiled: one endpoint among a thousand services costs one service.</summary>
    public static (List<ForwardService> Before, List<ForwardService> After) Of(IEnumerable<ForwardService> from, IEnumerable<ForwardService> to)
    {
        Dictionary<ServiceKey, ForwardService> before = [];
        foreach (ForwardService service in from)
        {
            before.Add(service.Key, service);
        }

        List<ForwardService> after = [];
        foreach (ForwardService service in to)
        {
            if (before.TryGetValue(service.Key, out ForwardService? known) && known.Equals(service))
            {
                before.Remove(service.Key);
            }
            else
            {
                after.Add(service);
            }
        }

        return ([.. before.Values], after);
    }

    // What is referred to comes before what refers to it, and goes after it.
    public void Append(StringBuilder text, SortedDictionary<string, TableRules> before, SortedDictionary<string, TableRules> after)
    {
        foreach ((string service, TableRules next) in after)
        {
            AppendAdditions(text, before.GetValueOrDefault(service, TableRules.None), next);
        }

        foreach ((string service, TableRules last) in before)
        {
            AppendRemovals(text, last, after.GetValueOrDefault(service, TableRules.None));
        }
    }

    private void AppendAdditions(StringBuilder text, TableRules last, TableRules next)
    {
        foreach (((string kind, string name), string definition) in next.Objects)
        {
            if (!last.Objects.ContainsKey((kind, name)))
            {
                Line(text, $"add {kind} {family} {table} {name}{(kind == Counter ? Counted(name) : $" {{ {definition} }}")}");
            }
        }

        foreach (string chain in next.Chains.Keys)
        {
            if (!last.Chains.ContainsKey(chain))
            {
                Line(text, $"add chain {family} {table} {chain}");
            }
        }

        foreach ((string chain, string rule) in next.Chains)
        {
            bool known = last.Chains.TryGetValue(chain, out string? was);
            if (known && was != rule)
            {
                Line(text, $"flush chain {family} {table} {chain}");
            }

            if (was != rule)
            {
                foreach (string line in rule.Split('\n'))
                {
                    Line(text, $"add rule {family} {table} {chain} {line}");
                }
            }
        }

        foreach (((string map, string key), ElementValue value) in next.Elements)
        {
            if (!last.Elements.ContainsKey((map, key)))
            {
                Line(text, $"add element {family} {table} {map} {{ {key}{Counted(value)}{(value.Value.Length == 0 ? "" : $" : {value.Value}")} }}");
            }
        }
    }

    // A service's counter counts what was asked of it, refused or not.
    private string Counted(ElementValue value)
    {
        if (value.Counter.Length == 0 || counters is null)
        {
            return "";
        }

        CounterValue before = counters.GetValueOrDefault(value.Counter);
        CounterValue refused = value.Value.Length > 0 ? counters.GetValueOrDefault(NftNames.Refusals(value.Counter[2..])) : default;
        return before == default && refused == default ? "" : $" counter packets {before.Packets + refused.Packets} bytes {before.Bytes + refused.Bytes}";
    }

    private string Counted(string name)
    {
        CounterValue before = counters?.GetValueOrDefault(name) ?? default;
        CounterValue refused = name[0] == 'c' ? counters?.GetValueOrDefault(NftNames.Refusals(name[2..])) ?? default : default;
        return before == default && refused == default ? "" : $" {{ packets {before.Packets + refused.Packets} bytes {before.Bytes + refused.Bytes} ; }}";
    }

    private void AppendRemovals(StringBuilder text, TableRules last, TableRules next)
    {
        foreach ((string map, string key) in last.Elements.Keys)
        {
            if (!next.Elements.ContainsKey((map, key)))
            {
                Line(text, $"delete element {family} {table} {map} {{ {key} }}");
            }
        }

        foreach (string command in (ReadOnlySpan<string>)["flush", "delete"])
        {
            foreach (string chain in last.Chains.Keys)
            {
                if (!next.Chains.ContainsKey(chain))
                {
                    Line(text, $"{command} chain {family} {table} {chain}");
                }
            }
        }

        foreach ((string kind, string name) in last.Objects.Keys)
        {
            if (!next.Objects.ContainsKey((kind, name)))
            {
                Line(text, $"delete {kind} {family} {table} {name}");
            }
        }
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
