// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Session;

/// <summary>
/// Where a session puts what it wants done, in the order in which to do it, while it steps. Nothing in here may step the
/// session; what is handed in by reference lives until the call returns.
/// </summary>
public interface ISessionSink
{
    /// <summary>Do this.</summary>
    void Do(in SessionCommand command);

    /// <summary>
    /// Send this message, behind what was written to the connection before. It is at most 4,096 octets, and the session
    /// writes few: one per keepalive time, and one or two per opening, family and end.
    /// </summary>
    void Write(ConnectionId connection, ReadOnlySpan<byte> message);

    /// <summary>This has happened.</summary>
    void Tell(in SessionNotice notice);

    /// <summary>These routes came.</summary>
    void Receive(scoped in UpdateMessage update);
}
