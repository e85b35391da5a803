// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tcp;

/// <summary>Where a connection is in its life.</summary>
public enum TcpConnectionState : byte
{
    /// <summary>Waits for the peer's answer.</summary>
    Connecting = 1,

    /// <summary>Carries octets both ways.</summary>
    Open = 2,

    /// <summary>Its owner is done with it; what was written is still on its way.</summary>
    Draining = 3,

    /// <summary>Over.</summary>
    Closed = 4,
}
