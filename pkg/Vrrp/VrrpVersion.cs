// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>Versions of the protocol; the numbers are those on the wire.</summary>
public enum VrrpVersion : byte
{
    /// <summary>RFC 2338 and 3768: IPv4, whole seconds.</summary>
    V2 = 2,

    /// <summary>RFC 5798 and 9568: IPv4 and IPv6, centiseconds.</summary>
    V3 = 3,
}
