// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;
using LoadBalancer.Bfd;

namespace LoadBalancer.Linux.Bfd;

/// <summary>A driver at one instant.</summary>
/// <param name="Sessions">Its sessions, in no order.</param>
/// <param name="Strays">Packets that belonged to none, by reason.</param>
/// <param name="Priority">How the kernel schedules its thread.</param>
/// <param name="Latest">How late its latest deadline was since it started: more than an interval is seen by peers.</param>
public sealed record BfdSnapshot(
    ImmutableArray<BfdSessionView> Sessions, FrozenDictionary<BfdDiscard, long> Strays, ThreadPriorityGrant Priority, TimeSpan Latest);
