// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>Inputs of an instance.</summary>
public enum VrrpEventKind : byte
{
    /// <summary>The time moved on.</summary>
    Timer = 0,

    /// <summary>A message arrived.</summary>
    Received = 1,

    /// <summary>Begin.</summary>
    Start = 2,

    /// <summary>End.</summary>
    Stop = 3,

    /// <summary>The address to send from is this.</summary>
    Source = 4,

    /// <summary>There is no address to send from.</summary>
    SourceLost = 5,

    /// <summary>Something tracked failed or recovered.</summary>
    Fault = 6,

    /// <summary>A fault elsewhere in the sync group came or went.</summary>
    GroupFault = 7,

    /// <summary>An operator keeps the node out, or no longer.</summary>
    Maintenance = 8,

    /// <summary>The effective priority is this.</summary>
    Priority = 9,

    /// <summary>Other parameters.</summary>
    Configure = 10,

    /// <summary>Give mastership away.</summary>
    Yield = 11,

    /// <summary>Take mastership.</summary>
    Claim = 12,

    /// <summary>An earlier Yield or Claim is over.</summary>
    Release = 13,

    /// <summary>The sync group becomes master.</summary>
    Promote = 14,

    /// <summary>The sync group stops being master.</summary>
    Demote = 15,

    /// <summary>The last advertisement did not leave.</summary>
    SendFailed = 16,
}
