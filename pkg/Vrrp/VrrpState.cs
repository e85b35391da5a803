// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>States of a virtual router (RFC 9568 6.4, which calls Master Active).</summary>
public enum VrrpState : byte
{
    /// <summary>Takes no part: not started, or held by something <see cref="VrrpHolds"/> names.</summary>
    Initialize = 0,

    /// <summary>Listens to the master, ready to take over.</summary>
    Backup = 1,

    /// <summary>Holds the addresses.</summary>
    Master = 2,
}
