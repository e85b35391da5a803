// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Bfd;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>All routers of this node as they were at one instant.</summary>
internal sealed record BgpReport(ImmutableArray<NeighborReport> Neighbors, int RoutesIPv4, int RoutesIPv6, MonoTime At)
{
    public static BgpReport Nothing { get; } = new([], 0, 0, default);
}

/// <summary>One router.</summary>
internal sealed record NeighborReport(
    PeerIntent Intent, IpAddr? Remote, SessionSnapshot? Session, int AdvertisedIPv4, int AdvertisedIPv6, long UpdatesSent, BfdState? Bfd, string? BfdFault)
{
    public string Name => Intent.Peer.Name;
}
