// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Vrrp;

/// <summary>Socket options of raw VRRP sockets, by their numbers in linux/in.h and linux/in6.h.</summary>
internal static unsafe class VrrpOptions
{
    public const int Protocol = 112;
    public const byte HopLimit = 255;
    public const byte TrafficClass = 0xC0;
    public const int IpLevel = 0;
    public const int IpPacketInfo = 8;
    public const int IpMulticastIf = 32;
    public const int IpMulticastLoop = 34;
    public const int IpAddMembership = 35;
    public const int IpDropMembership = 36;
    public const int IpMulticastAll = 49;
    public const int Ipv6Level = 41;
    public const int Ipv6Checksum = 7;
    public const int Ipv6UnicastHops = 16;
    public const int Ipv6MulticastIf = 17;
    public const int Ipv6MulticastHops = 18;
    public const int Ipv6MulticastLoop = 19;
    public const int Ipv6JoinGroup = 20;
    public const int Ipv6LeaveGroup = 21;
    public const int Ipv6MulticastAll = 29;
    public const int Ipv6RecvPacketInfo = 49;
    public const int Ipv6PacketInfo = 50;
    public const int Ipv6RecvHopLimit = 51;
    public const int Ipv6HopLimit = 52;
    public const int Ipv6TrafficClass = 67;
    public const int Ipv6FreeBind = 78;
    public const int ChecksumOffset = 6;

    public static FileDescriptor Open(IpFamily family, int protocol) => FileDescriptor.Own(
        Libc.Socket(family == IpFamily.IPv4 ? Libc.AfInet : Libc.AfInet6, Libc.SockRaw | Libc.SockNonBlock | Libc.SockCloexec, protocol),
        "open a raw VRRP socket",
        Capability.NetRaw);

    public static void Set(FileDescriptor socket, int level, int name, int value, string doing)
    {
        if (Libc.SetSockOpt(socket, level, name, &value, sizeof(int)) != 0)
        {
            throw LinuxException.Last(doing, Capability.NetRaw);
        }
    }

    /// <summary>Joins or leaves the group; the interface needs no address for it.</summary>
    public static int Change(FileDescriptor socket, bool join, IpAddr group, int interfaceIndex)
    {
        byte* request = stackalloc byte[20];
        if (group.IsIPv4)
        {
            // struct ip_mreqn: group, local address (any), interface index.
            group.Write(new Span<byte>(request, 4));
            *(int*)(request + 4) = 0;
            *(int*)(request + 8) = interfaceIndex;
            return Libc.SetSockOpt(socket, IpLevel, join ? IpAddMembership : IpDropMembership, request, 12);
        }

        // struct ipv6_mreq: group, interface index.
        group.Write(new Span<byte>(request, 16));
        *(int*)(request + 16) = interfaceIndex;
        return Libc.SetSockOpt(socket, Ipv6Level, join ? Ipv6JoinGroup : Ipv6LeaveGroup, request, 20);
    }
}
