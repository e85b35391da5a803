// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets;

/// <summary>Why a packet is no Neighbor Solicitation or Advertisement, or not a valid one (RFC 4861 7.1.1, 7.1.2).</summary>
public enum NdError : byte
{
    /// <summary>The message was read.</summary>
    None = 0,

    /// <summary>The IPv6 header or the message is shorter than its fixed part.</summary>
    Truncated = 1,

    /// <summary>The version is not 6.</summary>
    Version = 2,

    /// <summary>The payload length exceeds the octets there are.</summary>
    PayloadLength = 3,

    /// <summary>An address is v4-mapped.</summary>
    MappedAddress = 4,

    /// <summary>An extension header stands before the message (RFC 6980 5; no other is of use in ND).</summary>
    ExtensionHeader = 5,

    /// <summary>The packet is not ICMPv6.</summary>
    NotIcmpv6 = 6,

    /// <summary>The ICMPv6 type is not one of the two.</summary>
    NotNeighborDiscovery = 7,

    /// <summary>The hop limit is not 255: the packet may have crossed a router.</summary>
    HopLimit = 8,

    /// <summary>The checksum is wrong.</summary>
    Checksum = 9,

    /// <summary>The code is not zero.</summary>
    Code = 10,

    /// <summary>The target is a multicast address.</summary>
    TargetMulticast = 11,

    /// <summary>The source is a multicast address.</summary>
    SourceMulticast = 12,

    /// <summary>An option has length zero or ends outside the message.</summary>
    OptionLength = 13,

    /// <summary>A link-layer address option does not hold six octets.</summary>
    LinkLayerLength = 14,

    /// <summary>A solicitation from :: goes elsewhere than to a solicited-node group, or carries a link-layer address.</summary>
    UnspecifiedSource = 15,

    /// <summary>An advertisement with the Solicited flag goes to a group.</summary>
    SolicitedToGroup = 16,
}
