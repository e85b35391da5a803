// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Nftables;

/// <summary>What forwarding asks of the kernel, each a module or option of its own.</summary>
public enum NftFeature : byte
{
    /// <summary>nf_tables with tables of family inet.</summary>
    Tables,

    /// <summary>Translation of destinations (nft_nat, nf_nat).</summary>
    Translation,

    /// <summary>This host as source (nft_masq).</summary>
    Masquerade,

    /// <summary>Random and round robin (nft_numgen).</summary>
    Numbers,

    /// <summary>Hashing schedulers (nft_hash).</summary>
    Hash,

    /// <summary>Refusal where no endpoint is (nft_reject_inet).</summary>
    Reject,

    /// <summary>Counters of elements, and what conntrack knows of a packet (nft_ct).</summary>
    Counters,

    /// <summary>Direct routing: packets passed on where they come in (nft_fwd_netdev, nft_fib_netdev, nft_reject_netdev).</summary>
    DirectRouting,

    /// <summary>Connections of SCTP, with their ports (nf_conntrack).</summary>
    Sctp,
}
