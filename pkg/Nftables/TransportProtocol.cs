// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Nftables;

/// <summary>What carries a service; numbers are those of IP.</summary>
public enum TransportProtocol : byte
{
    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,

    /// <summary>SCTP.</summary>
    Sctp = 132,
}
