// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Messages;

/// <summary>Message types (RFC 4271 4.1, RFC 2918).</summary>
public enum MessageType : byte
{
    /// <summary>Opens a session.</summary>
    Open = 1,

    /// <summary>Announces and withdraws routes.</summary>
    Update = 2,

    /// <summary>Ends a session, with the reason.</summary>
    Notification = 3,

    /// <summary>Keeps the hold timer from expiring.</summary>
    Keepalive = 4,

    /// <summary>Asks for all routes again.</summary>
    RouteRefresh = 5,
}
