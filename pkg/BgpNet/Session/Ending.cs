// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Session;

/// <summary>How a connection is about to end: what the peer is told, what people are told, what follows.</summary>
internal readonly ref struct Ending
{
    public required SessionEndReason Reason { get; init; }

    public required string Text { get; init; }

    public required RetryClass Retry { get; init; }

    /// <summary>To send, or received when <see cref="FromPeer"/>.</summary>
    public NotificationMessage Notification { get; init; }

    public bool FromPeer { get; init; }

    /// <summary>The peer's routes count on when graceful restart was agreed on (RFC 4724 4.2, RFC 8538 4).</summary>
    public bool Preserves { get; init; }

    public bool HasNotification => Notification.Code != 0;
}
