// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Session;

/// <summary>Messages by type.</summary>
public readonly record struct MessageCounts(long Open, long Update, long Notification, long Keepalive, long RouteRefresh)
{
    /// <summary>All messages.</summary>
    public long Total => Open + Update + Notification + Keepalive + RouteRefresh;

    internal MessageCounts With(MessageType type) => type switch
    {
        MessageType.Open => this with { Open = Open + 1 },
        MessageType.Update => this with { Update = Update + 1 },
        MessageType.Notification => this with { Notification = Notification + 1 },
        MessageType.Keepalive => this with { Keepalive = Keepalive + 1 },
        MessageType.RouteRefresh => this with { RouteRefresh = RouteRefresh + 1 },
        _ => throw new UnreachableException(),
    };
}
