// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Rib;

/// <summary>Where one way of doing things gives way to another; tests set them low, so that small tables go all ways.</summary>
internal sealed record RibLimits
{
    /// <summary>Up to so many, what waits is sorted by attributes; beyond it the lists of the offers are walked, which are sorted already.</summary>
    public int MostPlanned { get; init; } = 1 << 13;

    /// <summary>How many blocks a peer may lag behind the others of its cohort.</summary>
    public int MostBlocks { get; init; } = 8;
}
