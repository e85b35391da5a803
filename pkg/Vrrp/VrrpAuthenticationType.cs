// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>Authentication types of version 2 that are spoken here (RFC 2338 5.3.6); the numbers are those on the wire.</summary>
public enum VrrpAuthenticationType : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Eight octets in the clear: keeps two setups on one segment apart, keeps nobody out.</summary>
    SimpleText = 1,
}
