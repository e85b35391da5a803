// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Negotiation;

namespace LoadBalancer.BgpNet.Session;

/// <summary>How one peer is treated.</summary>
public sealed partial record SessionOptions
{
    /// <summary>The object that configures the peer, as its people call it; begins each sentence about the peer.</summary>
    public required string Name { get; init; }

    /// <summary>What we say of ourselves.</summary>
    public required SpeakerOpen Open { get; init; }

    /// <summary>What is demanded of the peer.</summary>
    public required PeerRules Rules { get; init; }

    /// <summary>The peer dials, we only wait.</summary>
    public bool Passive { get; init; }

    /// <summary>Between two attempts to connect, before jitter. RFC 4271 10 suggests 120 s, which is long for a node that starts.</summary>
    public TimeSpan ConnectRetryTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt may take; a wrong TCP password shows only by it.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait with our OPEN for the peer's; zero: not at all.</summary>
    public TimeSpan DelayOpenTime { get; init; }

    /// <summary>How long the peer may take to send its OPEN. RFC 4271 8.2.2 suggests 240 s, in which a silent router would hide.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The unit of the waiting after failures.</summary>
    public TimeSpan IdleHoldTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between KEEPALIVEs, before jitter, at most a third of the hold time; null: that third.</summary>
    public TimeSpan? KeepaliveTime { get; init; }

    /// <summary>
    /// How long the peer may take no octet (RFC 9687); null: twice the hold time, at least 30 s; zero: forever. RFC 9687
    /// suggests 8 minutes, in which a stuck router would attract traffic.
    /// </summary>
    public TimeSpan? SendHoldTime { get; init; }

    /// <summary>Between two announcements (RFC 4271 9.2.1.1), before jitter; zero: at once. Withdrawals never wait.</summary>
    public TimeSpan MinRouteAdvertisementInterval { get; init; }

    /// <summary>Connections are made and taken only while the path is known to be up, or its watching is switched off.</summary>
    public bool RequirePath { get; init; }

    /// <summary>The prefixes of each family that the peer may announce; 0: any number, of which <see cref="MostPrefixesCounted"/> are counted.</summary>
    public int MaxPrefixes { get; init; }

    /// <summary>The share of <see cref="MaxPrefixes"/> at which there is a warning, in percent; 0: none.</summary>
    public int PrefixWarningPercent { get; init; } = 75;

    /// <summary>
    /// The process restarted with forwarding kept: the first session says so (R, RFC 4724 3). Needs
    /// <see cref="SpeakerOpen.GracefulRestart"/>.
    /// </summary>
    public bool Restarted { get; init; }

    /// <summary>
    /// After a restart, how long to wait for the peer's routes before ours are sent (RFC 4724 4.1). Zero, as we choose
    /// nothing by the peer's routes, and a router may never send a marker for a family it does not have.
    /// </summary>
    public TimeSpan DeferralTime { get; init; }

    /// <summary>How long after a peer's restart its routes may take to come again.</summary>
    public TimeSpan StalePathTime { get; init; } = TimeSpan.FromSeconds(360);
}
