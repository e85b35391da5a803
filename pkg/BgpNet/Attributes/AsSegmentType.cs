// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Attributes;

/// <summary>Kinds of AS_PATH segments (RFC 4271 4.3, RFC 5065 3).</summary>
public enum AsSegmentType : byte
{
    /// <summary>ASes in no order.</summary>
    Set = 1,

    /// <summary>ASes in order.</summary>
    Sequence = 2,

    /// <summary>Members of a confederation in order.</summary>
    ConfederationSequence = 3,

    /// <summary>Members of a confederation in no order.</summary>
    ConfederationSet = 4,
}
