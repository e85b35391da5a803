// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Nftables;

/// <summary>The value of an element of a map (empty in a set), and the name under which its counter is known (empty without one).</summary>
internal readonly record struct ElementValue(string Value = "", string Counter = "");

/// <summary>What one service has in a table, as text by name: two of these tell what has to change.</summary>
internal sealed class TableRules
{
    /// <summary>Nothing.</summary>
    public static TableRules None { get; } = new();

    /// <summary>Sets, maps and counters that belong to the service, and what they are.</summary>
    public SortedDictionary<(string Kind, string Name), string> Objects { get; } = [];

    /// <summary>Rules, a line each, of chains that belong to the service: its own, and where they are needed one for each endpoint.</summary>
    public SortedDictionary<string, string> Chains { get; } = new(StringComparer.Ordinal);

    /// <summary>Elements of shared maps and sets, by the map and the key.</summary>
    public SortedDictionary<(string Map, string Key), ElementValue> Elements { get; } = [];
}
