// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>Which nodes take part in a VirtualIP, and with which priorities: the same on every node that sees the same objects.</summary>
internal static class NodeRanks
{
    private const int Highest = 200;
    private const int Least = 1;

    /// <summary>Whether a node has the labels that are asked for; no selector asks for none.</summary>
    public static bool Matches(LabelSelector? selector, IReadOnlyDictionary<string, string> labels) =>
        selector is null
            || (selector.MatchLabels.All(wanted => labels.GetValueOrDefault(wanted.Key) == wanted.Value) && selector.MatchExpressions.All(asked => Holds(asked, labels)));

    /// <summary>
    /// Priorities by node. What the object says of a node holds; then come the preferred nodes in their order, then the others by
    /// a hash of both names (highest random weight), so that the masters of many VirtualIPs are spread over the nodes, and a node
    /// that comes or goes changes the order of no two others.
    /// </summary>
    public static SortedDictionary<string, int> Of(VirtualIP virtualIp, IEnumerable<Node> nodes)
    {
        VirtualIPSpec spec = virtualIp.Spec;
        List<string> taking = [.. nodes.Where(node => Matches(spec.NodeSelector, node.Metadata.Labels)).Select(static node => node.Metadata.Name ?? "")];
        List<string> order = [.. spec.PreferredNodes.Where(taking.Contains)];
        order.AddRange(taking.Except(order).OrderByDescending(node => Weight(virtualIp.Metadata.Name ?? "", node)).ThenBy(static node => node, StringComparer.Ordinal));
        SortedDictionary<string, int> priorities = new(StringComparer.Ordinal);
        for (int i = 0; i < order.Count; i++)
            priorities[order[i]] = Math.Max(Least, Highest - i);
        foreach (VirtualIPPriority said in spec.Priorities.Where(said => priorities.ContainsKey(said.Node)))
            priorities[said.Node] = said.Priority;
        return priorities;
    }

    /// <summary>The node that speaks for all: the one of the highest priority, and where none takes part the first of the cluster.</summary>
    public static string? Lead(VirtualIP virtualIp, IReadOnlyCollection<Node> nodes) =>
        Of(virtualIp, nodes).OrderByDescending(static pair => pair.Value).Select(static pair => pair.Key).FirstOrDefault()
            ?? nodes.Select(static node => node.Metadata.Name).Order(StringComparer.Ordinal).FirstOrDefault();

    private static ulong Weight(string name, string node) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\0{node}")));

    private static bool Holds(LabelSelectorRequirement asked, IReadOnlyDictionary<string, string> labels)
    {
        bool there = labels.TryGetValue(asked.Key, out string? value);
        return asked.Operator switch
        {
            "In" => there && asked.Values.Contains(value),
            "NotIn" => !there || !asked.Values.Contains(value),
            "Exists" => there,
            "DoesNotExist" => !there,
            _ => false,
        };
    }
}
