// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets;

/// <summary>Where the fields stand that a socket filter looks at, in octets from the start of an untagged Ethernet frame.</summary>
public static class FrameOffsets
{
    /// <summary>Destination hardware address, 6 octets.</summary>
    public const int Destination = 0;

    /// <summary>Source hardware address, 6 octets.</summary>
    public const int Source = 6;

    /// <summary>EtherType, 2 octets.</summary>
    public const int EtherType = 12;

    /// <summary>ARP operation, 2 octets.</summary>
    public const int ArpOperation = EthernetHeader.Length + 6;

    /// <summary>ARP sender protocol address, 4 octets.</summary>
    public const int ArpSender = EthernetHeader.Length + 14;

    /// <summary>ARP target protocol address, 4 octets.</summary>
    public const int ArpTarget = EthernetHeader.Length + 24;

    /// <summary>IPv6 next header, 1 octet.</summary>
    public const int IPv6NextHeader = EthernetHeader.Length + 6;

    /// <summary>IPv6 hop limit, 1 octet.</summary>
    public const int IPv6HopLimit = EthernetHeader.Length + 7;

    /// <summary>ICMPv6 type without extension headers, 1 octet.</summary>
    public const int Icmpv6Type = EthernetHeader.Length + IPv6Header.Length;

    /// <summary>Target of a Neighbor Solicitation or Advertisement without extension headers, 16 octets.</summary>
    public const int NdTarget = Icmpv6Type + 8;
}
