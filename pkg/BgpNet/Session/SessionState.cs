// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>The states of RFC 4271 8.2.2. Of a peer with two connections, the state is that of the one that is further.</summary>
public enum SessionState : byte
{
    /// <summary>Stopped, or waiting before the next attempt; connections are refused.</summary>
    Idle = 0,

    /// <summary>A connection is being made.</summary>
    Connect = 1,

    /// <summary>No connection is being made now, one is waited for.</summary>
    Active = 2,

    /// <summary>Our OPEN is out, the peer's is waited for.</summary>
    OpenSent = 3,

    /// <summary>The peer's OPEN was accepted, its KEEPALIVE is waited for.</summary>
    OpenConfirm = 4,

    /// <summary>Routes are exchanged.</summary>
    Established = 5,
}
