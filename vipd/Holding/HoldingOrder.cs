// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Holding;

/// <summary>What the protocol asks of the kernel's side.</summary>
internal enum HoldingOrderKind
{
    /// <summary>This is what the master holds from now on; the master of it changes what differs.</summary>
    Plan,

    /// <summary>The instance is gone: let go, and forget it.</summary>
    Forget,

    /// <summary>Hold it.</summary>
    Hold,

    /// <summary>Hold none of it.</summary>
    LetGo,

    /// <summary>Announce every address held.</summary>
    Announce,
}

/// <summary>One order; orders are done in the order in which they are given.</summary>
internal readonly record struct HoldingOrder(HoldingOrderKind Kind, string Instance)
{
    public HoldingPlan? Plan { get; init; }

    public byte Repeat { get; init; }

    public bool IsRefresh { get; init; }
}
