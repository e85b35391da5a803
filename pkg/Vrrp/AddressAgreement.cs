// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>How an advertised list of addresses compares with ours; order does not matter.</summary>
public enum AddressAgreement : byte
{
    /// <summary>The same addresses.</summary>
    Same = 0,

    /// <summary>Some in common.</summary>
    Overlap = 1,

    /// <summary>None in common.</summary>
    Disjoint = 2,
}
