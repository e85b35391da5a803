// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>NOTIFICATION error codes (IANA "BGP Error (Notification) Codes").</summary>
public enum NotificationCode : byte
{
    /// <summary>The stream is out of step.</summary>
    MessageHeader = 1,

    /// <summary>The OPEN is not acceptable.</summary>
    OpenMessage = 2,

    /// <summary>The UPDATE is malformed.</summary>
    UpdateMessage = 3,

    /// <summary>Nothing was heard for the hold time.</summary>
    HoldTimerExpired = 4,

    /// <summary>A message in the wrong state (RFC 6608).</summary>
    FiniteStateMachine = 5,

    /// <summary>An orderly end (RFC 4486).</summary>
    Cease = 6,

    /// <summary>The ROUTE-REFRESH is malformed (RFC 7313).</summary>
    RouteRefresh = 7,

    /// <summary>Nothing could be sent for the send hold time (RFC 9687).</summary>
    SendHoldTimerExpired = 8,
}
