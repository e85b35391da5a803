// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>What is kept of one family over the sessions of a peer.</summary>
internal sealed class FamilyState(AfiSafi family, ulong seed)
{
    public AfiSafi Family { get; } = family;

    public PrefixSet Prefixes { get; } = new(seed);

    public bool IsWarned { get; set; }

    public bool IsNegotiated { get; set; }

    public bool IsDisabled { get; set; }

    public bool EndOfRibReceived { get; set; }

    public bool EndOfRibSent { get; set; }

    /// <summary>The driver has been asked for the routes and has not said yet that all are written.</summary>
    public bool IsSending { get; set; }

    /// <summary>What it is writing ends with a marker of route refresh, not with End-of-RIB.</summary>
    public bool IsRefresh { get; set; }

    /// <summary>The peer asked for them again meanwhile; asking often costs one more sending, not many.</summary>
    public bool IsRefreshWanted { get; set; }

    /// <summary>When our routes are sent at the latest, after our restart.</summary>
    public MonoTime SendAt { get; set; } = MonoTime.Never;

    /// <summary>When what is stale goes.</summary>
    public MonoTime StaleUntil { get; set; } = MonoTime.Never;

    /// <summary>For how much longer the peer asked then (RFC 9494); 0: not.</summary>
    public int LongLivedSeconds { get; set; }

    public bool IsLongLived { get; set; }

    public MonoTime NextDeadline => MonoTime.Min(SendAt, StaleUntil);

    public void BeginSession(bool negotiated)
    {
        IsNegotiated = negotiated;
        IsDisabled = false;
        EndOfRibReceived = false;
        EndOfRibSent = false;
        IsSending = false;
        IsRefresh = false;
        IsRefreshWanted = false;
        SendAt = MonoTime.Never;
    }
}
