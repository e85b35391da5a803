// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet;

/// <summary>Subsequent address family identifiers (RFC 4760 6); a peer may send others.</summary>
public enum Safi : byte
{
    /// <summary>Unicast forwarding.</summary>
    Unicast = 1,

    /// <summary>Multicast reverse-path checks.</summary>
    Multicast = 2,
}
