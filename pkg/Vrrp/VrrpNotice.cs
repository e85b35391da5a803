// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>One thing an instance tells its driver; the fields that go with the kind are set.</summary>
public readonly record struct VrrpNotice(VrrpNoticeKind Kind)
{
    /// <summary>State left, of StateChanged.</summary>
    public VrrpState From { get; init; }

    /// <summary>State reached, of StateChanged.</summary>
    public VrrpState To { get; init; }

    /// <summary>Of StateChanged.</summary>
    public VrrpReason Reason { get; init; }

    /// <summary>Of Mismatch.</summary>
    public VrrpMismatch Mismatch { get; init; }

    /// <summary>The other node, of MasterChanged, Mismatch, and of StateChanged because of it.</summary>
    public IpAddr Peer { get; init; }

    /// <summary>How late the timer was, of Overslept and of StateChanged because of it.</summary>
    public TimeSpan Late { get; init; }
}
