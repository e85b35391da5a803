// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>What the table answers.</summary>
internal enum VrrpReaction : byte
{
    Ignore,

    /// <summary>To Backup, and listen for a master-down interval.</summary>
    EnterBackup,

    /// <summary>To Master: advertise, hold, announce.</summary>
    EnterMaster,

    /// <summary>From Backup to Initialize, without a word.</summary>
    Leave,

    /// <summary>Stay Backup; the master-down timer starts again.</summary>
    Follow,

    /// <summary>Stay Backup, and take over after the skew unless somebody else does.</summary>
    AwaitSkew,

    /// <summary>Stay Backup until the sync group says.</summary>
    AwaitGroup,

    /// <summary>Stay Backup and listen once more: we cannot know what we slept through.</summary>
    ListenAgain,

    /// <summary>Stay Master; the advertisement that is due.</summary>
    Advertise,

    /// <summary>Stay Master and say so out of turn, not too often.</summary>
    Assert,

    /// <summary>To Backup behind whom we heard.</summary>
    GiveWay,

    /// <summary>To Backup, let go before anything else, send nothing.</summary>
    Fence,

    /// <summary>To Backup with a farewell.</summary>
    StepAside,

    /// <summary>To Initialize with a farewell.</summary>
    Resign,
}
