// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.Vrrp.Groups;

/// <summary>One thing a sync group asks of one member.</summary>
public readonly record struct SyncAction(int Member, SyncActionKind Kind)
{
    /// <summary>The same as an event for the member.</summary>
    public VrrpEvent ToEvent() => Kind switch
    {
        SyncActionKind.Promote => VrrpEvent.Promote,
        SyncActionKind.Demote => VrrpEvent.Demote,
        SyncActionKind.Fault => VrrpEvent.GroupFault(true),
        SyncActionKind.ClearFault => VrrpEvent.GroupFault(false),
        _ => throw new UnreachableException(),
    };
}
