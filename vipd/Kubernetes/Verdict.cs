// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>What became of an object on this node, with a word for programs and a sentence for people.</summary>
/// <param name="IsAccepted">Whether nothing is wrong with it.</param>
/// <param name="Reason">The word.</param>
/// <param name="Message">The sentence.</param>
/// <param name="IsLocal">Whether it is so on this node and may be otherwise on others.</param>
internal readonly record struct Verdict(bool IsAccepted, string Reason, string Message, bool IsLocal = false)
{
    /// <summary>It is in force here.</summary>
    public static Verdict Accepted { get; } = new(true, "Accepted", "the addresses are held by one of the nodes");

    /// <summary>It is in order, and another matter for other nodes.</summary>
    public static Verdict NotHere { get; } = new(true, "NotOnThisNode", "this node is not among those that take part", IsLocal: true);

    /// <summary>Something about it must be mended.</summary>
    public static Verdict Refused(string reason, string message) => new(false, reason, message);

    /// <summary>Something about this node must be mended.</summary>
    public static Verdict RefusedHere(string reason, string message) => new(false, reason, message, IsLocal: true);
}
