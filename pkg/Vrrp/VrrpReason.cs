// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>Why an instance changed its state.</summary>
public enum VrrpReason : byte
{
    /// <summary>It began to run.</summary>
    Started = 0,

    /// <summary>It began to run and owns the addresses.</summary>
    OwnerStarted = 1,

    /// <summary>It was master a moment ago, before a restart.</summary>
    Resumed = 2,

    /// <summary>Nothing was heard of a master for a master-down interval.</summary>
    MasterSilent = 3,

    /// <summary>The master said farewell.</summary>
    MasterResigned = 4,

    /// <summary>A master of lower priority was there, and we preempt.</summary>
    Preempted = 5,

    /// <summary>The sync group moves to this node.</summary>
    GroupPromoted = 6,

    /// <summary>The sync group leaves this node.</summary>
    GroupDemoted = 7,

    /// <summary>An operator moved it here.</summary>
    Claimed = 8,

    /// <summary>An operator moved it away.</summary>
    Yielded = 9,

    /// <summary>A better master was heard.</summary>
    SuperiorHeard = 10,

    /// <summary>The process was not scheduled for so long that another node may be master already.</summary>
    Overslept = 11,

    /// <summary>Nothing could be sent for so long that another node may be master already.</summary>
    SendFailing = 12,

    /// <summary>It was stopped.</summary>
    Stopped = 13,

    /// <summary>The address to send from is gone.</summary>
    SourceLost = 14,

    /// <summary>Something tracked has failed.</summary>
    Faulted = 15,

    /// <summary>Another member of the sync group has a fault.</summary>
    GroupFaulted = 16,

    /// <summary>An operator keeps the node out.</summary>
    Maintenance = 17,
}
