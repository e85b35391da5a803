// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>What a session tells its driver.</summary>
public enum SessionNoticeKind : byte
{
    /// <summary>The state changed.</summary>
    StateChanged = 1,

    /// <summary>Routes may be exchanged, on <see cref="SessionNotice.Connection"/> and as <see cref="SessionNotice.Negotiated"/> says.</summary>
    Up = 2,

    /// <summary>Routes are no longer exchanged; forget what was sent.</summary>
    Down = 3,

    /// <summary>Write all routes of the family, End-of-RIB or the markers of a refresh with them, then step with RoutesWritten.</summary>
    SendRoutes = 4,

    /// <summary>The peer has sent all routes of the family once (RFC 4724 2).</summary>
    EndOfRib = 5,

    /// <summary>The peer is restarting; its routes of the family count on for a while.</summary>
    RoutesStale = 6,

    /// <summary>Routes of the family that did not come again are dropped.</summary>
    StaleSwept = 7,

    /// <summary>The prefixes of the family passed the warning threshold.</summary>
    PrefixWarning = 8,

    /// <summary>The family had an error and is not listened to any more (RFC 7606 2); <see cref="SessionNotice.Fault"/> has it.</summary>
    FamilyDisabled = 9,

    /// <summary>An UPDATE had an error that cost less than the session; <see cref="SessionNotice.Fault"/> has it.</summary>
    UpdateFaulty = 10,

    /// <summary>A connection or an attempt ended; <see cref="SessionNotice.End"/> says how.</summary>
    AttemptEnded = 11,

    /// <summary>A connection that came was closed unread: stopped, waiting, or two are there already.</summary>
    ConnectionRefused = 12,
}
