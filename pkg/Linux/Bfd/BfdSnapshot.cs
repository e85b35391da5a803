// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;
using LoadBalancer.Bfd;

namespace LoadBalancer.Linux.Bfd;

/// <summary>All sessions of a driver at one instant, and the packets that belonged to none.</summary>
public sealed record BfdSnapshot(ImmutableArray<BfdSessionView> Sessions, FrozenDictionary<BfdDiscard, long> Strays, ThreadPriorityGrant Priority);
