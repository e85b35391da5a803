// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Speaker;

/// <summary>How BGP sessions end with the process.</summary>
internal enum BgpLeave
{
    /// <summary>For a successor on the same node: peers that agreed on graceful restart keep the routes; others are told at once.</summary>
    Restart,

    /// <summary>For good: routes are marked as going away, then withdrawn, then the sessions are ended.</summary>
    Drain,
}
