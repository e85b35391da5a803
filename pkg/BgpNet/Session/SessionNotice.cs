// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Negotiation;

namespace LoadBalancer.BgpNet.Session;

/// <summary>One thing a session tells its driver; the fields that go with the kind are set.</summary>
public readonly record struct SessionNotice(SessionNoticeKind Kind)
{
    /// <summary>The state left, of StateChanged.</summary>
    public SessionState From { get; init; }

    /// <summary>The state reached, of StateChanged.</summary>
    public SessionState To { get; init; }

    /// <summary>Of Up, Down and ConnectionRefused.</summary>
    public ConnectionId Connection { get; init; }

    /// <summary>Of Up.</summary>
    public NegotiatedSession? Negotiated { get; init; }

    /// <summary>Of Down and AttemptEnded.</summary>
    public SessionEnd? End { get; init; }

    /// <summary>Of SendRoutes: the peer has asked for them again (RFC 2918), so they go between markers where these were agreed on (RFC 7313).</summary>
    public bool IsRefresh { get; init; }

    /// <summary>Of what is about one family.</summary>
    public AfiSafi Family { get; init; }

    /// <summary>Prefixes: those that are stale, were swept, or were counted.</summary>
    public int Prefixes { get; init; }

    /// <summary>Of FamilyDisabled and UpdateFaulty.</summary>
    public BgpFault Fault { get; init; }
}
