// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Netlink;

/// <summary>Whom a macvlan device hears besides the wire (linux/if_link.h, MACVLAN_MODE_*).</summary>
public enum MacvlanMode : uint
{
    /// <summary>Nobody: what virtual MACs need, since no two devices of a host are to speak with each other.</summary>
    Private = 1,

    /// <summary>The other macvlan devices on the same lower interface.</summary>
    Bridge = 4,
}
