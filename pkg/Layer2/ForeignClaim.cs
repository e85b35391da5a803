// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>A hardware address that is not ours was seen to speak for an address this node announces.</summary>
public readonly record struct ForeignClaim(IpAddr Address, MacAddr Claimant, int InterfaceIndex);
