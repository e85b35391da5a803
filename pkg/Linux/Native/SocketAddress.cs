// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Native;

/// <summary>
/// struct sockaddr_in and sockaddr_in6: family (2, host order), port (2, network order); then the IPv4 address, or flow
/// information (4), the IPv6 address and the scope (4, host order), which only link-local addresses have.
/// </summary>
internal static class SocketAddress
{
    public const int MaxLength = 28;
    private const int IPv4Length = 16;
    private const int IPv4Offset = 4;
    private const int IPv6Offset = 8;
    private const int ScopeOffset = 24;

    public static int Write(Span<byte> destination, IpAddr address, ushort port, int interfaceIndex)
    {
        destination[..MaxLength].Clear();
        MemoryMarshal.Write(destination, (ushort)(address.IsIPv4 ? Libc.AfInet : Libc.AfInet6));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], port);
        address.Write(destination[(address.IsIPv4 ? IPv4Offset : IPv6Offset)..]);
        if (address.IsIPv4)
        {
            return IPv4Length;
        }

        MemoryMarshal.Write(destination[ScopeOffset..], address.IsLinkLocal ? interfaceIndex : 0);
        return MaxLength;
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out IpAddr address, out ushort port, out int interfaceIndex)
    {
        (address, port, interfaceIndex) = (default, 0, 0);
        if (source.Length < IPv4Length)
        {
            return false;
        }

        port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        switch (MemoryMarshal.Read<ushort>(source))
        {
            case Libc.AfInet:
                return IpAddr.TryRead(source.Slice(IPv4Offset, 4), out address);
            case Libc.AfInet6 when source.Length >= MaxLength:
                interfaceIndex = MemoryMarshal.Read<int>(source[ScopeOffset..]);
                return IpAddr.TryRead(source.Slice(IPv6Offset, 16), out address);
            default:
                return false;
        }
    }
}
