// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Plane;

/// <summary>Something the protocol thread tells the rest of the daemon: logged, counted, and where hooks are set, called.</summary>
internal readonly record struct PlaneNotice
{
    /// <summary>The instance it is of; null for a group's.</summary>
    public InstanceSpec? Instance { get; init; }

    /// <summary>Of an instance, what its machine told.</summary>
    public VrrpNotice Notice { get; init; }

    public int Priority { get; init; }

    /// <summary>What faulted, where something tracked did; empty otherwise.</summary>
    public string Detail { get; init; }

    /// <summary>The group it is of; null for an instance's.</summary>
    public SyncGroup? Group { get; init; }

    /// <summary>Of a group: what it is now, and was before.</summary>
    public NotifyEvent GroupEvent { get; init; }

    public NotifyEvent? GroupBefore { get; init; }

    /// <summary>The instance is gone from the configuration; else, where it is stopped, the daemon ends.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>As master, a lower priority was heard and answered.</summary>
    public bool HeardLower { get; init; }

    /// <summary>Another priority, of an instance whose tracked objects changed; null otherwise.</summary>
    public int? PriorityBefore { get; init; }
}
