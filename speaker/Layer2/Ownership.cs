// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using LoadBalancer.Placement;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Layer2;

/// <summary>What the plane tells the rest of the speaker: immutable, posted after every change.</summary>
internal sealed record Ownership
{
    public static Ownership Nothing { get; } = new();

    /// <summary>The addresses this node answers for, with the interfaces it does so on.</summary>
    public FrozenDictionary<IpAddr, IReadOnlyList<string>> Announced { get; init; } = FrozenDictionary<IpAddr, IReadOnlyList<string>>.Empty;

    /// <summary>Who holds an address as far as this node knows, itself included.</summary>
    public FrozenDictionary<IpAddr, string> Holders { get; init; } = FrozenDictionary<IpAddr, string>.Empty;

    /// <summary>Each announcing interface with the nodes heard on it.</summary>
    public IReadOnlyList<SegmentView> Segments { get; init; } = [];

    /// <summary>What has changed since the last time.</summary>
    public IReadOnlyList<ElectionChange> Changes { get; init; } = [];

    /// <summary>Addresses announced here that a stranger answers for as well.</summary>
    public IReadOnlyList<AddressConflict> Conflicts { get; init; } = [];

    /// <summary>Those of the conflicts that began since the last time.</summary>
    public IReadOnlyList<AddressConflict> NewConflicts { get; init; } = [];

    /// <summary>Addresses announced here since before every peer on their segment fell silent: another may hold them now.</summary>
    public IReadOnlySet<IpAddr> Doubtful { get; init; } = FrozenSet<IpAddr>.Empty;

    /// <summary>Nodes that fell silent and did not come back, and of which it is for this node to say so.</summary>
    public IReadOnlySet<string> Lost { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Whether everything has been handed over after a request to leave.</summary>
    public bool HasLeft { get; init; }

    /// <summary>This one after another that nobody has taken: nothing that happened is left out.</summary>
    public Ownership After(Ownership untaken) =>
        this with { Changes = [.. untaken.Changes, .. Changes], NewConflicts = [.. untaken.NewConflicts, .. NewConflicts] };
}

/// <summary>One announcing interface.</summary>
internal sealed record SegmentView(string Interface, string Mac, bool Ready, IReadOnlyList<string> Members);
