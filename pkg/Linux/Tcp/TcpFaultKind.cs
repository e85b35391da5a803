// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tcp;

/// <summary>Why there is no connection, or none any more; closed, so that each value is a metric label.</summary>
public enum TcpFaultKind : byte
{
    /// <summary>Nothing failed.</summary>
    None = 0,

    /// <summary>The peer's host answers and nobody listens there.</summary>
    Refused = 1,

    /// <summary>There is no way to the peer, or none answers for it on the segment.</summary>
    Unreachable = 2,

    /// <summary>The peer does not answer at all.</summary>
    NoAnswer = 3,

    /// <summary>The peer of an open connection no longer acknowledges what is sent.</summary>
    PeerSilent = 4,

    /// <summary>The peer ended the connection at once.</summary>
    Reset = 5,

    /// <summary>The peer closed its end in order.</summary>
    PeerClosed = 6,

    /// <summary>Another socket has the address and port.</summary>
    AddressInUse = 7,

    /// <summary>No interface has our address.</summary>
    AddressNotAvailable = 8,

    /// <summary>A capability is missing, or a firewall forbids it.</summary>
    NotPermitted = 9,

    /// <summary>There is no such interface or VRF.</summary>
    NoDevice = 10,

    /// <summary>The kernel lacks an option.</summary>
    Unsupported = 11,

    /// <summary>The kernel has no room for another key.</summary>
    TooManyKeys = 12,

    /// <summary>The peer has more hops behind it than it may.</summary>
    TooFar = 13,

    /// <summary>The peer sent more octets than a message can have.</summary>
    MessageTooLong = 14,

    /// <summary>The host lacks memory or descriptors.</summary>
    NoResources = 15,

    /// <summary>Something else; the error number tells.</summary>
    Other = 16,
}
