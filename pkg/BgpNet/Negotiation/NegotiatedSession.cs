// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Negotiation;

/// <summary>What two OPENs agree on.</summary>
public sealed record NegotiatedSession
{
    /// <summary>The peer's AS.</summary>
    public required uint PeerAs { get; init; }

    /// <summary>The peer's BGP identifier.</summary>
    public required uint PeerIdentifier { get; init; }

    /// <summary>What the peer said it can do.</summary>
    public required PeerCapabilities Peer { get; init; }

    /// <summary>The shorter of the two hold times, in seconds; 0 means that neither timer runs.</summary>
    public required ushort HoldSeconds { get; init; }

    /// <summary>A third of the hold time (RFC 4271 4.4), in seconds; 0 when no timer runs.</summary>
    public int KeepaliveSeconds => HoldSeconds / 3;

    /// <summary>The families that both exchange, in our order.</summary>
    public required ImmutableArray<AfiSafi> Families { get; init; }

    /// <summary>Messages of up to 65,535 octets may be sent and come.</summary>
    public bool ExtendedMessages { get; init; }

    /// <summary>Route refresh may be asked for and answered.</summary>
    public bool RouteRefresh { get; init; }

    /// <summary>Route refresh is answered between markers.</summary>
    public bool EnhancedRouteRefresh { get; init; }

    /// <summary>The families for which we send path identifiers.</summary>
    public ImmutableArray<AfiSafi> AddPathSend { get; init; } = [];

    /// <summary>The peer's graceful restart; null unless both have one.</summary>
    public GracefulRestartTerms? GracefulRestart { get; init; }

    /// <summary>Both keep routes over a NOTIFICATION that is no hard reset (RFC 8538).</summary>
    public bool NotificationPreserves { get; init; }

    /// <summary>How the peer's UPDATEs are to be read.</summary>
    public required UpdateContext Receive { get; init; }

    /// <summary>The peer is of our AS.</summary>
    public bool Internal => Receive.Internal;

    /// <summary>How routes of a family are packed for the peer.</summary>
    public UpdateFormat Format(AfiSafi family) => new(ExtendedMessages, AddPathSend.Contains(family));
}
