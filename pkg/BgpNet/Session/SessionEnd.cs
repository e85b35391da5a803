// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>How a connection or an attempt ended: a reason for machines and a sentence for people.</summary>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
/// <param name="Text">Object, field and remedy, as far as they are known here.</param>
public sealed record SessionEnd(SessionEndReason Reason, MonoTime At, string Text)
{
    /// <summary>The state in which it ended.</summary>
    public required SessionState State { get; init; }

    /// <summary>The code of the NOTIFICATION that was sent or received; null when there was none.</summary>
    public NotificationCode? Code { get; init; }

    /// <summary>Its subcode.</summary>
    public byte Subcode { get; init; }

    /// <summary>Whether the peer sent it, not we.</summary>
    public bool FromPeer { get; init; }
}
