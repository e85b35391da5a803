// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using LoadBalancer.Placement;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Layer2;

/// <summary>What the plane tells the rest of the speaker: immutable, posted after every change.</summary>
/// <param name="Announced">The addresses this node answers for, with the interfaces it does so on.</param>
/// <param name="Holders">Who holds an address as far as this node knows, itself included.</param>
/// <param name="Segments">Each announcing interface with the nodes heard on it.</param>
/// <param name="Changes">What has changed since the last time.</param>
/// <param name="HasLeft">Whether everything has been handed over after a request to leave.</param>
internal sealed record Ownership(
    FrozenDictionary<IpAddr, IReadOnlyList<string>> Announced,
    FrozenDictionary<IpAddr, string> Holders,
    IReadOnlyList<SegmentView> Segments,
    IReadOnlyList<ElectionChange> Changes,
    bool HasLeft)
{
    public static Ownership Nothing { get; } = new(
        FrozenDictionary<IpAddr, IReadOnlyList<string>>.Empty, FrozenDictionary<IpAddr, string>.Empty, [], [], false);
}

/// <summary>One announcing interface.</summary>
internal sealed record SegmentView(string Interface, string Mac, bool Ready, IReadOnlyList<string> Members);
