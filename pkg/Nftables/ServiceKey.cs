// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Nftables;

/// <summary>What clients connect to.</summary>
/// <param name="Vip">The address.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Port">The port; 0 for every port that has no service of its own.</param>
public readonly record struct ServiceKey(IpAddr Vip, TransportProtocol Protocol, ushort Port);
