// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>How a message is to be sent: IP protocol 112, hop limit 255, traffic class 0xC0.</summary>
/// <param name="Source">The address to send from.</param>
/// <param name="Destination">The group, or one unicast peer.</param>
public readonly record struct VrrpTransmission(IpAddr Source, IpAddr Destination);
