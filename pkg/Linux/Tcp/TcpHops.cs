// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tcp;

/// <summary>How far a peer may be: the TTL or hop limit that is sent, and the least that is accepted; null leaves it to the kernel.</summary>
public readonly record struct TcpHops
{
    private const byte Full = 255;

    /// <summary>What is sent.</summary>
    public byte? Sent { get; private init; }

    /// <summary>The least a segment may arrive with (RFC 5082): the kernel drops others without a word.</summary>
    public byte? Least { get; private init; }

    internal TcpHops OrFull => this with { Sent = Sent ?? Full };

    /// <summary>As far as the routes go: an iBGP peer.</summary>
    public static TcpHops Any => default;

    /// <summary>On the same segment: an eBGP peer; what is sent does not cross a router.</summary>
    public static TcpHops Direct => new() { Sent = 1 };

    /// <summary>At most so many hops away (eBGP multihop).</summary>
    public static TcpHops Multihop(byte hops) => new() { Sent = Math.Max((byte)1, hops) };

    /// <summary>TTL security (GTSM, RFC 5082 3): at most so many hops away, and nobody from farther can pretend to be.</summary>
    public static TcpHops Secured(byte hops) => new() { Sent = Full, Least = (byte)(Full - Math.Max(hops, (byte)1) + 1) };
}
