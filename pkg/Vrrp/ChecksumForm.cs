// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>What a checksum was reckoned over.</summary>
public enum ChecksumForm : byte
{
    /// <summary>Message and pseudo-header: IPv6 always, version 3 over IPv4 as RFC 5798 is read by most (keepalived, FRR).</summary>
    PseudoHeader = 0,

    /// <summary>Message alone: version 2 always, version 3 over IPv4 as RFC 9568 5.2.8 says.</summary>
    MessageOnly = 1,
}
