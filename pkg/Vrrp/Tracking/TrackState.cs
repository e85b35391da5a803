// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp.Tracking;

/// <summary>What is known of something tracked.</summary>
public enum TrackState : byte
{
    /// <summary>No verdict yet: with weight 0 that counts as failed, with another as nothing.</summary>
    Unknown = 0,

    /// <summary>It is well.</summary>
    Up = 1,

    /// <summary>It has failed.</summary>
    Down = 2,
}
