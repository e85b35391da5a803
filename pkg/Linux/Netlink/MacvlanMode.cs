// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Netlink;

/// <summary>Whom a macvlan device hears besides the wire (linux/if_link.h, MACVLAN_MODE_*).</summary>
public enum MacvlanMode : uint
{
    /// <summary>
    /// Nobody; and what arrives from its own hardware address is dropped, such as the advertisements of another node that has the
    /// same virtual MAC.
    /// </summary>
    Private = 1,

    /// <summary>The other macvlan devices on the same lower interface; what virtual MACs are made with.</summary>
    Bridge = 4,
}
