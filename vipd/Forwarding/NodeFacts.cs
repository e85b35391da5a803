// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>Settings of the node without which packets are not passed on, each with what to do. None of them is set here: it is the node's, not ours.</summary>
internal static class NodeFacts
{
    private const string Ipvs = "/proc/thread-self/net/ip_vs";

    /// <summary>What keeps these virtual servers from being reached.</summary>
    public static IEnumerable<string> Problems(IReadOnlyCollection<VirtualServer> servers, Func<string, string?> read)
    {
        if (Any(servers, static a => a is { IsIPv4: true, IsLoopback: false }) && IsOff(read("/proc/sys/net/ipv4/ip_forward")))
        {
            yield return "this node does not pass IPv4 packets on, and no server is reached: set net.ipv4.ip_forward = 1 (sysctl -w, and in /etc/sysctl.d)";
        }

        if (Any(servers, static a => a is { IsIPv6: true, IsLoopback: false }) && IsOff(read("/proc/sys/net/ipv6/conf/all/forwarding")))
        {
            yield return "this node does not pass IPv6 packets on, and no server is reached: set net.ipv6.conf.all.forwarding = 1 (sysctl -w, and in /etc/sysctl.d)";
        }

        if (Any(servers, static a => a is { IsIPv4: true, IsLoopback: true }) && IsOff(read("/proc/sys/net/ipv4/conf/all/route_localnet")))
        {
            yield return "a server is at 127.0.0.0/8, where the kernel sends nothing that came from outside: set net.ipv4.conf.all.route_localnet = 1, or give the server another address";
        }
    }

    /// <summary>What is there and not used.</summary>
    public static IEnumerable<string> Notes(IReadOnlyCollection<VirtualServer> servers, Func<string, string?> read)
    {
        if (servers.Count > 0 && read(Ipvs) is not null)
        {
            yield return "IPVS is in this kernel and is not used: connections are forwarded by nftables. Rules of ipvsadm for the same addresses would come in its way";
        }
    }

    // What cannot be read is not called wrong.
    private static bool IsOff(string? value) => value is not null && value.Trim() == "0";

    private static bool Any(IReadOnlyCollection<VirtualServer> servers, Predicate<IpAddr> wanted)
    {
        // What is passed on by direct routing never comes as far as these settings.
        foreach (VirtualServer server in servers.Where(static server => server.Method != ForwardingMethod.DirectRouting))
        {
            foreach (RealServer real in server.Servers)
            {
                if (wanted(real.Address))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
