// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Primitives;

namespace LoadBalancer.Routing;

/// <summary>How a prefix is announced from now on; to peers in no variant it is not. The sets of two variants share no peer.</summary>
public readonly record struct RouteChange(IpPrefix Prefix, ImmutableArray<RouteVariant> Variants);

/// <summary>What some peers are told of a prefix.</summary>
public readonly record struct RouteVariant(PeerSet Peers, RoutePolicy Policy);

/// <summary>Whether this node announces an address of a Service, and to whom.</summary>
/// <param name="Address">The address.</param>
/// <param name="Refusal">Why it is announced to nobody.</param>
/// <param name="Peers">To whom it is announced, as part of any prefix.</param>
/// <param name="Prefixes">The prefixes it is announced in.</param>
public readonly record struct AddressRoutes(IpAddr Address, RouteRefusal Refusal, PeerSet Peers, ImmutableArray<IpPrefix> Prefixes);
