// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux;

/// <summary>Takes a datagram in on the reactor's thread; the span is valid during the call only.</summary>
public delegate void DatagramHandler(ReadOnlySpan<byte> datagram, IpAddr source);

/// <summary>
/// Heartbeats of one interface and one family: UDP to a link-local group, sent with TTL or hop limit 255 and taken only
/// with it, so that nothing from beyond the segment is ever looked at (RFC 5082). Bound to its interface.
/// </summary>
public sealed unsafe class HeartbeatSocket : IDisposable
{
    /// <summary>The IPv4 group: in the link-local block that switches always flood (RFC 5771 4), unassigned there.</summary>
    public static IpAddr Group4 { get; } = IpAddr.Parse("224.0.0.246");

    /// <summary>The IPv6 group: link-local scope, transient (RFC 4291 2.7, flag T).</summary>
    public static IpAddr Group6 { get; } = IpAddr.Parse("ff12::4c42");

    private const int MaxDatagram = 2048;
    private const int Truncated = 0x20;
    private const int MaxControl = 256;
    private const int MostPerRound = 256;
    private const int AddressOctets = 28;
    private const int HopLimit = 255;
    private const int InterfaceControlClass = 0xC0;
    private const int ControlPriority = 6;
    private const int IpLevel = 0;
    private const int IpTos = 1;
    private const int IpRecvTtl = 12;
    private const int IpTtl = 2;
    private const int IpMulticastIf = 32;
    private const int IpMulticastTtl = 33;
    private const int IpMulticastLoop = 34;
    private const int IpAddMembership = 35;
    private const int IpMulticastAll = 49;
    private const int Ipv6Level = 41;
    private const int Ipv6UnicastHops = 16;
    private const int Ipv6MulticastIf = 17;
    private const int Ipv6MulticastHops = 18;
    private const int Ipv6MulticastLoop = 19;
    private const int Ipv6JoinGroup = 20;
    private const int Ipv6V6Only = 26;
    private const int Ipv6MulticastAll = 29;
    private const int Ipv6RecvHopLimit = 51;
    private const int Ipv6HopLimitControl = 52;
    private const int Ipv6TrafficClass = 67;

    private readonly FileDescriptor _socket;
    private readonly Reactor _reactor;
    private readonly DatagramHandler _handler;
    private readonly IpFamily _family;
    private readonly int _interfaceIndex;
    private readonly int _port;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(MaxDatagram + MaxControl + 32, pinned: true);
    private readonly byte[] _destination = GC.AllocateArray<byte>(28, pinned: true);
    private readonly uint _destinationLength;

