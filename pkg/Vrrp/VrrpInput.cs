// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>An event as the table sees it: what a message means depends on priorities and addresses, settled before.</summary>
internal enum VrrpInput : byte
{
    StartAsBackup,
    StartAsOwner,
    StartAsMaster,
    Hold,
    MasterDown,
    MasterDownInGroup,
    BackupOverslept,
    AdvertisementDue,
    MasterOverslept,

    /// <summary>Priority 0.</summary>
    Farewell,

    /// <summary>A higher priority, or ours from a higher address.</summary>
    Superior,

    /// <summary>Our priority from a lower address.</summary>
    Equal,

    /// <summary>A lower priority, let be: no preemption, or not yet.</summary>
    InferiorTolerated,

    /// <summary>A lower priority, to be preempted.</summary>
    Inferior,

    /// <summary>The node that we yield to advertises.</summary>
    YieldAnswered,
    Yield,
    Claim,
    Promote,
    Demote,
}
