// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>The events of RFC 4271 8.1 under their numbers, with that of RFC 9687 and one for ROUTE-REFRESH, which has no number.</summary>
internal enum FsmEvent : byte
{
    ManualStart = 1,
    ManualStop = 2,
    AutomaticStart = 3,
    ManualStartPassive = 4,
    AutomaticStartPassive = 5,
    AutomaticStartDamped = 6,
    AutomaticStartDampedPassive = 7,
    AutomaticStop = 8,
    ConnectRetryTimerExpires = 9,
    HoldTimerExpires = 10,
    KeepaliveTimerExpires = 11,
    DelayOpenTimerExpires = 12,
    IdleHoldTimerExpires = 13,
    TcpConnectionValid = 14,
    TcpConnectionInvalid = 15,
    TcpConnectionAcked = 16,
    TcpConnectionConfirmed = 17,
    TcpConnectionFails = 18,
    Open = 19,
    OpenWithDelayTimerRunning = 20,
    HeaderError = 21,
    OpenError = 22,
    CollisionDump = 23,
    NotificationVersionError = 24,
    Notification = 25,
    Keepalive = 26,
    Update = 27,
    UpdateError = 28,
    SendHoldTimerExpires = 29,
    RouteRefresh = 30,
}
