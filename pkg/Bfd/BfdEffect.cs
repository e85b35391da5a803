// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd;

/// <summary>One thing a session asks of its driver; the field that goes with the kind is set, the others are not.</summary>
public readonly record struct BfdEffect(BfdEffectKind Kind)
{
    /// <summary>Of <see cref="BfdEffectKind.StateChanged"/>.</summary>
    public BfdTransition Transition { get; init; }

    /// <summary>Of <see cref="BfdEffectKind.ArmTimer"/>.</summary>
    public MonoTime Deadline { get; init; }

    /// <summary>Of <see cref="BfdEffectKind.Discarded"/>.</summary>
    public BfdDiscard Discard { get; init; }
}
