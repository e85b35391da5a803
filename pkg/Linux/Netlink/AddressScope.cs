// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Netlink;

/// <summary>How far an address means the same (rtnetlink(7), rtm_scope); values between are free for administrators.</summary>
public enum AddressScope : byte
{
    /// <summary>Everywhere.</summary>
    Universe = 0,

    /// <summary>Inside the site (IPv6, deprecated).</summary>
    Site = 200,

    /// <summary>On the link.</summary>
    Link = 253,

    /// <summary>Inside the host.</summary>
    Host = 254,

    /// <summary>Nowhere.</summary>
    Nowhere = 255,
}
