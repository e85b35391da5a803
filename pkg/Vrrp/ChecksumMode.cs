// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>Which form version 3 over IPv4 is sent in; no matter elsewhere. Both are always accepted.</summary>
public enum ChecksumMode : byte
{
    /// <summary>With a pseudo-header.</summary>
    PseudoHeader = 0,

    /// <summary>The message alone.</summary>
    MessageOnly = 1,

    /// <summary>As the last advertisement that was taken; with a pseudo-header before there was one.</summary>
    Auto = 2,
}
