// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>Addresses of Nodes.</summary>
internal static class NodeAddresses
{
    /// <summary>One of each node, in the order of addresses; a node that has none of the family is left out.</summary>
    public static SortedSet<IpAddr> Of(IEnumerable<Node> nodes, IpFamily family) =>
        [.. nodes.Select(node => Of(node, family, preferExternal: false)).OfType<IpAddr>()];

    /// <summary>A node's address; kube-keepalived-vip prefers the external one.</summary>
    public static IpAddr? Of(Node node, IpFamily family, bool preferExternal)
    {
        string[] types = preferExternal ? ["ExternalIP", "InternalIP"] : ["InternalIP"];
        foreach (string type in types)
            foreach (NodeAddress listed in node.Status.Addresses)
                if (listed.Type == type && IpAddr.TryParse(listed.Address, out IpAddr address) && address.Family == family)
                    return address;
        return null;
    }
}
