// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Netlink;

/// <summary>How a change of the kernel's tables went.</summary>
public enum ChangeStatus : byte
{
    /// <summary>The kernel made it.</summary>
    Done,

    /// <summary>Nothing was to be done: what was to be added is there and the same, or what was to be removed is not there.</summary>
    AlreadySo,

    /// <summary>The kernel refused.</summary>
    Failed,
}
