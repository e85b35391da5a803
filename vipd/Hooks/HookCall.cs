// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Hooks;

/// <summary>One transition to tell.</summary>
/// <param name="IsGroup">Whether it is a sync group's; else an instance's.</param>
/// <param name="Name">Of the instance or group.</param>
/// <param name="Event">What happened; never <see cref="NotifyEvent.Any"/>.</param>
/// <param name="Priority">The priority at that time.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="FromState">The state before, in keepalived's words.</param>
/// <param name="ToState">The state after.</param>
internal sealed record HookCall(bool IsGroup, string Name, NotifyEvent Event, int Priority, string Reason, string FromState, string ToState)
{
    /// <summary>The first of keepalived's four words.</summary>
    public string Kind => IsGroup ? "GROUP" : "INSTANCE";

    /// <summary>The third of them.</summary>
    public string StateWord => Event switch
    {
        NotifyEvent.Any => ToState,
        NotifyEvent.Master => "MASTER",
        NotifyEvent.Backup => "BACKUP",
        NotifyEvent.Fault => "FAULT",
        NotifyEvent.Stop => "STOP",
        NotifyEvent.Deleted => "DELETED",
        NotifyEvent.LowerPriorityMaster => "MASTER_RX_LOWER_PRI",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
