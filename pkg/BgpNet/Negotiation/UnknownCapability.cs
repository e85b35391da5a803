// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.BgpNet.Capabilities;

namespace LoadBalancer.BgpNet.Negotiation;

/// <summary>A capability that is not known here, kept for people to see.</summary>
public readonly record struct UnknownCapability(CapabilityCode Code, ImmutableArray<byte> Value);
