// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>One thing a session asks of its driver; the fields that go with the kind are set.</summary>
public readonly record struct SessionCommand(SessionCommandKind Kind)
{
    /// <summary>Of Connect and Close.</summary>
    public ConnectionId Connection { get; init; }

    /// <summary>Of Close.</summary>
    public CloseMode Mode { get; init; }

    /// <summary>Of ArmTimer.</summary>
    public MonoTime Deadline { get; init; }
}