    /// <summary>Opens, binds, joins the group and adds itself to the reactor.</summary>
    /// <exception cref="LinuxException">No CAP_NET_RAW, no such interface, or no address of the family on it yet.</exception>
    public HeartbeatSocket(Reactor reactor, IpFamily family, int interfaceIndex, string interfaceName, int port, DatagramHandler handler)
    {
        ArgumentNullException.ThrowIfNull(reactor);
        _reactor = reactor;
        _handler = handler;
        _family = family;
        _interfaceIndex = interfaceIndex;
        _port = port;
        int domain = family == IpFamily.IPv4 ? Libc.AfInet : Libc.AfInet6;
        _socket = FileDescriptor.Own(Libc.Socket(domain, Libc.SockDgram | Libc.SockNonBlock | Libc.SockCloexec, 0), "open a heartbeat socket");
        try
        {
            _destinationLength = (uint)WriteAddress(_destination, family == IpFamily.IPv4 ? Group4 : Group6);
            Configure(interfaceName);
            reactor.Add(_socket, Drain);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Datagrams dropped because they had crossed a router.</summary>
    public long FromBeyondSegment { get; private set; }

    /// <summary>Datagrams dropped because they were longer than any heartbeat.</summary>
    public long Oversized { get; private set; }

    /// <summary>
    /// Why the last datagram that was not taken was refused: <see cref="LinuxException.AddressNotAvailable"/> while the interface
    /// has no usable address of the family, <see cref="LinuxException.NetworkDown"/> and the like; 0 for none yet.
    /// </summary>
    public int LastSendError { get; private set; }

    /// <summary>Sends to the group; false when the interface does not take it now.</summary>
    public bool TrySend(ReadOnlySpan<byte> datagram) => TrySend(datagram, _destination.AsSpan(0, (int)_destinationLength));

    /// <summary>Sends to one neighbour on the segment, for where multicast is filtered; false when the interface does not take it now.</summary>
    public bool TrySend(ReadOnlySpan<byte> datagram, IpAddr neighbor)
    {
        Span<byte> destination = stackalloc byte[AddressOctets];
        int length = WriteAddress(destination, neighbor);
        return TrySend(datagram, destination[..length]);
    }

    private bool TrySend(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> to)
    {
        fixed (byte* octets = datagram, destination = to)
        {
            if (Libc.SendTo(_socket, octets, (nuint)datagram.Length, 0, destination, (uint)to.Length) == datagram.Length)
            {
                return true;
            }
        }

        LastSendError = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        return false;
    }

    private void Configure(string interfaceName)
    {
        SetInt(Libc.SolSocket, Libc.SoReuseAddr, 1, "share the port");
        // Several speakers on one host (in a lab, in an upgrade) each get every multicast datagram.
        SetInt(Libc.SolSocket, Libc.SoPriority, ControlPriority, "raise the priority");
        byte* name = stackalloc byte[16];
        int length = System.Text.Encoding.ASCII.GetBytes(interfaceName, new Span<byte>(name, 15));
        if (Libc.SetSockOpt(_socket, Libc.SolSocket, Libc.SoBindToDevice, name, (uint)length) != 0)
        {
            throw LinuxException.Last($"bind a heartbeat socket to {interfaceName}", Capability.NetRaw);
        }

        byte* address = stackalloc byte[28];
        if (_family == IpFamily.IPv4)
        {
            SetInt(IpLevel, IpMulticastAll, 0, "refuse groups of others");
            SetInt(IpLevel, IpMulticastLoop, 0, "turn off loop-back");
            SetInt(IpLevel, IpMulticastTtl, HopLimit, "set the TTL");
            SetInt(IpLevel, IpTtl, HopLimit, "set the TTL");
            SetInt(IpLevel, IpRecvTtl, 1, "ask for the TTL");
            SetInt(IpLevel, IpTos, InterfaceControlClass, "set the traffic class");
            // struct ip_mreqn: group, local address (any), interface index.
            byte* request = stackalloc byte[12];
            Group4.Write(new Span<byte>(request, 4));
            *(int*)(request + 4) = 0;
            *(int*)(request + 8) = _interfaceIndex;
            Set(IpLevel, IpMulticastIf, request, 12, $"send multicast on {interfaceName}");
            Set(IpLevel, IpAddMembership, request, 12, $"join {Group4} on {interfaceName}");
        }
        else
        {
            SetInt(Ipv6Level, Ipv6V6Only, 1, "keep IPv4 out");
            SetInt(Ipv6Level, Ipv6MulticastAll, 0, "refuse groups of others");
            SetInt(Ipv6Level, Ipv6MulticastLoop, 0, "turn off loop-back");
            SetInt(Ipv6Level, Ipv6MulticastHops, HopLimit, "set the hop limit");
            SetInt(Ipv6Level, Ipv6UnicastHops, HopLimit, "set the hop limit");
            SetInt(Ipv6Level, Ipv6RecvHopLimit, 1, "ask for the hop limit");
            SetInt(Ipv6Level, Ipv6TrafficClass, InterfaceControlClass, "set the traffic class");
            SetInt(Ipv6Level, Ipv6MulticastIf, _interfaceIndex, $"send multicast on {interfaceName}");
            byte* request = stackalloc byte[20];
            Group6.Write(new Span<byte>(request, 16));
            *(int*)(request + 16) = _interfaceIndex;
            Set(Ipv6Level, Ipv6JoinGroup, request, 20, $"join {Group6} on {interfaceName}");
        }

        Span<byte> any = new(address, 28);
        int anyLength = WriteAddress(any, _family == IpFamily.IPv4 ? IpAddr.IPv4Any : IpAddr.IPv6Any);
        if (Libc.Bind(_socket, address, (uint)anyLength) != 0)
        {
            throw LinuxException.Last($"bind the heartbeat port {_port} on {interfaceName}");
        }
    }

    // struct sockaddr_in or sockaddr_in6; the scope is the interface, which link-local destinations need.
    private int WriteAddress(Span<byte> destination, IpAddr address)
    {
        destination.Clear();
        System.Runtime.InteropServices.MemoryMarshal.Write(destination, (ushort)(address.IsIPv4 ? Libc.AfInet : Libc.AfInet6));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)_port);
        address.Write(destination[(address.IsIPv4 ? 4 : 8)..]);
        if (address.IsIPv4)
        {
            return 16;
        }

        System.Runtime.InteropServices.MemoryMarshal.Write(destination[24..], address.IsUnspecified ? 0 : _interfaceIndex);
        return 28;
    }

