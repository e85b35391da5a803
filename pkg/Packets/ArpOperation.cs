// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets;

/// <summary>ARP operations (RFC 826).</summary>
public enum ArpOperation : ushort
{
    /// <summary>Who has the target address?</summary>
    Request = 1,

    /// <summary>The sender has the sender address.</summary>
    Reply = 2,
}
