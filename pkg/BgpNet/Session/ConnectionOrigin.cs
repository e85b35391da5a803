// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>Who made a connection; RFC 4271 6.8 decides by it.</summary>
public enum ConnectionOrigin : byte
{
    /// <summary>We dialled.</summary>
    Outgoing = 1,

    /// <summary>The peer dialled.</summary>
    Incoming = 2,
}
