// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Negotiation;

/// <summary>What we say of ourselves in an OPEN; four-octet AS numbers are always spoken.</summary>
public sealed record SpeakerOpen
{
    /// <summary>Our AS on this session.</summary>
    public required uint Asn { get; init; }

    /// <summary>Our BGP identifier, not zero.</summary>
    public required uint Identifier { get; init; }

    /// <summary>The hold time we propose, in seconds: 0, or 3 and more.</summary>
    public ushort HoldSeconds { get; init; } = 90;

    /// <summary>The families we exchange; said also when it is IPv4 alone, as old peers refuse an OPEN without any.</summary>
    public ImmutableArray<AfiSafi> Families { get; init; } = [AfiSafi.IPv4Unicast];

    /// <summary>Whether we answer route refresh, also in its enhanced form.</summary>
    public bool RouteRefresh { get; init; } = true;

    /// <summary>Whether we take messages of up to 65,535 octets.</summary>
    public bool ExtendedMessages { get; init; } = true;

    /// <summary>What we do with several paths for a prefix.</summary>
    public ImmutableArray<AddPathEntry> AddPath { get; init; } = [];

    /// <summary>Which next hops of another family we understand.</summary>
    public ImmutableArray<ExtendedNextHopEntry> ExtendedNextHops { get; init; } = [];

    /// <summary>Our graceful restart, when we have one.</summary>
    public GracefulRestartTerms? GracefulRestart { get; init; }

    /// <summary>Our long-lived graceful restart; sent only beside the other.</summary>
    public ImmutableArray<LongLivedGracefulRestartEntry> LongLivedGracefulRestart { get; init; } = [];

    /// <summary>Our role, when we say one.</summary>
    public BgpRole? Role { get; init; }

    /// <summary>Our host name, when we say it.</summary>
    public string? HostName { get; init; }

    /// <summary>Writes the OPEN; false when it does not fit, or a field holds what the wire cannot.</summary>
    public bool TryWrite(Span<byte> destination, out int length)
    {
        length = 0;
        SpanWriter writer = new(stackalloc byte[512]);
        foreach (AfiSafi family in Families)
        {
            if (!MultiprotocolCapability.TryWrite(ref writer, family))
            {
                return false;
            }
        }

        GracefulRestartTerms? restart = GracefulRestart;
        bool fits = (!RouteRefresh || (Capability.TryWrite(ref writer, CapabilityCode.RouteRefresh)
                && Capability.TryWrite(ref writer, CapabilityCode.EnhancedRouteRefresh)))
            && (ExtendedNextHops.IsEmpty || ExtendedNextHopCapability.TryWrite(ref writer, ExtendedNextHops.AsSpan()))
            && (!ExtendedMessages || Capability.TryWrite(ref writer, CapabilityCode.ExtendedMessage))
            && (Role is not { } role || RoleCapability.TryWrite(ref writer, role))
            && (restart is null || GracefulRestartCapability.TryWrite(
                ref writer, restart.Restarting, restart.NotificationPreserves, restart.RestartSeconds, restart.Families.AsSpan()))
            && FourOctetAsCapability.TryWrite(ref writer, Asn)
            && (AddPath.IsEmpty || AddPathCapability.TryWrite(ref writer, AddPath.AsSpan()))
            && (restart is null || LongLivedGracefulRestart.IsEmpty
                || LongLivedGracefulRestartCapability.TryWrite(ref writer, LongLivedGracefulRestart.AsSpan()))
            && (HostName is null || FqdnCapability.TryWrite(ref writer, Encoding.UTF8.GetBytes(HostName), []));
        return fits && OpenMessage.TryWrite(destination, Asn, HoldSeconds, Identifier, writer.Written, out length);
    }
}
