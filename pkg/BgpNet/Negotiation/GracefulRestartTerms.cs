// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.BgpNet.Capabilities;

namespace LoadBalancer.BgpNet.Negotiation;

/// <summary>What one side says of its graceful restart.</summary>
public sealed record GracefulRestartTerms
{
    /// <summary>R: it has just restarted.</summary>
    public bool Restarting { get; init; }

    /// <summary>N: a NOTIFICATION other than a hard reset keeps the routes (RFC 8538).</summary>
    public bool NotificationPreserves { get; init; }

    /// <summary>How long it asks to be waited for, in seconds, at most 4,095.</summary>
    public int RestartSeconds { get; init; }

    /// <summary>The families it is for, each with whether forwarding went on.</summary>
    public ImmutableArray<GracefulRestartEntry> Families { get; init; } = [];
}
