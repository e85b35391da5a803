// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Layer2;

/// <summary>What is to be done about a foreign claim.</summary>
public enum ClaimVerdict : byte
{
    /// <summary>Nothing: the address is not announced here any more.</summary>
    NotOurs = 0,

    /// <summary>A peer speaker made it; placement, the same on both sides, decides who goes on.</summary>
    Peer = 1,

    /// <summary>A stranger made it: report it and send one announcement.</summary>
    Defend = 2,

    /// <summary>A stranger made it, and the address was defended within the interval: count it, send nothing.</summary>
    Paced = 3,
}
