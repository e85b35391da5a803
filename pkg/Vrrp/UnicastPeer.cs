// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>A node that is spoken to by unicast.</summary>
/// <param name="Address">Its address.</param>
/// <param name="MinimumHopLimit">Lowest TTL or hop limit its messages may arrive with: 255 means that no router lies between.</param>
public readonly record struct UnicastPeer(IpAddr Address, byte MinimumHopLimit = VrrpWire.FullHopLimit);
