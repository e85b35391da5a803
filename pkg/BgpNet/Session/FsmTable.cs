// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.BgpNet.Session;

/// <summary>
/// RFC 4271 8.2.2, whole: every state, every event. It is asked for one connection; where two of a peer meet, the
/// session decides between them first (RFC 4271 6.8), so an OPEN that comes again on one connection is always an error.
/// <para>Where it leaves the letter: a dial that fails goes on from Active, not from Idle (the peer may dial meanwhile; the
/// connect retry time holds in either), a NOTIFICATION in OpenSent is not answered with another, and errors found before our
/// OPEN are told to the peer (SendNOTIFICATIONwithoutOPEN).</para>
/// </summary>
internal static class FsmTable
{
    public static FsmReaction React(SessionState state, FsmEvent input) => state switch
    {
        SessionState.Idle => InIdle(input),
        SessionState.Connect => InConnect(input),
        SessionState.Active => InActive(input),
        SessionState.OpenSent => InOpenSent(input),
        SessionState.OpenConfirm => InOpenConfirm(input),
        SessionState.Established => InEstablished(input),
        _ => throw new UnreachableException(),
    };

    private static FsmReaction InIdle(FsmEvent input) => input switch
    {
        FsmEvent.ManualStart or FsmEvent.AutomaticStart or FsmEvent.ManualStartPassive or FsmEvent.AutomaticStartPassive
            or FsmEvent.IdleHoldTimerExpires => FsmReaction.Start,
        FsmEvent.AutomaticStartDamped or FsmEvent.AutomaticStartDampedPassive => FsmReaction.StartAfterIdleHold,
        FsmEvent.TcpConnectionValid or FsmEvent.TcpConnectionInvalid or FsmEvent.TcpConnectionAcked or FsmEvent.TcpConnectionConfirmed
            => FsmReaction.Refuse,
        FsmEvent.ManualStop or FsmEvent.AutomaticStop or FsmEvent.ConnectRetryTimerExpires or FsmEvent.HoldTimerExpires
            or FsmEvent.KeepaliveTimerExpires or FsmEvent.DelayOpenTimerExpires or FsmEvent.TcpConnectionFails or FsmEvent.Open
            or FsmEvent.OpenWithDelayTimerRunning or FsmEvent.HeaderError or FsmEvent.OpenError or FsmEvent.CollisionDump
            or FsmEvent.NotificationVersionError or FsmEvent.Notification or FsmEvent.Keepalive or FsmEvent.Update
            or FsmEvent.UpdateError or FsmEvent.SendHoldTimerExpires or FsmEvent.RouteRefresh => FsmReaction.Ignore,
        _ => throw new UnreachableException(),
    };

    private static FsmReaction InConnect(FsmEvent input) => input switch
    {
        FsmEvent.TcpConnectionFails => FsmReaction.BackToActive,
        FsmEvent.ManualStart or FsmEvent.ManualStop or FsmEvent.AutomaticStart or FsmEvent.ManualStartPassive
            or FsmEvent.AutomaticStartPassive or FsmEvent.AutomaticStartDamped or FsmEvent.AutomaticStartDampedPassive
            or FsmEvent.AutomaticStop or FsmEvent.ConnectRetryTimerExpires or FsmEvent.HoldTimerExpires
            or FsmEvent.KeepaliveTimerExpires or FsmEvent.DelayOpenTimerExpires or FsmEvent.IdleHoldTimerExpires
            or FsmEvent.TcpConnectionValid or FsmEvent.TcpConnectionInvalid or FsmEvent.TcpConnectionAcked
            or FsmEvent.TcpConnectionConfirmed or FsmEvent.Open or FsmEvent.OpenWithDelayTimerRunning or FsmEvent.HeaderError
            or FsmEvent.OpenError or FsmEvent.CollisionDump or FsmEvent.NotificationVersionError or FsmEvent.Notification
            or FsmEvent.Keepalive or FsmEvent.Update or FsmEvent.UpdateError or FsmEvent.SendHoldTimerExpires
            or FsmEvent.RouteRefresh => InActive(input),
        _ => throw new UnreachableException(),
    };

    private static FsmReaction InActive(FsmEvent input) => input switch
    {
        FsmEvent.ManualStop => FsmReaction.Stop,
        FsmEvent.ConnectRetryTimerExpires => FsmReaction.Dial,
        FsmEvent.DelayOpenTimerExpires => FsmReaction.SendOpen,
        FsmEvent.TcpConnectionInvalid => FsmReaction.Refuse,
        FsmEvent.TcpConnectionAcked or FsmEvent.TcpConnectionConfirmed => FsmReaction.Take,
        FsmEvent.OpenWithDelayTimerRunning => FsmReaction.Confirm,
        FsmEvent.HeaderError or FsmEvent.OpenError => FsmReaction.FailWithError,
        FsmEvent.NotificationVersionError => FsmReaction.Release,
        FsmEvent.AutomaticStop or FsmEvent.HoldTimerExpires or FsmEvent.KeepaliveTimerExpires or FsmEvent.IdleHoldTimerExpires
            or FsmEvent.TcpConnectionFails or FsmEvent.Open or FsmEvent.CollisionDump or FsmEvent.Notification or FsmEvent.Keepalive
            or FsmEvent.Update or FsmEvent.UpdateError or FsmEvent.RouteRefresh => FsmReaction.Fail,
        FsmEvent.ManualStart or FsmEvent.AutomaticStart or FsmEvent.ManualStartPassive or FsmEvent.AutomaticStartPassive
            or FsmEvent.AutomaticStartDamped or FsmEvent.AutomaticStartDampedPassive or FsmEvent.TcpConnectionValid
            or FsmEvent.SendHoldTimerExpires => FsmReaction.Ignore,
        _ => throw new UnreachableException(),
    };

