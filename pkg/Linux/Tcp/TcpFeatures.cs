// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tcp;

/// <summary>What this kernel can do of what peers may be configured with; asked once at the start.</summary>
/// <param name="Signatures">TCP MD5 for one peer (RFC 2385).</param>
/// <param name="PrefixSignatures">TCP MD5 for a prefix of peers.</param>
/// <param name="HopSecurity4">TTL security over IPv4 (RFC 5082).</param>
/// <param name="HopSecurity6">TTL security over IPv6.</param>
/// <param name="UserTimeout">A limit on how long sent octets may stay unacknowledged.</param>
/// <param name="Missing">A sentence for each that is missing.</param>
public sealed record TcpFeatures(
    bool Signatures, bool PrefixSignatures, bool HopSecurity4, bool HopSecurity6, bool UserTimeout, ImmutableArray<string> Missing)
{
    /// <summary>Tries each option on sockets of its own that connect to nothing.</summary>
    public static TcpFeatures Probe()
    {
        ImmutableArray<string>.Builder missing = ImmutableArray.CreateBuilder<string>();
        TcpKey key = new("probe"u8);
        IpPrefix one = new(IpAddr.FromUInt32(0xC0000201), 32);
        IpPrefix many = new(IpAddr.FromUInt32(0xC0000200), 24);
        bool signatures = Try(IpFamily.IPv4, missing, (FileDescriptor socket, out TcpFault fault) => TcpSocket.TrySetKey(socket, one, key, out fault));
        bool prefixes = Try(IpFamily.IPv4, missing, (FileDescriptor socket, out TcpFault fault) => TcpSocket.TrySetKey(socket, many, key, out fault));
        bool hops4 = Try(IpFamily.IPv4, missing, (FileDescriptor socket, out TcpFault fault) => TcpSocket.TrySetHops(socket, IpFamily.IPv4, TcpHops.Secured(1), out fault));
        bool hops6 = Try(IpFamily.IPv6, missing, (FileDescriptor socket, out TcpFault fault) => TcpSocket.TrySetHops(socket, IpFamily.IPv6, TcpHops.Secured(1), out fault));
        bool timeout = Try(IpFamily.IPv4, missing, static (FileDescriptor socket, out TcpFault fault) => TcpSocket.TrySet(socket, TcpOption.UserTimeout, 1000, out fault));
        return new(signatures, prefixes, hops4, hops6, timeout, missing.ToImmutable());
    }

    private delegate bool Attempt(FileDescriptor socket, out TcpFault fault);

    private static bool Try(IpFamily family, ImmutableArray<string>.Builder missing, Attempt attempt)
    {
        bool works = TcpSocket.TryOpen(family, out FileDescriptor? socket, out TcpFault fault);
        using (socket)
        {
            works = works && attempt(socket!, out fault);
        }

        if (!works)
        {
            missing.Add(fault.Sentence);
        }

        return works;
    }
}
