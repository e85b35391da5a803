// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Bfd;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Bfd;

/// <summary>Takes a control packet in on the driver's thread; the span is valid during the call only.</summary>
internal delegate void BfdDatagramHandler(ReadOnlySpan<byte> datagram, in BfdPath arrived, byte hopLimit);

/// <summary>
/// Everything that comes to one of the two ports in one family, with what only the kernel knows of it: where it arrived, to
/// which address, and with which TTL or hop limit (RFC 5881 5).
/// </summary>
internal sealed unsafe class BfdReceiver : IDisposable
{
    private const int MaxDatagram = 512;
    private const int MaxControl = 256;
    private const int NameOffset = MaxDatagram;
    private const int ControlOffset = NameOffset + 32;
    private const int MostPerRound = 256;
    private const int ReceiveBufferOctets = 1 << 20;
    private const int IpLevel = 0;
    private const int IpTtl = 2;
    private const int IpPacketInfo = 8;
    private const int IpRecvTtl = 12;
    private const int Ipv6Level = 41;
    private const int Ipv6V6Only = 26;
    private const int Ipv6RecvPacketInfo = 49;
    private const int Ipv6PacketInfo = 50;
    private const int Ipv6RecvHopLimit = 51;
    private const int Ipv6HopLimit = 52;

    private readonly Reactor _reactor;
    private readonly FileDescriptor _socket;
    private readonly BfdHops _hops;
    private readonly BfdDatagramHandler _handler;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(ControlOffset + MaxControl, pinned: true);

    /// <summary>Opens and binds the port, and adds itself to the reactor.</summary>
    /// <exception cref="LinuxException">Another BFD daemon on this host has the port.</exception>
    public BfdReceiver(Reactor reactor, BfdHops hops, IpFamily family, BfdDatagramHandler handler)
    {
        _reactor = reactor;
        _hops = hops;
        _handler = handler;
        int domain = family == IpFamily.IPv4 ? Libc.AfInet : Libc.AfInet6;
        _socket = FileDescriptor.Own(Libc.Socket(domain, Libc.SockDgram | Libc.SockNonBlock | Libc.SockCloexec, 0), "open a BFD socket");
        try
        {
            Configure(family);
            reactor.Add(_socket, () => Drain(MostPerRound));
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Reads what is there, up to a number of datagrams.</summary>
    public void Drain(int most)
    {
        fixed (byte* buffer = _buffer)
        {
            Libc.IoVector vector = new() { Base = buffer, Length = MaxDatagram };
            for (int i = 0; i < most; i++)
            {
                Libc.MessageHeader message = new()
                {
                    Name = buffer + NameOffset,
                    NameLength = SocketAddress.MaxLength,
                    Vectors = &vector,
                    VectorCount = 1,
                    Control = buffer + ControlOffset,
                    ControlLength = MaxControl,
                };
                nint length = Libc.ReceiveMessage(_socket, &message, 0);
                if (length < 0)
                {
                    return;
                }

                ReadOnlySpan<byte> source = new(buffer + NameOffset, (int)Math.Min(message.NameLength, SocketAddress.MaxLength));
                ControlMessages control = new(new ReadOnlySpan<byte>(buffer + ControlOffset, (int)Math.Min(message.ControlLength, MaxControl)));
                if (TryDescribe(source, control, out BfdPath arrived, out byte hopLimit))
                {
                    _handler(_buffer.AsSpan(0, (int)length), arrived, hopLimit);
                }
            }
        }
    }

    private bool TryDescribe(ReadOnlySpan<byte> source, ControlMessages control, out BfdPath arrived, out byte hopLimit)
    {
        IpAddr destination = default;
        int interfaceIndex = 0;
        hopLimit = 0;
        while (control.TryTake(out int level, out int type, out ReadOnlySpan<byte> data))
        {
            switch (level, type)
            {
                case (IpLevel, IpTtl) or (Ipv6Level, Ipv6HopLimit) when data.Length >= sizeof(int):
                    hopLimit = (byte)MemoryMarshal.Read<int>(data);
                    break;
                case (IpLevel, IpPacketInfo) when data.Length >= 12:
                    // struct in_pktinfo: interface, local address of the reply, destination of the header.
                    interfaceIndex = MemoryMarshal.Read<int>(data);
                    _ = IpAddr.TryRead(data.Slice(8, 4), out destination);
                    break;
                case (Ipv6Level, Ipv6PacketInfo) when data.Length >= 20:
                    // struct in6_pktinfo: destination, interface.
                    _ = IpAddr.TryRead(data[..16], out destination);
                    interfaceIndex = MemoryMarshal.Read<int>(data[16..]);
                    break;
                default:
                    break;
            }
        }

        bool known = SocketAddress.TryRead(source, out IpAddr from, out _, out _);
        arrived = new(_hops, from, destination, interfaceIndex);
        return known;
    }

    private void Configure(IpFamily family)
    {
        bool v4 = family == IpFamily.IPv4;
        int octets = ReceiveBufferOctets;
        // A low limit of the host gives less, which holds some hundred packets still.
        _ = Libc.SetSockOpt(_socket, Libc.SolSocket, Libc.SoRcvBuf, &octets, sizeof(int));
        if (v4)
        {
            Require(IpLevel, IpRecvTtl, "learn the TTL of BFD packets");
            Require(IpLevel, IpPacketInfo, "learn where BFD packets arrive");
        }
        else
        {
            Require(Ipv6Level, Ipv6V6Only, "keep IPv4 out of an IPv6 BFD socket");
            Require(Ipv6Level, Ipv6RecvHopLimit, "learn the hop limit of BFD packets");
            Require(Ipv6Level, Ipv6RecvPacketInfo, "learn where BFD packets arrive");
        }

        ushort port = new BfdPath(_hops, default).Port;
        byte* address = stackalloc byte[SocketAddress.MaxLength];
        int length = SocketAddress.Write(new Span<byte>(address, SocketAddress.MaxLength), v4 ? IpAddr.IPv4Any : IpAddr.IPv6Any, port, 0);
        // The port is not shared: a second receiver would take away what the first one waits for.
        if (Libc.Bind(_socket, address, (uint)length) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw LinuxException.Of(
                $"bind UDP port {port} for BFD",
                error,
                error == LinuxException.AddressInUse ? "another BFD daemon (FRR's bfdd, BIRD) runs on this node; stop it, or use no BFD here" : null);
        }
    }

    private void Require(int level, int name, string doing)
    {
        int on = 1;
        if (Libc.SetSockOpt(_socket, level, name, &on, sizeof(int)) != 0)
        {
            throw LinuxException.Last(doing);
        }
    }

    /// <summary>On the reactor's thread, or after it has ended.</summary>
    public void Dispose()
    {
        _reactor.Remove(_socket);
        _socket.Dispose();
    }
}
