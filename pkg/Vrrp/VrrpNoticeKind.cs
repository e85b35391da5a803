// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>What an instance tells its driver.</summary>
public enum VrrpNoticeKind : byte
{
    /// <summary>Its state changed.</summary>
    StateChanged = 0,

    /// <summary>As backup it follows another master than before.</summary>
    MasterChanged = 1,

    /// <summary>It would be master, and waits for its sync group.</summary>
    WantsMaster = 2,

    /// <summary>Another node's configuration does not agree with ours, or its conduct is odd.</summary>
    Mismatch = 3,

    /// <summary>Nobody took over what was given away: we have it (again).</summary>
    YieldUnanswered = 4,

    /// <summary>A timer came later than a master-down interval; as backup it listens again before it takes over.</summary>
    Overslept = 5,
}
