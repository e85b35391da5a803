// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.BgpNet.Capabilities;

namespace LoadBalancer.BgpNet.Negotiation;

/// <summary>
/// What a peer said it can do, copied out of its OPEN. A malformed capability is left out and named in
/// <see cref="Ignored"/>; of one that was repeated the last counts, and the families of all are joined (RFC 5492 4).
/// </summary>
public sealed partial record PeerCapabilities
{
    /// <summary>The families it exchanges; without a word of it IPv4 unicast alone (RFC 4760 8).</summary>
    public ImmutableArray<AfiSafi> Families { get; private init; } = [];

    /// <summary>Its AS number in four octets; null when it speaks two.</summary>
    public uint? FourOctetAs { get; private init; }

    /// <summary>It answers route refresh.</summary>
    public bool RouteRefresh { get; private init; }

    /// <summary>It answers route refresh between markers.</summary>
    public bool EnhancedRouteRefresh { get; private init; }

    /// <summary>It takes messages of up to 65,535 octets.</summary>
    public bool ExtendedMessages { get; private init; }

    /// <summary>What it does with several paths for a prefix.</summary>
    public ImmutableArray<AddPathEntry> AddPath { get; private init; } = [];

    /// <summary>Which next hops of another family it understands.</summary>
    public ImmutableArray<ExtendedNextHopEntry> ExtendedNextHops { get; private init; } = [];

    /// <summary>Its graceful restart; null when it has none.</summary>
    public GracefulRestartTerms? GracefulRestart { get; private init; }

    /// <summary>Its long-lived graceful restart.</summary>
    public ImmutableArray<LongLivedGracefulRestartEntry> LongLivedGracefulRestart { get; private init; } = [];

    /// <summary>Its role; null when it says none.</summary>
    public BgpRole? Role { get; private init; }

    /// <summary>It said two roles, which fits nobody (RFC 9234 4.2).</summary>
    public bool HasSeveralRoles { get; private init; }

    /// <summary>Its host name, fit to be logged.</summary>
    public string? HostName { get; private init; }

    /// <summary>Its software, fit to be logged.</summary>
    public string? SoftwareVersion { get; private init; }

    /// <summary>What is not known here.</summary>
    public ImmutableArray<UnknownCapability> Unknown { get; private init; } = [];

    /// <summary>What was malformed and has been left out.</summary>
    public ImmutableArray<CapabilityCode> Ignored { get; private init; } = [];
}
