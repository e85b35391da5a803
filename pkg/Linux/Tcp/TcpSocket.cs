// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tcp;

/// <summary>What connecting, listening and accepting sockets have in common: making them, and setting options with words for what is refused.</summary>
internal static unsafe class TcpSocket
{
    private const string KeysRemedy =
        "the kernel has no room for another TCP MD5 key on this socket; raise net.core.optmem_max, or use one password for a whole prefix of peers";

    public static bool TryOpen(IpFamily family, out FileDescriptor? socket, out TcpFault fault)
    {
        int fd = Libc.Socket(family == IpFamily.IPv4 ? Libc.AfInet : Libc.AfInet6, Libc.SockStream | Libc.SockNonBlock | Libc.SockCloexec, 0);
        fault = fd < 0 ? TcpFault.Last(Marshal.GetLastPInvokeError(), $"open an {family} TCP socket") : TcpFault.None;
        socket = fd < 0 ? null : FileDescriptor.Own(fd, "open a TCP socket");
        return fd >= 0;
    }

    public static bool TrySet(FileDescriptor socket, in TcpOption option, int value, out TcpFault fault) =>
        TrySet(socket, option, &value, sizeof(int), out fault);

    public static bool TrySet(FileDescriptor socket, in TcpOption option, void* value, uint length, out TcpFault fault)
    {
        fault = Libc.SetSockOpt(socket, option.Level, option.Number, value, length) == 0
            ? TcpFault.None
            : Refused(option, Marshal.GetLastPInvokeError());
        return fault.Kind == TcpFaultKind.None;
    }

    public static TcpFault Refused(in TcpOption option, int error)
    {
        TcpFault fault = TcpFault.Of($"set {option.Name}", error);
        return fault.Kind == TcpFaultKind.Unsupported
            ? fault with { Sentence = $"this kernel lacks the socket option {option.Name}: {option.Remedy}" }
            : fault;
    }

    /// <summary>Sets what holds for a connection from its first segment on.</summary>
    public static bool TryConfigure(FileDescriptor socket, IpFamily family, TcpOptions options, out TcpFault fault)
    {
        bool v4 = family == IpFamily.IPv4;
        return TrySet(socket, TcpOption.NoDelay, 1, out fault)
            && TrySet(socket, v4 ? TcpOption.TrafficClass4 : TcpOption.TrafficClass6, options.TrafficClass, out fault)
            && TrySetHops(socket, family, options.Hops, out fault)
            && TrySetLimits(socket, options, out fault);
    }

    public static bool TrySetHops(FileDescriptor socket, IpFamily family, TcpHops hops, out TcpFault fault)
    {
        bool v4 = family == IpFamily.IPv4;
        fault = TcpFault.None;
        return (hops.Sent is not { } sent || TrySet(socket, v4 ? TcpOption.Ttl : TcpOption.HopLimit, sent, out fault))
            && (hops.Least is not { } least || TrySet(socket, v4 ? TcpOption.LeastTtl : TcpOption.LeastHopLimit, least, out fault));
    }

    /// <summary>Binds to an interface or VRF; null binds to none.</summary>
    public static bool TrySetDevice(FileDescriptor socket, string? device, out TcpFault fault)
    {
        const int LongestName = 15;
        fault = TcpFault.None;
        if (device is null)
        {
            return true;
        }

        byte* name = stackalloc byte[LongestName + 1];
        int length = device.Length > LongestName ? 0 : System.Text.Encoding.UTF8.GetBytes(device, new Span<byte>(name, LongestName + 1));
        bool done = length is > 0 and <= LongestName && TrySet(socket, TcpOption.BindToDevice, name, (uint)length, out fault);
        if (done || fault.Kind is TcpFaultKind.Unsupported)
        {
            return done;
        }

        // Nothing tells whether a kernel can make VRFs but making one: what counts is whether this one is there.
        fault = fault.Kind is TcpFaultKind.NotPermitted
            ? fault with { Sentence = $"cannot bind a TCP socket to {device}: {Capabilities.Remedy(Capability.NetRaw)}" }
            : new(TcpFaultKind.NoDevice, fault.Error, $"there is no interface or VRF {device} in this network namespace: create it (a VRF needs a kernel with CONFIG_NET_VRF), or name another");
        return false;
    }

    /// <summary>Sets, replaces or takes away (null) the key for all peers of a prefix; on a live connection, too.</summary>
    public static bool TrySetKey(FileDescriptor socket, IpPrefix peers, TcpKey? key, out TcpFault fault)
    {
        // struct tcp_md5sig: sockaddr_storage (128), flags, prefix length, key length (2), interface (4), key (80).
        const int FlagsOffset = 128;
        const int PrefixOffset = 129;
        const int LengthOffset = 130;
        const int KeyOffset = 136;
        const int Size = KeyOffset + TcpKey.MaxLength;
        const int OfPrefix = 1;
        const int NoSuchKey = 2;
        const int NoMemory = 12;

        byte* signature = stackalloc byte[Size];
        Span<byte> octets = new(signature, Size);
        octets.Clear();
        _ = SocketAddress.Write(octets, peers.Address, 0, 0);
        bool whole = peers.Length == peers.Address.BitLength;
        octets[FlagsOffset] = (byte)(whole ? 0 : OfPrefix);
        octets[PrefixOffset] = (byte)(whole ? 0 : peers.Length);
        ReadOnlySpan<byte> secret = key is null ? default : key.Octets;
        MemoryMarshal.Write(octets[LengthOffset..], (ushort)secret.Length);
        secret.CopyTo(octets[KeyOffset..]);
        TcpOption option = whole ? TcpOption.Md5 : TcpOption.Md5Prefix;
        bool done = TrySet(socket, option, signature, Size, out fault);
        octets.Clear();
        if (done || (key is null && fault.Error == NoSuchKey))
        {
            fault = TcpFault.None;
            return true;
        }

        fault = fault.Error == NoMemory ? new(TcpFaultKind.TooManyKeys, NoMemory, KeysRemedy)
            : TcpFault.IsUnknownOption(fault.Error) ? Refused(option, fault.Error) with { Kind = TcpFaultKind.Unsupported, Sentence = $"this kernel lacks the socket option {option.Name}: {option.Remedy}" }
            : fault;
        return false;
    }

    private static bool TrySetLimits(FileDescriptor socket, TcpOptions options, out TcpFault fault)
    {
        int idle = Math.Max(1, (int)options.KeepAlive.TotalSeconds);
        return TrySet(socket, TcpOption.NotSentLowWater, options.NotSentLowWater, out fault)
            && (options.UserTimeout <= TimeSpan.Zero
                || TrySet(socket, TcpOption.UserTimeout, (int)Math.Min(options.UserTimeout.TotalMilliseconds, int.MaxValue), out fault))
            && (options.KeepAlive <= TimeSpan.Zero
                || (TrySet(socket, TcpOption.KeepAlive, 1, out fault)
                    && TrySet(socket, TcpOption.KeepIdle, idle, out fault)
                    && TrySet(socket, TcpOption.KeepInterval, Math.Max(1, idle / 3), out fault)));
    }
}
