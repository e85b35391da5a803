// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets;

/// <summary>EtherTypes that are told apart here (IEEE 802 numbers).</summary>
public enum EtherType : ushort
{
    /// <summary>IPv4.</summary>
    IPv4 = 0x0800,

    /// <summary>ARP.</summary>
    Arp = 0x0806,

    /// <summary>A VLAN tag (802.1Q).</summary>
    Vlan = 0x8100,

    /// <summary>IPv6.</summary>
    IPv6 = 0x86DD,

    /// <summary>A service VLAN tag (802.1ad).</summary>
    ServiceVlan = 0x88A8,
}
