// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>Subcodes of a Cease (RFC 4486, RFC 8538, RFC 9384).</summary>
public enum CeaseSubcode : byte
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>Too many prefixes; data: AFI, SAFI and the limit.</summary>
    MaxPrefixes = 1,

    /// <summary>Shut down; data: a shutdown communication.</summary>
    AdministrativeShutdown = 2,

    /// <summary>The peer was removed from the configuration.</summary>
    PeerDeconfigured = 3,

    /// <summary>To be opened anew; data: a shutdown communication.</summary>
    AdministrativeReset = 4,

    /// <summary>Not wanted now.</summary>
    ConnectionRejected = 5,

    /// <summary>The configuration changed.</summary>
    OtherConfigurationChange = 6,

    /// <summary>The other connection of the two stays.</summary>
    CollisionResolution = 7,

    /// <summary>No memory, for one.</summary>
    OutOfResources = 8,

    /// <summary>Ends the session in spite of graceful restart; data: code, subcode and data of the reason.</summary>
    HardReset = 9,

    /// <summary>BFD says that the path is gone.</summary>
    BfdDown = 10,
}
