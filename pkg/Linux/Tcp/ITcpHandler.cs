// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tcp;

/// <summary>The owner of a connection. All calls come on the reactor's thread and must not block; from within each the connection may be written to or ended.</summary>
public interface ITcpHandler
{
    /// <summary>The connection is open: the peer answered, or was accepted.</summary>
    void Opened(TcpConnection connection);

    /// <summary>
    /// Octets are there; returns how many were taken from the front. The rest is shown again together with what comes next.
    /// The span is valid during the call only.
    /// </summary>
    int Received(TcpConnection connection, ReadOnlySpan<byte> octets);

    /// <summary>There is room again after a write was refused.</summary>
    void Writable(TcpConnection connection);

    /// <summary>It is over, or never came to be, for a reason that is not the owner's. The last call.</summary>
    void Closed(TcpConnection connection, TcpFault fault);
}
