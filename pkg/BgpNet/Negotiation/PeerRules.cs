// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Negotiation;

/// <summary>What is demanded of a peer.</summary>
public readonly record struct PeerRules
{
    /// <summary>Which AS it may be of.</summary>
    public PeerAsKind AsKind { get; init; }

    /// <summary>The AS it must be of, when that is one number.</summary>
    public uint Asn { get; init; }

    /// <summary>The shortest hold time that is accepted besides 0, in seconds; 3 at least.</summary>
    public ushort MinHoldSeconds { get; init; }

    /// <summary>It must say its role when we say ours (RFC 9234 4.2, strict mode).</summary>
    public bool RoleRequired { get; init; }

    /// <summary>An error in the routes of one family gives up that family, not the session.</summary>
    public bool DisableFamilies { get; init; }

    internal bool Accepts(uint peer, uint ours) => AsKind switch
    {
        PeerAsKind.Exactly => peer == Asn,
        PeerAsKind.Internal => peer == ours,
        PeerAsKind.External => peer != ours,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
