// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>What keeps an instance in Initialize; each comes and goes by itself.</summary>
[Flags]
public enum VrrpHolds
{
    /// <summary>Nothing: it runs.</summary>
    None = 0,

    /// <summary>It has not been started, or was stopped.</summary>
    NotStarted = 1,

    /// <summary>There is no address to send from: the link is down or the address is gone.</summary>
    NoSource = 2,

    /// <summary>Something tracked has failed.</summary>
    Fault = 4,

    /// <summary>Another member of its sync group has a fault.</summary>
    GroupFault = 8,

    /// <summary>An operator keeps the node out.</summary>
    Maintenance = 16,
}
