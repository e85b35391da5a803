// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LoadBalancer.Lab.Proxy;

/// <summary>
/// The nftables rules of one node's proxy. The addresses are on no interface: destination NAT before routing turns them into
/// the endpoint's. A flow is judged once, at its first packet; connection tracking keeps it there.
/// </summary>
public static class ProxyRuleset
{
    private const int MasqueradeMark = 0x4000;

    /// <summary>The whole table as one nft transaction that replaces the last.</summary>
    public static string Render(IReadOnlyList<ProxyEntry> entries)
    {
        var refused = new StringBuilder();
        var services = new StringBuilder();
        var chains = new StringBuilder();
        var endpoints = new SortedDictionary<string, (string Protocol, IPEndPoint Target)>(StringComparer.Ordinal);
        var seen = new HashSet<(IPAddress, string, int)>();
        var number = 0;
        foreach (var entry in entries)
        {
            // Two Services that share address and port are an error of somebody else's; the first keeps it.
            if (!seen.Add((entry.Address, entry.Protocol, entry.Port)))
                continue;
            var match = $"{Family(entry.Address)} daddr {entry.Address} {entry.Protocol} dport {entry.Port}";
            if (entry.Endpoints.Count == 0)
            {
                refused.Append(CultureInfo.InvariantCulture, $"    {match} {Refusal(entry)} comment \"{entry.Service}\"\n");
                continue;
            }

            var chain = $"service-{number++}";
            services.Append(CultureInfo.InvariantCulture, $"    {match} goto {chain} comment \"{entry.Service}\"\n");
            AppendService(chains, chain, entry, endpoints);
        }

        foreach (var (chain, (protocol, target)) in endpoints)
            AppendEndpoint(chains, chain, protocol, target);

        return $$"""
            add table inet lab_proxy
            delete table inet lab_proxy
            table inet lab_proxy {
            {{chains}}  chain services {
            {{services}}  }
              chain refused {
            {{refused}}  }
              chain before {
                type filter hook prerouting priority -110; policy accept;
                ct state new jump refused
              }
              chain before-own {
                type filter hook output priority -110; policy accept;
                ct state new jump refused
              }
              chain arriving {
                type nat hook prerouting priority -100; policy accept;
                jump services
              }
              chain own {
                type nat hook output priority -100; policy accept;
                jump services
              }
              chain passing {
                type filter hook forward priority 0; policy drop;
                ct status dnat accept
              }
              chain leaving {
                type nat hook postrouting priority 100; policy accept;
                meta mark & {{MasqueradeMark}} == {{MasqueradeMark}} masquerade
              }
            }

            """;
    }

    /// <summary>
    /// The mark that a UDP flow to this endpoint carries in connection tracking: a UDP flow has no end, so when the endpoint
    /// goes its entries are deleted by this mark, or a client that keeps its port would be sent to it for ever.
    /// </summary>
    public static uint FlowMark(IPEndPoint target)
    {
        // FNV-1a, and never zero, which is the mark of everything else.
        var hash = 2166136261u;
        foreach (var octet in Encoding.ASCII.GetBytes(target.ToString()))
            hash = (hash ^ octet) * 16777619u;
        return hash | 1;
    }

    /// <summary>UDP endpoints in use, whose flows have to be forgotten when they are no longer.</summary>
    public static IReadOnlySet<IPEndPoint> UdpEndpoints(IEnumerable<ProxyEntry> entries) =>
        entries.Where(e => e.Protocol == "udp").SelectMany(e => e.Endpoints).ToHashSet();

    private static void AppendService(
        StringBuilder chains, string chain, ProxyEntry entry, SortedDictionary<string, (string Protocol, IPEndPoint Target)> endpoints)
    {
        chains.Append(CultureInfo.InvariantCulture, $"  chain {chain} {{\n");
        if (entry.Masquerade)
            chains.Append(CultureInfo.InvariantCulture, $"    meta mark set meta mark | {MasqueradeMark}\n");
        var targets = new List<string>(entry.Endpoints.Count);
        foreach (var target in entry.Endpoints)
        {
            var name = $"to-{entry.Protocol}-{target.Address.ToString().Replace(':', '.')}-{target.Port}";
            endpoints[name] = (entry.Protocol, target);
            targets.Add($"{targets.Count} : goto {name}");
        }

        chains.Append(targets.Count == 1
            ? $"    {targets[0][4..]}\n"
            : $"    numgen random mod {targets.Count} vmap {{ {string.Join(", ", targets)} }}\n");
        chains.Append("  }\n");
    }

    private static void AppendEndpoint(StringBuilder chains, string chain, string protocol, IPEndPoint target)
    {
        chains.Append(CultureInfo.InvariantCulture, $"  chain {chain} {{\n");
        if (protocol == "udp")
            chains.Append(CultureInfo.InvariantCulture, $"    ct mark set {FlowMark(target)}\n");
        // An IPEndPoint prints an IPv6 address in brackets, as nft wants it.
        chains.Append(CultureInfo.InvariantCulture, $"    meta l4proto {protocol} dnat {Family(target.Address)} to {target}\n  }}\n");
    }

    private static string Family(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? "ip6" : "ip";

    private static string Refusal(ProxyEntry entry) =>
        entry.LocalOnly ? "drop" : entry.Protocol == "tcp" ? "reject with tcp reset" : "reject";
}
