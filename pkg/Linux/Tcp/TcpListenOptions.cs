// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tcp;

/// <summary>How a listener is made.</summary>
public sealed record TcpListenOptions
{
    /// <summary>
    /// What holds for whoever connects: with a least TTL the kernel drops even the first segment of those from farther away.
    /// The answer is sent with TTL 255 unless said otherwise, for among the callers may be one that takes nothing less.
    /// </summary>
    public TcpHops Hops { get; init; }

    /// <summary>Traffic class of the handshake, the octet of the IP header.</summary>
    public byte TrafficClass { get; init; } = TcpOptions.NetworkControl;

    /// <summary>The interface or VRF to listen on; null: all.</summary>
    public string? Device { get; init; }

    /// <summary>Whether the address may be one that no interface has (yet) (IP_FREEBIND).</summary>
    public bool FreeBind { get; init; }

    /// <summary>Connections that may wait to be accepted.</summary>
    public int Backlog { get; init; } = 128;
}
