// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>Takes route messages apart (rtnetlink(7), struct rtmsg), and the numbers both sides use.</summary>
internal static class RouteReader
{
    public const ushort NewRoute = 24;
    public const ushort DeleteRoute = 25;
    public const ushort GetRoute = 26;
    public const int HeaderLength = 12;
    public const uint OnLink = 4;
    public const ushort Destination = 1;
    public const ushort Interface = 4;
    public const ushort Gateway = 5;
    public const ushort Metric = 6;
    public const ushort PreferredSource = 7;
    public const ushort Table = 15;
    public const ushort GatewayOfOtherFamily = 18;

    // Routes the kernel made from others, such as exceptions of path MTU (RTM_F_CLONED).
    private const uint Cloned = 0x200;

    /// <summary>Whether the message can be of interest, told from its fixed part alone.</summary>
    public static bool IsOf(ReadOnlySpan<byte> payload, byte protocol) => payload.Length >= HeaderLength && (protocol == 0 || payload[5] == protocol);

    public static bool TryRead(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out HeldRoute? route)
    {
        route = null;
        if (payload.Length < HeaderLength || payload[0] is not (Libc.AfInet or Libc.AfInet6))
        {
            return false;
        }

        uint flags = MemoryMarshal.Read<uint>(payload[8..]);
        IpAddr destination = payload[0] == Libc.AfInet ? IpAddr.IPv4Any : IpAddr.IPv6Any;
        uint table = payload[4];
        uint metric = 0;
        int index = 0;
        IpAddr? via = null;
        IpAddr? source = null;
        ReadOnlySpan<byte> attributes = payload[HeaderLength..];
        while (NetlinkReader.TryTakeAttribute(ref attributes, out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case Destination when IpAddr.TryRead(value, out IpAddr network):
                    destination = network;
                    break;
                case Gateway when IpAddr.TryRead(value, out IpAddr gateway):
                    via = gateway;
                    break;
                case GatewayOfOtherFamily when value.Length > 2 && IpAddr.TryRead(value[2..], out IpAddr gateway):
                    via = gateway;
                    break;
                case PreferredSource when IpAddr.TryRead(value, out IpAddr own):
                    source = own;
                    break;
                case Interface when value.Length == sizeof(int):
                    index = MemoryMarshal.Read<int>(value);
                    break;
                case Metric when value.Length == sizeof(uint):
                    metric = MemoryMarshal.Read<uint>(value);
                    break;
                case Table when value.Length == sizeof(uint):
                    table = MemoryMarshal.Read<uint>(value);
                    break;
                default:
                    break;
            }
        }

        if ((flags & Cloned) != 0 || payload[1] > destination.BitLength || payload[7] > (byte)RouteKind.Throw)
        {
            return false;
        }

        route = new(new IpPrefix(destination, payload[1]))
        {
            Kind = (RouteKind)payload[7],
            Via = via,
            InterfaceIndex = index,
            Source = source,
            Metric = metric,
            Table = table,
            IsOnLink = (flags & OnLink) != 0,
            Protocol = payload[5],
        };
        return true;
    }
}