    private void SetInt(int level, int name, int value, string doing) => Set(level, name, &value, sizeof(int), doing);

    private void Set(int level, int name, void* value, uint length, string doing)
    {
        if (Libc.SetSockOpt(_socket, level, name, value, length) != 0)
        {
            throw LinuxException.Last(doing);
        }
    }

    private void Drain()
    {
        fixed (byte* buffer = _buffer)
        {
            byte* name = buffer + MaxDatagram;
            byte* control = name + 32;
            Libc.IoVector vector = new() { Base = buffer, Length = MaxDatagram };
            for (int i = 0; i < MostPerRound; i++)
            {
                Libc.MessageHeader message = new()
                {
                    Name = name,
                    NameLength = 28,
                    Vectors = &vector,
                    VectorCount = 1,
                    Control = control,
                    ControlLength = MaxControl,
                };
                nint length = Libc.ReceiveMessage(_socket, &message, 0);
                if (length < 0)
                {
                    return;
                }

                if (ReceivedHopLimit(new ReadOnlySpan<byte>(control, (int)message.ControlLength)) != HopLimit)
                {
                    FromBeyondSegment++;
                    continue;
                }

                if ((message.Flags & Truncated) != 0)
                {
                    Oversized++;
                    continue;
                }

                ReadOnlySpan<byte> source = _family == IpFamily.IPv4 ? new(name + 4, 4) : new(name + 8, 16);
                if (IpAddr.TryRead(source, out IpAddr from))
                {
                    _handler(_buffer.AsSpan(0, (int)length), from);
                }
            }
        }
    }

    // struct cmsghdr on 64 bits: length (8), level (4), type (4), then the data, padded to 8.
    private int ReceivedHopLimit(ReadOnlySpan<byte> control)
    {
        const int Header = 16;
        while (control.Length >= Header + sizeof(int))
        {
            long length = System.Runtime.InteropServices.MemoryMarshal.Read<long>(control);
            int level = System.Runtime.InteropServices.MemoryMarshal.Read<int>(control[8..]);
            int type = System.Runtime.InteropServices.MemoryMarshal.Read<int>(control[12..]);
            bool wanted = _family == IpFamily.IPv4 ? level == IpLevel && type == IpTtl : level == Ipv6Level && type == Ipv6HopLimitControl;
            if (wanted)
            {
                return System.Runtime.InteropServices.MemoryMarshal.Read<int>(control[Header..]);
            }

            if (length < Header || length > control.Length)
            {
                return -1;
            }

            control = control[(int)Math.Min(control.Length, (length + 7) & ~7L)..];
        }

        return -1;
    }

    /// <summary>On the reactor's thread, or after it has ended.</summary>
    public void Dispose()
    {
        _reactor.Remove(_socket);
        _socket.Dispose();
    }
}
