// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>Why a session last left Up, as the wire has it (RFC 5880 4.1, field Diag); 9 to 31 are reserved and are kept as received.</summary>
public enum BfdDiagnostic : byte
{
    /// <summary>No diagnostic.</summary>
    None = 0,

    /// <summary>Nothing was received for the detection time.</summary>
    DetectionTimeExpired = 1,

    /// <summary>The echo function failed.</summary>
    EchoFailed = 2,

    /// <summary>The neighbour said that its session is down.</summary>
    NeighborSignaledDown = 3,

    /// <summary>The forwarding plane was reset.</summary>
    ForwardingPlaneReset = 4,

    /// <summary>Something other than BFD reported the path down.</summary>
    PathDown = 5,

    /// <summary>A path joined to this one is down.</summary>
    ConcatenatedPathDown = 6,

    /// <summary>An operator took the session down.</summary>
    AdministrativelyDown = 7,

    /// <summary>A path joined to this one is down, in the other direction.</summary>
    ReverseConcatenatedPathDown = 8,
}
