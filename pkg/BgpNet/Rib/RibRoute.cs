// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>A line of a table: a route, what a peer is offered of it, and how it stands with that peer.</summary>
public readonly record struct RibRoute(PathPrefix Route, RouteAttributes? Attributes, RouteState State);
