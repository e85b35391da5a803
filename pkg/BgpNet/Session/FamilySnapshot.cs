// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>How one family of a session stands.</summary>
public sealed record FamilySnapshot(AfiSafi Family)
{
    /// <summary>Both exchange it on the session that is up.</summary>
    public bool Negotiated { get; init; }

    /// <summary>It was given up for an error (RFC 7606 2).</summary>
    public bool Disabled { get; init; }

    /// <summary>Prefixes that the peer announces, stale ones among them.</summary>
    public int Prefixes { get; init; }

    /// <summary>There are more than are counted.</summary>
    public bool MorePrefixes { get; init; }

    /// <summary>Prefixes that are left from before the peer's restart.</summary>
    public int Stale { get; init; }

    /// <summary>They are kept for longer than a restart (RFC 9494).</summary>
    public bool LongLivedStale { get; init; }

    /// <summary>The peer has sent all its routes once.</summary>
    public bool EndOfRibReceived { get; init; }

    /// <summary>We have sent all our routes once.</summary>
    public bool EndOfRibSent { get; init; }
}
