// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Lab.Network;

/// <summary>Kernel settings of a host, as a node of a cluster with kube-proxy and strictARP has them.</summary>
internal static class KernelSettings
{
    internal static (string Path, string Value)[] For(LabHost host, LabNetwork network)
    {
        var common = new List<(string, string)>
        {
            // A link-local address without a wait, so that neighbour discovery works from the first packet.
            ("net/ipv6/conf/all/accept_dad", "0"),
            ("net/ipv6/conf/default/accept_dad", "0"),
            ("net/ipv6/conf/all/accept_ra", "0"),
            ("net/ipv6/conf/default/accept_ra", "0"),
            ("net/ipv4/conf/all/rp_filter", "0"),
            ("net/ipv4/conf/default/rp_filter", "0"),
            // The probe and the load make many sockets and, after a cut, many ICMP errors.
            ("net/ipv4/icmp_ratelimit", "0"),
            ("net/ipv4/ping_group_range", "0 2147483647"),
        };
        foreach (var name in new[] { "all", "default", "eth0", "mgmt0" })
        {
            common.Add(($"net/ipv6/conf/{name}/accept_dad", "0"));
            common.Add(($"net/ipv4/conf/{name}/rp_filter", "0"));
        }

        if (host == network.Router || host.Managed)
        {
            common.Add(("net/ipv4/ip_forward", "1"));
            common.Add(("net/ipv6/conf/all/forwarding", "1"));
            // A router that hairpins would teach clients to go round it.
            common.Add(("net/ipv4/conf/all/send_redirects", "0"));
            common.Add(("net/ipv4/conf/default/send_redirects", "0"));
            common.Add(("net/ipv4/conf/eth0/send_redirects", "0"));
        }

        if (host.Managed)
        {
            // strictARP: the kernel answers for the addresses of the asked interface only.
            common.Add(("net/ipv4/conf/all/arp_ignore", "1"));
            common.Add(("net/ipv4/conf/all/arp_announce", "2"));
        }

        return [.. common];
    }
}