    private static FsmReaction InOpenSent(FsmEvent input) => input switch
    {
        FsmEvent.ManualStop => FsmReaction.StopWithCease,
        FsmEvent.AutomaticStop => FsmReaction.FailWithCease,
        FsmEvent.HoldTimerExpires => FsmReaction.FailHoldTimer,
        FsmEvent.TcpConnectionAcked or FsmEvent.TcpConnectionConfirmed => FsmReaction.TakeSecond,
        FsmEvent.TcpConnectionFails => FsmReaction.BackToActive,
        FsmEvent.Open => FsmReaction.Confirm,
        FsmEvent.HeaderError or FsmEvent.OpenError => FsmReaction.FailWithError,
        FsmEvent.CollisionDump => FsmReaction.FailCollision,
        FsmEvent.NotificationVersionError => FsmReaction.Release,
        FsmEvent.Notification => FsmReaction.Fail,
        FsmEvent.ConnectRetryTimerExpires or FsmEvent.KeepaliveTimerExpires or FsmEvent.DelayOpenTimerExpires
            or FsmEvent.IdleHoldTimerExpires or FsmEvent.OpenWithDelayTimerRunning or FsmEvent.Keepalive or FsmEvent.Update
            or FsmEvent.UpdateError or FsmEvent.RouteRefresh => FsmReaction.FailUnexpected,
        FsmEvent.ManualStart or FsmEvent.AutomaticStart or FsmEvent.ManualStartPassive or FsmEvent.AutomaticStartPassive
            or FsmEvent.AutomaticStartDamped or FsmEvent.AutomaticStartDampedPassive or FsmEvent.TcpConnectionValid
            or FsmEvent.TcpConnectionInvalid or FsmEvent.SendHoldTimerExpires => FsmReaction.Ignore,
        _ => throw new UnreachableException(),
    };

    private static FsmReaction InOpenConfirm(FsmEvent input) => input switch
    {
        FsmEvent.ManualStop => FsmReaction.StopWithCease,
        FsmEvent.AutomaticStop => FsmReaction.FailWithCease,
        FsmEvent.HoldTimerExpires => FsmReaction.FailHoldTimer,
        FsmEvent.KeepaliveTimerExpires => FsmReaction.SendKeepalive,
        FsmEvent.TcpConnectionAcked or FsmEvent.TcpConnectionConfirmed => FsmReaction.TakeSecond,
        FsmEvent.HeaderError or FsmEvent.OpenError => FsmReaction.FailWithError,
        FsmEvent.CollisionDump => FsmReaction.FailCollision,
        FsmEvent.NotificationVersionError => FsmReaction.Release,
        FsmEvent.TcpConnectionFails or FsmEvent.Notification => FsmReaction.Fail,
        FsmEvent.Keepalive => FsmReaction.Establish,
        FsmEvent.ConnectRetryTimerExpires or FsmEvent.DelayOpenTimerExpires or FsmEvent.IdleHoldTimerExpires or FsmEvent.Open
            or FsmEvent.OpenWithDelayTimerRunning or FsmEvent.Update or FsmEvent.UpdateError or FsmEvent.RouteRefresh
            => FsmReaction.FailUnexpected,
        FsmEvent.ManualStart or FsmEvent.AutomaticStart or FsmEvent.ManualStartPassive or FsmEvent.AutomaticStartPassive
            or FsmEvent.AutomaticStartDamped or FsmEvent.AutomaticStartDampedPassive or FsmEvent.TcpConnectionValid
            or FsmEvent.TcpConnectionInvalid or FsmEvent.SendHoldTimerExpires => FsmReaction.Ignore,
        _ => throw new UnreachableException(),
    };

    private static FsmReaction InEstablished(FsmEvent input) => input switch
    {
        FsmEvent.ManualStop => FsmReaction.StopWithCease,
        FsmEvent.AutomaticStop => FsmReaction.FailWithCease,
        FsmEvent.HoldTimerExpires => FsmReaction.FailHoldTimer,
        FsmEvent.KeepaliveTimerExpires => FsmReaction.SendKeepalive,
        FsmEvent.TcpConnectionAcked or FsmEvent.TcpConnectionConfirmed => FsmReaction.TakeSecond,
        FsmEvent.HeaderError or FsmEvent.UpdateError => FsmReaction.FailWithError,
        FsmEvent.CollisionDump => FsmReaction.FailCollision,
        FsmEvent.TcpConnectionFails or FsmEvent.NotificationVersionError or FsmEvent.Notification => FsmReaction.Fail,
        FsmEvent.Keepalive => FsmReaction.RestartHoldTimer,
        FsmEvent.Update or FsmEvent.RouteRefresh => FsmReaction.Process,
        FsmEvent.SendHoldTimerExpires => FsmReaction.FailSendHoldTimer,
        FsmEvent.ConnectRetryTimerExpires or FsmEvent.DelayOpenTimerExpires or FsmEvent.IdleHoldTimerExpires or FsmEvent.Open
            or FsmEvent.OpenWithDelayTimerRunning or FsmEvent.OpenError => FsmReaction.FailUnexpected,
        FsmEvent.ManualStart or FsmEvent.AutomaticStart or FsmEvent.ManualStartPassive or FsmEvent.AutomaticStartPassive
            or FsmEvent.AutomaticStartDamped or FsmEvent.AutomaticStartDampedPassive or FsmEvent.TcpConnectionValid
            or FsmEvent.TcpConnectionInvalid => FsmReaction.Ignore,
        _ => throw new UnreachableException(),
    };
}
