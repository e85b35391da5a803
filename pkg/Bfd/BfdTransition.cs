// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>A session's change of state and its cause.</summary>
public readonly record struct BfdTransition(BfdState From, BfdState To, BfdCause Cause)
{
    /// <summary>
    /// Whether what relies on the path must act at once: the session was Up and the path, not an operator, ended it
    /// (RFC 5882 3.2, 4.3).
    /// </summary>
    public bool IsFailure => From == BfdState.Up && To != BfdState.Up && Cause is not (BfdCause.PeerAdminDown or BfdCause.Disabled);
}
