// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Bfd;

/// <summary>
/// Something about a session that its user must know. When the user does not take notices, those of one session become one:
/// from the first state to the last, and a failure among them stays one.
/// </summary>
/// <param name="Path">The session.</param>
/// <param name="Transition">What changed; from and to are equal in a notice about a fault alone.</param>
/// <param name="IsFailure">The path failed, and what relies on it must act at once (RFC 5882 3.2).</param>
/// <param name="Fault">Why the session cannot send or receive at all, with the remedy; null: it can.</param>
/// <param name="At">When it happened.</param>
public readonly record struct BfdNotice(BfdPath Path, BfdTransition Transition, bool IsFailure, string? Fault, MonoTime At)
{
    internal BfdNotice After(in BfdNotice earlier) => this with
    {
        Transition = Transition with { From = earlier.Transition.From },
        IsFailure = IsFailure || earlier.IsFailure,
    };
}
