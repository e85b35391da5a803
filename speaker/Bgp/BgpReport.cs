// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Bfd;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>All routers of this node, one entry for each BGPPeer, as they were at one instant.</summary>
internal sealed record BgpReport(ImmutableArray<NeighborReport> Neighbors, int RoutesIPv4, int RoutesIPv6, MonoTime At)
{
    /// <summary>Each session alone: of a prefix, those that there are.</summary>
    public IEnumerable<NeighborReport> Sessions => Neighbors.SelectMany(static n => n.Intent.Peer.Range is null ? [n] : n.Members);

    public static BgpReport Nothing { get; } = new([], 0, 0, default);
}

/// <summary>One router.</summary>
internal sealed record NeighborReport(
    PeerIntent Intent, IpAddr? Remote, SessionSnapshot? Session, int AdvertisedIPv4, int AdvertisedIPv6, long UpdatesSent, BfdState? Bfd, string? BfdFault)
{
    public string Name => Intent.Peer.Name;

    /// <summary>What it is called among all sessions.</summary>
    public string Label => PeerTerms.LabelOf(Intent.Peer, Remote);

    /// <summary>Of a prefix: who connected from it, by address.</summary>
    public ImmutableArray<NeighborReport> Members { get; init; } = [];

    /// <summary>A prefix as one: it has the session that is up longest, and what all of them sum up to.</summary>
    public static NeighborReport OfRange(PeerIntent intent, ImmutableArray<NeighborReport> members)
    {
        SessionSnapshot? longest = members.Select(static m => m.Session).Where(static s => s?.State == SessionState.Established).MinBy(static s => s!.Since);
        return new(intent, null, longest, members.Sum(static m => m.AdvertisedIPv4), members.Sum(static m => m.AdvertisedIPv6), members.Sum(static m => m.UpdatesSent), null, null)
        {
            Members = members,
        };
    }
}
