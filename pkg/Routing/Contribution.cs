// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Routing;

/// <summary>One reason for a prefix to be announced: an advertisement, for an address of a Service.</summary>
internal readonly record struct Contribution(IpPrefix Prefix, LocalAdvertisement Advertisement, ImmutableArray<BgpCommunity> Extra, float? Bandwidth);

/// <summary>An advertisement that selects this node, with those of the node's peers it is for and what it alone makes of a route.</summary>
internal sealed record LocalAdvertisement(BgpAdvertisement Object, PeerSet Peers, RoutePolicy Policy);
