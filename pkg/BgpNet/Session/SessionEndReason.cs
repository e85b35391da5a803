// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>Why a connection or an attempt ended: the reason of metrics and events.</summary>
public enum SessionEndReason : byte
{
    /// <summary>Nothing has ended yet.</summary>
    None = 0,

    /// <summary>The peer could not be reached.</summary>
    ConnectFailed = 1,

    /// <summary>The transport connection closed.</summary>
    ConnectionClosed = 2,

    /// <summary>Nothing was heard for the hold time.</summary>
    HoldTimerExpired = 3,

    /// <summary>The peer took no octet for the send hold time (RFC 9687).</summary>
    SendHoldTimerExpired = 4,

    /// <summary>The peer's OPEN is not acceptable.</summary>
    OpenRefused = 5,

    /// <summary>A message breaks a rule that nothing milder than the end of the session answers.</summary>
    MalformedMessage = 6,

    /// <summary>A message that has no place in the state.</summary>
    UnexpectedMessage = 7,

    /// <summary>The other of two connections stays.</summary>
    Collision = 8,

    /// <summary>The peer said so.</summary>
    PeerNotification = 9,

    /// <summary>BFD says that the path is gone.</summary>
    PathDown = 10,

    /// <summary>The peer announced more prefixes than are allowed.</summary>
    PrefixLimit = 11,

    /// <summary>We stopped, or reset, the session.</summary>
    Local = 12,

    /// <summary>The peer restarted and came again before its old connection was seen to be dead (RFC 4724 4.2).</summary>
    PeerRestarted = 13,
}
