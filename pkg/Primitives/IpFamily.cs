// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Primitives;

/// <summary>The two address families; stands in for the sockets namespace's own in code that owns no socket.</summary>
public enum IpFamily : byte
{
    /// <summary>IPv4, RFC 791.</summary>
    IPv4 = 4,

    /// <summary>IPv6, RFC 8200.</summary>
    IPv6 = 6,
}
