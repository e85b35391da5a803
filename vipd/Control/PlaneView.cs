// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Control;

/// <summary>What the protocol thread showed of itself.</summary>
internal sealed record PlaneView
{
    public required bool Maintenance { get; init; }

    public required IReadOnlyList<InstanceRow> Instances { get; init; }

    public required IReadOnlyList<GroupRow> Groups { get; init; }

    public required IReadOnlyList<TrackedRow> Tracked { get; init; }

    /// <summary>Messages that were not acted on, by reason, over all instances.</summary>
    public required IReadOnlyDictionary<string, long> Discards { get; init; }
}
