// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Netlink;

/// <summary>IPv4 settings of an interface (net.ipv4.conf.*; numbers of linux/ip.h, IPV4_DEVCONF_*).</summary>
public enum InterfaceSetting
{
    /// <summary>forwarding: packets that come in here are sent on.</summary>
    Forwarding = 1,

    /// <summary>rp_filter: 0 takes any source, 1 only from where the answer would go, 2 from anywhere routed. The higher of this and of all counts.</summary>
    ReversePathFilter = 8,

    /// <summary>arp_filter: 1 answers only where the route back to the asker leaves by this interface.</summary>
    ArpFilter = 13,

    /// <summary>arp_announce: 2 asks with the best source only.</summary>
    ArpAnnounce = 18,

    /// <summary>arp_ignore: 1 answers only for addresses of this interface. The higher of this and of all counts.</summary>
    ArpIgnore = 19,

    /// <summary>promote_secondaries: 1 keeps the others of a network when its first address goes.</summary>
    PromoteSecondaries = 20,

    /// <summary>accept_local: 1 takes packets whose source is an address of this host.</summary>
    AcceptLocal = 23,
}
