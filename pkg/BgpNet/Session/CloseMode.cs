// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>How a connection is to be closed.</summary>
public enum CloseMode : byte
{
    /// <summary>
    /// Write what waits, shut the sending side, read and drop for at most a second, close. Closing with unread input would
    /// send a reset, and the peer might never see the NOTIFICATION.
    /// </summary>
    Graceful = 1,

    /// <summary>Try once to write what waits without blocking, then close.</summary>
    Abort = 2,
}
