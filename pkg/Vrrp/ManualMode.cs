// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>What an operator's wish has set aside of the priorities.</summary>
internal enum ManualMode : byte
{
    None,

    /// <summary>Master, until the chosen node advertises or time is up.</summary>
    Yielding,

    /// <summary>Not master, and content with any.</summary>
    Deferring,

    /// <summary>Master at priority 254.</summary>
    Claimed,
}
