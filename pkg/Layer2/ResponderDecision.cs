// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>
/// What a responder makes of a frame: an answer of <see cref="ReplyLength"/> octets in the caller's buffer, or the reason
/// for none, which may be that the frame claims an address of ours.
/// </summary>
public readonly record struct ResponderDecision
{
    /// <summary>Octets of the answer; 0 for none.</summary>
    public int ReplyLength { get; private init; }

    /// <summary>Why there is no answer.</summary>
    public DropReason Reason { get; private init; }

    /// <summary>The address the frame asked for; :: when it was not read so far.</summary>
    public IpAddr Target { get; private init; }

    /// <summary>A foreign claim the frame makes.</summary>
    public ForeignClaim? Claim { get; private init; }

    /// <summary>Whether there is an answer to send.</summary>
    public bool IsReply => ReplyLength > 0;

    internal static ResponderDecision Reply(IpAddr target, int length) => new() { Target = target, ReplyLength = length };

    internal static ResponderDecision Drop(DropReason reason) => new() { Reason = reason };

    internal static ResponderDecision Drop(DropReason reason, IpAddr target) => new() { Reason = reason, Target = target };

    internal static ResponderDecision Claimed(ForeignClaim claim) =>
        new() { Reason = DropReason.ForeignClaim, Target = claim.Address, Claim = claim };
}
