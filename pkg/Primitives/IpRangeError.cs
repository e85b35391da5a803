// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Primitives;

/// <summary>Why the text of an address range was refused.</summary>
public enum IpRangeError
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The text holds neither a slash nor a dash, nor is it an address.</summary>
    NeitherPrefixNorRange,

    /// <summary>The text is a lone address: a /32 or /128 has to be written out.</summary>
    SingleAddress,

    /// <summary>An end of the range, or the prefix's address, is no address.</summary>
    BadAddress,

    /// <summary>The prefix length is no number from 0 to 32 (IPv4) or 128 (IPv6).</summary>
    BadPrefixLength,

    /// <summary>One end is IPv4 and the other IPv6.</summary>
    MixedFamilies,

    /// <summary>The first address lies above the last.</summary>
    Reversed,
}
