// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets;

/// <summary>The flags of a Neighbor Advertisement (RFC 4861 4.4), as the bits of its first octet.</summary>
[Flags]
public enum NdFlags : byte
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>The receiver's cache entry is to be replaced.</summary>
    Override = 0x20,

    /// <summary>The advertisement answers a solicitation.</summary>
    Solicited = 0x40,

    /// <summary>The sender is a router.</summary>
    Router = 0x80,
}
