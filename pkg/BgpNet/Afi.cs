// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet;

/// <summary>Address family identifiers (IANA "Address Family Numbers"); a peer may send others.</summary>
public enum Afi : ushort
{
    /// <summary>IPv4.</summary>
    IPv4 = 1,

    /// <summary>IPv6.</summary>
    IPv6 = 2,
}
