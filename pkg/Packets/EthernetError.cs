// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets;

/// <summary>Why octets are no frame to be read further.</summary>
public enum EthernetError : byte
{
    /// <summary>The frame was read.</summary>
    None = 0,

    /// <summary>Fewer than 14 octets.</summary>
    Truncated = 1,

    /// <summary>A VLAN tag: the frame belongs to the VLAN's own interface, which receives it without the tag.</summary>
    VlanTagged = 2,

    /// <summary>The type field is an 802.3 length (below 0x0600).</summary>
    NotEthernet2 = 3,
}
