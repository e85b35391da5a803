// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Layer2;

/// <summary>The forms of an announcement nobody asked for.</summary>
public enum GratuitousForm : byte
{
    /// <summary>ARP request to broadcast, sender and target the address (RFC 5227 2.3).</summary>
    ArpRequest = 0,

    /// <summary>ARP reply to broadcast: some neighbours update their cache only from a reply (RFC 5227 3).</summary>
    ArpReply = 1,

    /// <summary>Neighbor Advertisement to all nodes, override set, solicited clear (RFC 4861 7.2.6).</summary>
    NeighborAdvertisement = 2,
}
