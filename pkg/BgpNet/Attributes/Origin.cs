// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Attributes;

/// <summary>Where a route came from (RFC 4271 4.3).</summary>
public enum Origin : byte
{
    /// <summary>From within the AS.</summary>
    Igp = 0,

    /// <summary>From the exterior gateway protocol of old.</summary>
    Egp = 1,

    /// <summary>From elsewhere.</summary>
    Incomplete = 2,
}
