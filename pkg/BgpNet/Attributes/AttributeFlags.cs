// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Attributes;

/// <summary>Attribute flags (RFC 4271 4.3); the lower four bits are sent as zero and not looked at.</summary>
[Flags]
public enum AttributeFlags : byte
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>The length has two octets.</summary>
    ExtendedLength = 0x10,

    /// <summary>Someone on the way did not know it.</summary>
    Partial = 0x20,

    /// <summary>To be passed on also by who does not know it.</summary>
    Transitive = 0x40,

    /// <summary>Not everyone has to know it.</summary>
    Optional = 0x80,
}
