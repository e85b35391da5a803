// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Netlink;

/// <summary>How the kernel is to treat an address (linux/if_addr.h, IFA_F_*).</summary>
[Flags]
public enum AddressOptions : uint
{
    /// <summary>As any other.</summary>
    None = 0,

    /// <summary>IPv6: usable at once, without asking whether another host has it (RFC 4862 5.4).</summary>
    NoDuplicateDetection = 0x02,

    /// <summary>IPv6: a home address of Mobile IPv6 (RFC 6275).</summary>
    Home = 0x10,

    /// <summary>The kernel adds no route for the prefix.</summary>
    NoPrefixRoute = 0x200,

    /// <summary>A multicast address is also joined on the link.</summary>
    AutoJoin = 0x400,
}
