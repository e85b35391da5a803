// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tcp;

/// <summary>The owner of a listener. Calls come on the reactor's thread and must not block.</summary>
public interface ITcpAcceptor
{
    /// <summary>Someone connected, and nothing was read yet. Null closes the connection without an octet.</summary>
    TcpAcceptance? Accept(TcpEndpoint remote, TcpEndpoint local);

    /// <summary>A connection that <see cref="Accept"/> wanted could not be taken, or, without an address, the listener cannot accept for now.</summary>
    void Refused(TcpEndpoint? remote, TcpFault fault);
}

/// <summary>Who takes an accepted connection, and how it is kept; the key is the listener's matter.</summary>
public sealed record TcpAcceptance(ITcpHandler Handler, TcpOptions Options);
