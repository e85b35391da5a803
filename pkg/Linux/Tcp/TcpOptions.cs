// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tcp;

/// <summary>How a connection is made and kept. The defaults are those of a routing protocol's session.</summary>
public sealed record TcpOptions
{
    /// <summary>Class selector 6, network control (RFC 4594 3.2), as the octet of the IP header.</summary>
    public const byte NetworkControl = 0xC0;

    /// <summary>How far the peer may be.</summary>
    public TcpHops Hops { get; init; }

    /// <summary>The password both ends sign with; null: unsigned. For accepted connections it stands on the listener.</summary>
    public TcpKey? Key { get; init; }

    /// <summary>Traffic class, the octet of the IP header.</summary>
    public byte TrafficClass { get; init; } = NetworkControl;

    /// <summary>
    /// What was sent and is not acknowledged for this long ends the connection, and so does a window that stays closed
    /// (RFC 5482); zero: never by itself.
    /// </summary>
    public TimeSpan UserTimeout { get; init; }

    /// <summary>
    /// Octets that may wait unsent in the kernel: more makes bulk smoother, fewer makes what is written next leave sooner.
    /// </summary>
    public int NotSentLowWater { get; init; } = 1 << 17;

    /// <summary>Idle time after which the kernel asks the peer whether it is there; zero: never.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>The interface or VRF that all segments take; null: what the routes say.</summary>
    public string? Device { get; init; }

    /// <summary>Our address; null: what the kernel chooses.</summary>
    public IpAddr? Source { get; init; }

    /// <summary>Our port; zero: what the kernel chooses.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>How long to wait for the peer's answer.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Octets of the longest message the peer may send: the receive buffer grows to hold it and no further.</summary>
    public int LongestMessage { get; init; } = ushort.MaxValue;
}
