// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>What can happen to a session.</summary>
public enum SessionEventKind : byte
{
    /// <summary>See <see cref="SessionEvent.Timer"/>.</summary>
    Timer = 0,

    /// <summary>See <see cref="SessionEvent.Start"/>.</summary>
    Start = 1,

    /// <summary>See <see cref="SessionEvent.Stop"/>.</summary>
    Stop = 2,

    /// <summary>See <see cref="SessionEvent.Reset"/>.</summary>
    Reset = 3,

    /// <summary>See <see cref="SessionEvent.Configure"/>.</summary>
    Configure = 4,

    /// <summary>See <see cref="SessionEvent.Connected"/>.</summary>
    Connected = 5,

    /// <summary>See <see cref="SessionEvent.ConnectFailed"/>.</summary>
    ConnectFailed = 6,

    /// <summary>See <see cref="SessionEvent.Accepted"/>.</summary>
    Accepted = 7,

    /// <summary>See <see cref="SessionEvent.Closed"/>.</summary>
    Closed = 8,

    /// <summary>See <see cref="SessionEvent.Received"/>.</summary>
    Received = 9,

    /// <summary>See <see cref="SessionEvent.Sent"/>.</summary>
    Sent = 10,

    /// <summary>See <see cref="SessionEvent.UpdatesWritten"/>.</summary>
    UpdatesWritten = 11,

    /// <summary>See <see cref="SessionEvent.RoutesWritten"/>.</summary>
    RoutesWritten = 12,

    /// <summary>See <see cref="SessionEvent.Path"/>.</summary>
    Path = 13,
}
