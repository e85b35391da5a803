// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>What tells virtual routers of a node apart: each interface and family has 255 numbers of its own (RFC 9568 5.2.3).</summary>
public readonly record struct VrrpKey(int InterfaceIndex, IpFamily Family, byte VirtualRouterId);
