// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp;

/// <summary>One thing an instance asks of its driver.</summary>
public readonly record struct VrrpCommand(VrrpCommandKind Kind)
{
    /// <summary>Of Announce: packets for each address.</summary>
    public byte Repeat { get; init; }

    /// <summary>Of Announce: a mere refresh, which may wait behind what others announce.</summary>
    public bool IsRefresh { get; init; }
}
