// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using LoadBalancer.Runtime.Options;

namespace LoadBalancer.Speaker;

/// <summary>What the speaker was told, validated.</summary>
internal sealed record SpeakerOptions
{
    public required CommonOptions Common { get; init; }

    public required string NodeName { get; init; }

    /// <summary>Whether nodes labelled as excluded from load balancers announce all the same.</summary>
    public required bool IgnoreExcludeLabel { get; init; }

    /// <summary>The shared key of the heartbeats; empty when they are unauthenticated on request.</summary>
    public required ReadOnlyMemory<byte> HeartbeatKey { get; init; }

    /// <summary>Whether the routes of a cordoned node are marked as going away (RFC 8326).</summary>
    public required bool DrainCordoned { get; init; }

    /// <summary>How BGP sessions end with the process.</summary>
    public required BgpLeave BgpLeave { get; init; }

    /// <summary>How long routes are marked as going away before they are withdrawn, when they are.</summary>
    public required TimeSpan BgpDrainTime { get; init; }

    public required int HeartbeatPort { get; init; }

    /// <summary>Whom heartbeats are sent to by unicast as well.</summary>
    public required HeartbeatPeers HeartbeatPeers { get; init; }

    public required TimeSpan HeartbeatInterval { get; init; }

    /// <summary>How often everything announced is announced again; zero for never.</summary>
    public required TimeSpan RefreshInterval { get; init; }

    /// <summary>Names of interfaces that never announce.</summary>
    public required IReadOnlyList<Regex> ExcludeInterfaces { get; init; }
}
