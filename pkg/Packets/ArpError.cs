// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets;

/// <summary>Why octets are no ARP packet for IPv4 over Ethernet.</summary>
public enum ArpError : byte
{
    /// <summary>The packet was read.</summary>
    None = 0,

    /// <summary>Fewer than 28 octets.</summary>
    Truncated = 1,

    /// <summary>The hardware is not Ethernet.</summary>
    HardwareType = 2,

    /// <summary>The protocol is not IPv4.</summary>
    ProtocolType = 3,

    /// <summary>A hardware address is not 6 octets.</summary>
    HardwareLength = 4,

    /// <summary>A protocol address is not 4 octets.</summary>
    ProtocolLength = 5,

    /// <summary>Neither request nor reply.</summary>
    Operation = 6,
}
