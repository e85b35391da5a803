// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>What an event brings about in a state. "Fails": the connection closes, is counted, and the next attempt waits.</summary>
internal enum FsmReaction : byte
{
    Ignore,

    /// <summary>Dial, or wait for the peer when passive.</summary>
    Start,

    /// <summary>The same when the idle hold time is over.</summary>
    StartAfterIdleHold,

    /// <summary>Close the connection that came.</summary>
    Refuse,

    /// <summary>Take the connection: OPEN now, or when the delay is over.</summary>
    Take,

    /// <summary>Take a connection beside another; RFC 4271 6.8 will decide between them.</summary>
    TakeSecond,

    /// <summary>Give up the attempt, if there is one, and dial.</summary>
    Dial,

    SendOpen,

    /// <summary>Accept the peer's OPEN: OPEN if it is not out yet, KEEPALIVE, negotiated timers.</summary>
    Confirm,

    Establish,
    RestartHoldTimer,
    SendKeepalive,

    /// <summary>Use what the message says.</summary>
    Process,

    /// <summary>Close and wait for the peer, or for the connect retry time.</summary>
    BackToActive,

    /// <summary>Close without counting; stay stopped.</summary>
    Stop,

    /// <summary>The same with a Cease.</summary>
    StopWithCease,

    /// <summary>Close without counting (the peer speaks another version).</summary>
    Release,

    Fail,
    FailWithCease,

    /// <summary>With the NOTIFICATION that the broken rule stands for.</summary>
    FailWithError,

    /// <summary>With NOTIFICATION 5 and the state's subcode.</summary>
    FailUnexpected,

    /// <summary>With NOTIFICATION 4.</summary>
    FailHoldTimer,

    /// <summary>With NOTIFICATION 6/7.</summary>
    FailCollision,

    /// <summary>With NOTIFICATION 8 as far as it can be sent.</summary>
    FailSendHoldTimer,
}
