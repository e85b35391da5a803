// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Layer2;

/// <summary>Why a received frame got no answer; every value is a metric label.</summary>
public enum DropReason : byte
{
    /// <summary>It was answered.</summary>
    None = 0,

    /// <summary>It is shorter than an Ethernet header, or not Ethernet II.</summary>
    MalformedEthernet = 1,

    /// <summary>It belongs to a VLAN's own interface.</summary>
    VlanTagged = 2,

    /// <summary>It is of another protocol than the responder's.</summary>
    OtherProtocol = 3,

    /// <summary>Its Ethernet destination is neither this interface nor a group the question may go to.</summary>
    EthernetDestination = 4,

    /// <summary>This node sent it.</summary>
    OwnFrame = 5,

    /// <summary>It is an ARP packet that RFC 826 does not allow for IPv4 over Ethernet.</summary>
    MalformedArp = 6,

    /// <summary>It is an ARP reply: nobody asks.</summary>
    ArpReply = 7,

    /// <summary>It is an announcement of an address that is not ours.</summary>
    GratuitousArp = 8,

    /// <summary>It is a neighbour discovery packet that RFC 4861 has us discard.</summary>
    MalformedNd = 9,

    /// <summary>It is neighbour discovery behind an extension header (RFC 6980).</summary>
    NdExtensionHeader = 10,

    /// <summary>Its hop limit is not 255: it may come from another link.</summary>
    NdHopLimit = 11,

    /// <summary>Its checksum is wrong.</summary>
    NdChecksum = 12,

    /// <summary>It is a Neighbor Advertisement: nobody asks.</summary>
    NeighborAdvertisement = 13,

    /// <summary>The asker's hardware address cannot be answered: zero, broadcast or multicast.</summary>
    SenderHardwareAddress = 14,

    /// <summary>The address asked for is not announced by this node.</summary>
    NotAnnounced = 15,

    /// <summary>The address asked for is announced by this node, but not on this interface.</summary>
    OtherInterface = 16,

    /// <summary>Somebody else uses an address of ours.</summary>
    ForeignClaim = 17,

    /// <summary>The interface has no link-local address to answer from.</summary>
    NoLinkLocalAddress = 18,

    /// <summary>The answer does not fit the caller's buffer.</summary>
    ReplyBuffer = 19,
}
