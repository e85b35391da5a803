// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>How a session stands, for status and metrics; it does not change any more.</summary>
public sealed record SessionSnapshot
{
    /// <summary>The state.</summary>
    public required SessionState State { get; init; }

    /// <summary>Since when.</summary>
    public required MonoTime Since { get; init; }

    /// <summary>Whether it was started and not stopped.</summary>
    public required bool Running { get; init; }

    /// <summary>What was agreed on; null unless Established.</summary>
    public required NegotiatedSession? Negotiated { get; init; }

    /// <summary>How the last connection or attempt ended; null when none has. It stays while the session is up.</summary>
    public required SessionEnd? LastEnd { get; init; }

    /// <summary>When the next attempt is due; never when none is waited for.</summary>
    public required MonoTime NextAttempt { get; init; }

    /// <summary>RFC 4271 8: failures since the session was started.</summary>
    public required int ConnectRetryCounter { get; init; }

    /// <summary>What it has done.</summary>
    public required SessionCounters Counters { get; init; }

    /// <summary>The families that we exchange.</summary>
    public required ImmutableArray<FamilySnapshot> Families { get; init; }
}
