// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets;

/// <summary>Why octets are no IPv6 packet.</summary>
public enum IPv6Error : byte
{
    /// <summary>The header was read.</summary>
    None = 0,

    /// <summary>Fewer than 40 octets.</summary>
    Truncated = 1,

    /// <summary>The version is not 6.</summary>
    Version = 2,

    /// <summary>The payload length exceeds the octets there are.</summary>
    PayloadLength = 3,

    /// <summary>An address is v4-mapped, which never appears on the wire (RFC 4291 2.5.5.2).</summary>
    MappedAddress = 4,
}
