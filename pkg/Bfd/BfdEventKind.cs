// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>What a session can be told.</summary>
public enum BfdEventKind : byte
{
    /// <summary>A packet arrived.</summary>
    Received = 1,

    /// <summary>The time moved on.</summary>
    Timer = 2,

    /// <summary>Start, or start again.</summary>
    Enable = 3,

    /// <summary>Hold the session down, and say so.</summary>
    Disable = 4,

    /// <summary>Something other than BFD found the path down.</summary>
    PathDown = 5,

    /// <summary>The configuration changed.</summary>
    Configure = 6,
}
