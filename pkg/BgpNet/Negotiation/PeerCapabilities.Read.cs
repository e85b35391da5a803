// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Negotiation;

public sealed partial record PeerCapabilities
{
    /// <summary>Reads the capabilities of an OPEN. False only for a malformed AS number: without it nothing can be read after.</summary>
    public static bool TryRead(OpenMessage open, out PeerCapabilities capabilities, out DecodeError error)
    {
        capabilities = new();
        error = default;
        foreach (Capability capability in open.Capabilities)
        {
            if (capabilities.With(capability) is { } read)
            {
                capabilities = read;
            }
            else if (capability.Code == CapabilityCode.FourOctetAs)
            {
                error = new(BgpFault.FourOctetAsLength);
                return false;
            }
            else
            {
                capabilities = capabilities with { Ignored = capabilities.Ignored.Add(capability.Code) };
            }
        }

        capabilities = capabilities.Families.IsEmpty ? capabilities with { Families = [AfiSafi.IPv4Unicast] } : capabilities;
        return true;
    }

    // With one more capability; null when it is malformed.
    private PeerCapabilities? With(Capability capability)
    {
        ReadOnlySpan<byte> value = capability.Value;
        return capability.Code switch
        {
            CapabilityCode.Multiprotocol => MultiprotocolCapability.TryRead(value, out AfiSafi family)
                ? this with { Families = Families.Contains(family) ? Families : Families.Add(family) }
                : null,
            CapabilityCode.RouteRefresh => this with { RouteRefresh = true },
            // Said beside the other one; alone its requests would be of another type than ours.
            CapabilityCode.RouteRefreshOld => this,
            CapabilityCode.ExtendedNextHop => WithExtendedNextHops(value),
            CapabilityCode.ExtendedMessage => this with { ExtendedMessages = true },
            CapabilityCode.Role => RoleCapability.TryRead(value, out BgpRole role)
                ? this with { HasSeveralRoles = HasSeveralRoles || (Role is { } before && before != role), Role = role }
                : null,
            CapabilityCode.GracefulRestart => WithGracefulRestart(value),
            CapabilityCode.FourOctetAs => FourOctetAsCapability.TryRead(value, out uint asn) ? this with { FourOctetAs = asn } : null,
            CapabilityCode.AddPath => WithAddPath(value),
            CapabilityCode.EnhancedRouteRefresh => this with { EnhancedRouteRefresh = true },
            CapabilityCode.LongLivedGracefulRestart => WithLongLived(value),
            CapabilityCode.Fqdn => FqdnCapability.TryRead(value, out FqdnCapability names) ? this with { HostName = names.Host } : null,
            CapabilityCode.SoftwareVersion => SoftwareVersionCapability.TryRead(value, out string version)
                ? this with { SoftwareVersion = version }
                : null,
            _ => this with { Unknown = Unknown.Add(new(capability.Code, [.. value])) },
        };
    }

    private PeerCapabilities? WithExtendedNextHops(ReadOnlySpan<byte> value)
    {
        if (!ExtendedNextHopCapability.TryRead(value, out ExtendedNextHopCapability read))
        {
            return null;
        }

        ImmutableArray<ExtendedNextHopEntry>.Builder entries = ImmutableArray.CreateBuilder<ExtendedNextHopEntry>(read.Count);
        for (int i = 0; i < read.Count; i++)
        {
            entries.Add(read[i]);
        }

        return this with { ExtendedNextHops = entries.MoveToImmutable() };
    }

    private PeerCapabilities? WithGracefulRestart(ReadOnlySpan<byte> value)
    {
        if (!GracefulRestartCapability.TryRead(value, out GracefulRestartCapability read))
        {
            return null;
        }

        ImmutableArray<GracefulRestartEntry>.Builder entries = ImmutableArray.CreateBuilder<GracefulRestartEntry>(read.Count);
        for (int i = 0; i < read.Count; i++)
        {
            entries.Add(read[i]);
        }

        return this with
        {
            GracefulRestart = new()
            {
                Restarting = read.Restarting,
                NotificationPreserves = read.NotificationPreserves,
                RestartSeconds = read.RestartSeconds,
                Families = entries.MoveToImmutable(),
            },
        };
    }

    private PeerCapabilities? WithAddPath(ReadOnlySpan<byte> value)
    {
        if (!AddPathCapability.TryRead(value, out AddPathCapability read))
        {
            return null;
        }

        ImmutableArray<AddPathEntry>.Builder entries = ImmutableArray.CreateBuilder<AddPathEntry>(read.Count);
        for (int i = 0; i < read.Count; i++)
        {
            entries.Add(read[i]);
        }

        return this with { AddPath = entries.MoveToImmutable() };
    }

    private PeerCapabilities? WithLongLived(ReadOnlySpan<byte> value)
    {
        if (!LongLivedGracefulRestartCapability.TryRead(value, out LongLivedGracefulRestartCapability read))
        {
            return null;
        }

        ImmutableArray<LongLivedGracefulRestartEntry>.Builder entries = ImmutableArray.CreateBuilder<LongLivedGracefulRestartEntry>(read.Count);
        for (int i = 0; i < read.Count; i++)
        {
            entries.Add(read[i]);
        }

        return this with { LongLivedGracefulRestart = entries.MoveToImmutable() };
    }
}
