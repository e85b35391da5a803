// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;

namespace LoadBalancer.Linux.Nftables;

/// <summary>
/// Asks the kernel what it can by making each thing and taking it away in one transaction, so that nothing is ever there.
/// </summary>
public static class NftFeatures
{
    private const string Probe = "loadbalancer-probe";
    private const string SctpSetting = "/proc/sys/net/netfilter/nf_conntrack_sctp_timeout_established";

    /// <summary>What is missing, each with a sentence that says what it is for and what to do; empty when all is there.</summary>
    public static ImmutableArray<(NftFeature Feature, string Remedy)> FindMissing(NftSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        ImmutableArray<(NftFeature, string)>.Builder missing = ImmutableArray.CreateBuilder<(NftFeature, string)>();
        foreach (NftFeature feature in Enum.GetValues<NftFeature>())
        {
            if (feature == NftFeature.Sctp)
            {
                // Rules for it are taken without it. The modules that make the file are loaded by the questions before.
                if (!File.Exists(SctpSetting))
                {
                    missing.Add((feature, $"the kernel lacks what {Purpose(feature)}: {Module(feature)}, or leave SCTP out"));
                }

                continue;
            }

            string family = feature == NftFeature.DirectRouting ? "netdev" : "inet";
            NftResult result = session.Run($"add table {family} {Probe}\n{Lines(feature)}delete table {family} {Probe}\n");
            if (!result.IsDone)
            {
                missing.Add((feature, $"the kernel lacks what {Purpose(feature)}: load or build {Module(feature)}, or leave forwarding out ({result.Error})"));
            }

            if (feature == NftFeature.Tables && !result.IsDone)
            {
                // Without tables all else fails for the same reason.
                break;
            }
        }

        return missing.DrainToImmutable();
    }

    private static string Lines(NftFeature feature) => feature switch
    {
        NftFeature.Tables => Chain(""),
        NftFeature.Translation => Chain("type nat hook prerouting priority -105 ; ", "meta l4proto tcp dnat ip to 192.0.2.1:80"),
        NftFeature.Masquerade => Chain("type nat hook postrouting priority 95 ; ", "ct status dnat masquerade"),
        NftFeature.Numbers => Chain("", "numgen random mod 2 vmap { 0 : accept, 1 : accept }", "numgen inc mod 2 vmap { 0 : accept, 1 : accept }"),
        NftFeature.Hash => Chain("", "jhash ip saddr mod 2 seed 0x1 vmap { 0 : accept, 1 : accept }"),
        NftFeature.Reject => Chain("type nat hook prerouting priority -105 ; ", "reject with tcp reset", "reject with icmpx type port-unreachable"),
        NftFeature.Counters =>
            $"add set inet {Probe} s {{ type ipv4_addr . inet_proto . inet_service ; counter ; }}\n"
            + Chain("", "ct status dnat meta l4proto tcp ct original ip daddr . meta l4proto . ct original proto-dst @s"),
        NftFeature.DirectRouting => DirectChain,
        NftFeature.Sctp => "",
        _ => throw new UnreachableException(),
    };

    // Every network namespace has a loopback.
    private const string DirectChain =
        $$"""
        add map netdev {{Probe}} m { type mark : mark ; size 16 ; flags dynamic,timeout ; timeout 60s ; }
        add chain netdev {{Probe}} c { type filter hook ingress device "lo" priority -300 ; }
        add rule netdev {{Probe}} c fib daddr . iif type != local accept
        add rule netdev {{Probe}} c update @m { jhash ip saddr . th sport mod 2 seed 0x1 timeout 60s : meta mark }
        add rule netdev {{Probe}} c ip daddr 192.0.2.1 meta l4proto tcp reject with tcp reset
        add rule netdev {{Probe}} c ip daddr 192.0.2.1 fwd ip to 192.0.2.2 device "lo"

        """;

    private static string Chain(string kind, params ReadOnlySpan<string> rules)
    {
        string text = $"add chain inet {Probe} c {{ {kind}}}\n";
        foreach (string rule in rules)
        {
            text += $"add rule inet {Probe} c {rule}\n";
        }

        return text;
    }

    private static string Purpose(NftFeature feature) => feature switch
    {
        NftFeature.Tables => "keeps rules (CONFIG_NF_TABLES, CONFIG_NF_TABLES_INET)",
        NftFeature.Translation => "translates destinations (CONFIG_NFT_NAT)",
        NftFeature.Masquerade => "puts this host's address as source (CONFIG_NFT_MASQ)",
        NftFeature.Numbers => "draws endpoints at random and in turn (CONFIG_NFT_NUMGEN)",
        NftFeature.Hash => "draws endpoints by the client's address (CONFIG_NFT_HASH)",
        NftFeature.Reject => "refuses connections that have no endpoint (CONFIG_NFT_REJECT_INET)",
        NftFeature.Counters => "counts by service (CONFIG_NFT_CT, and Linux 5.7 for counters of elements)",
        NftFeature.DirectRouting => "passes packets on as they are (CONFIG_NFT_FWD_NETDEV, CONFIG_NFT_FIB_NETDEV, CONFIG_NFT_REJECT_NETDEV)",
        NftFeature.Sctp => "knows connections of SCTP (CONFIG_NF_CT_PROTO_SCTP)",
        _ => throw new UnreachableException(),
    };

    private static string Module(NftFeature feature) => feature switch
    {
        NftFeature.Tables => "nf_tables",
        NftFeature.Translation => "nft_chain_nat and nft_nat",
        NftFeature.Masquerade => "nft_masq",
        NftFeature.Numbers => "nft_numgen",
        NftFeature.Hash => "nft_hash",
        NftFeature.Reject => "nft_reject_inet",
        NftFeature.Counters => "nft_ct",
        NftFeature.DirectRouting => "nft_fwd_netdev, nft_fib_netdev and nft_reject_netdev",
        NftFeature.Sctp => "build it with that option",
        _ => throw new UnreachableException(),
    };
}
