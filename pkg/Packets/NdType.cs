// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets;

/// <summary>The ICMPv6 types of neighbour discovery that are read here (RFC 4861 4.3, 4.4).</summary>
public enum NdType : byte
{
    /// <summary>Neighbor Solicitation.</summary>
    NeighborSolicitation = 135,

    /// <summary>Neighbor Advertisement.</summary>
    NeighborAdvertisement = 136,
}
