// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp.Groups;

/// <summary>What a sync group asks of a member; each is an event of <see cref="VrrpInstance"/>.</summary>
public enum SyncActionKind : byte
{
    /// <summary><see cref="VrrpEvent.Promote"/>.</summary>
    Promote = 0,

    /// <summary><see cref="VrrpEvent.Demote"/>.</summary>
    Demote = 1,

    /// <summary><see cref="VrrpEvent.GroupFault"/>, true.</summary>
    Fault = 2,

    /// <summary><see cref="VrrpEvent.GroupFault"/>, false.</summary>
    ClearFault = 3,
}
