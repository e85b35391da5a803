// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Vrrp;

/// <summary>
/// VRRP of one interface and one family, for as many virtual routers as there can be: multicast to the group and unicast to
/// this host. It is bound to the interface's index: for one that was made anew, open another.
/// </summary>
public sealed unsafe class VrrpReceiver : IDisposable
{
    /// <summary>The IPv4 group (RFC 9568 5.1.1.2).</summary>
    public static IpAddr Group4 { get; } = IpAddr.Parse("224.0.0.18");

    /// <summary>The IPv6 group (RFC 9568 5.1.2.2).</summary>
    public static IpAddr Group6 { get; } = IpAddr.Parse("ff02::12");

    // IPv4 header with options and 255 addresses, or 255 IPv6 addresses: nothing longer is VRRP.
    private const int MaxDatagram = 4160;
    private const int MaxControl = 128;
    private const int NameOffset = MaxDatagram;
    private const int ControlOffset = NameOffset + 32;
    private const int SlotOctets = ControlOffset + MaxControl;
    private const int Batch = 16;
    private const int MostBatches = 16;
    private const int Truncated = 0x20;
    private const int ReceiveBufferOctets = 1 << 20;

    private readonly Reactor _reactor;
    private readonly FileDescriptor _socket;
    private readonly IpFamily _family;
    private readonly int _interfaceIndex;
    private readonly IpAddr _group;
    private readonly VrrpDatagramHandler _handler;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(Batch * SlotOctets, pinned: true);
    private readonly Libc.BatchedMessage[] _messages = GC.AllocateArray<Libc.BatchedMessage>(Batch, pinned: true);
    private readonly Libc.IoVector[] _vectors = GC.AllocateArray<Libc.IoVector>(Batch, pinned: true);

    /// <summary>Opens, binds, joins the group and adds itself to the reactor. Nothing is received until <see cref="Accept"/>.</summary>
    /// <param name="reactor">The loop; the constructor is called on it, or before it starts.</param>
    /// <param name="family">The family.</param>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="handler">Takes what arrives.</param>
    /// <param name="group">Another group than the protocol's; null for that.</param>
    /// <exception cref="LinuxException">No CAP_NET_RAW, or no such interface.</exception>
    public VrrpReceiver(Reactor reactor, IpFamily family, int interfaceIndex, VrrpDatagramHandler handler, IpAddr? group = null)
    {
        ArgumentNullException.ThrowIfNull(reactor);
        _reactor = reactor;
        _family = family;
        _interfaceIndex = interfaceIndex;
        _handler = handler;
        _group = group ?? (family == IpFamily.IPv4 ? Group4 : Group6);
        _socket = VrrpOptions.Open(family, VrrpOptions.Protocol);
        try
        {
            // First of all: from its opening on the socket is given what comes to any interface.
            VrrpFilter.AttachNothing(_socket);
            Configure();
            reactor.Add(_socket, Drain);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Datagrams dropped because they were longer than any advertisement.</summary>
    public long Oversized { get; private set; }

    /// <summary>Lets the kernel hand on what is for these virtual routers only; at once, without a gap.</summary>
    public void Accept(VirtualRouterSet routers) => VrrpFilter.Attach(_socket, _family, routers);

    /// <summary>Lets everything through: to see which identifiers others use.</summary>
    public void AcceptAll() => VrrpFilter.AttachEverything(_socket);

    /// <summary>
    /// Leaves the group and joins it again, so that the kernel tells snooping switches anew (IGMP, MLD): for when the link has
    /// come back, perhaps to another switch. Memberships themselves outlive a link that was down. False when it cannot be now.
    /// </summary>
    public bool TryRejoin()
    {
        _ = VrrpOptions.Change(_socket, join: false, _group, _interfaceIndex);
        return VrrpOptions.Change(_socket, join: true, _group, _interfaceIndex) == 0;
    }

    private void Configure()
    {
        int octets = ReceiveBufferOctets;
        // A low limit of the host gives less, which holds some hundred advertisements still.
        _ = Libc.SetSockOpt(_socket, Libc.SolSocket, Libc.SoRcvBuf, &octets, sizeof(int));
        VrrpOptions.Set(_socket, Libc.SolSocket, Libc.SoBindToIfIndex, _interfaceIndex, $"bind a VRRP socket to interface {_interfaceIndex}");
        if (_family == IpFamily.IPv4)
        {
            VrrpOptions.Set(_socket, VrrpOptions.IpLevel, VrrpOptions.IpMulticastAll, 0, "refuse groups of others");
            VrrpOptions.Set(_socket, VrrpOptions.IpLevel, VrrpOptions.IpPacketInfo, 1, "learn where VRRP arrives");
        }
        else
        {
            VrrpOptions.Set(_socket, VrrpOptions.Ipv6Level, VrrpOptions.Ipv6MulticastAll, 0, "refuse groups of others");
            VrrpOptions.Set(_socket, VrrpOptions.Ipv6Level, VrrpOptions.Ipv6RecvPacketInfo, 1, "learn where VRRP arrives");
            VrrpOptions.Set(_socket, VrrpOptions.Ipv6Level, VrrpOptions.Ipv6RecvHopLimit, 1, "learn the hop limit of VRRP");
        }

        if (VrrpOptions.Change(_socket, join: true, _group, _interfaceIndex) != 0)
        {
            throw LinuxException.Last($"join {_group} on interface {_interfaceIndex}");
        }
    }

    private void Drain()
    {
        fixed (byte* buffer = _buffer)
        fixed (Libc.BatchedMessage* messages = _messages)
        fixed (Libc.IoVector* vectors = _vectors)
        {
            // A flood leaves room for the timer and the other sockets: the rest is there in the next round.
            for (int batch = 0; batch < MostBatches; batch++)
            {
                Prepare(buffer, messages, vectors);
                int received = Libc.ReceiveMessages(_socket, messages, Batch, 0, null);
                for (int i = 0; i < received; i++)
                {
                    Take(_buffer.AsSpan(i * SlotOctets, SlotOctets), messages[i]);
                }

                if (received < Batch)
                {
                    return;
                }
            }
        }
    }

    private static void Prepare(byte* buffer, Libc.BatchedMessage* messages, Libc.IoVector* vectors)
    {
        for (int i = 0; i < Batch; i++)
        {
            byte* slot = buffer + (i * SlotOctets);
            vectors[i] = new() { Base = slot, Length = MaxDatagram };
            messages[i] = new()
            {
                Header = new()
                {
                    Name = slot + NameOffset,
                    NameLength = SocketAddress.MaxLength,
                    Vectors = vectors + i,
                    VectorCount = 1,
                    Control = slot + ControlOffset,
                    ControlLength = MaxControl,
                },
            };
        }
    }

    private void Take(ReadOnlySpan<byte> slot, in Libc.BatchedMessage message)
    {
        if ((message.Header.Flags & Truncated) != 0)
        {
            Oversized++;
            return;
        }

        ReadOnlySpan<byte> octets = slot[..(int)Math.Min(message.Length, MaxDatagram)];
        ReadOnlySpan<byte> name = slot.Slice(NameOffset, (int)Math.Min(message.Header.NameLength, SocketAddress.MaxLength));
        ControlMessages control = new(slot.Slice(ControlOffset, (int)Math.Min(message.Header.ControlLength, MaxControl)));
        if (SocketAddress.TryRead(name, out IpAddr source, out _, out _) && TryDescribe(octets, source, control, out VrrpDatagram datagram))
        {
            _handler(octets, datagram);
        }
    }

    private bool TryDescribe(ReadOnlySpan<byte> octets, IpAddr source, ControlMessages control, out VrrpDatagram datagram)
    {
        IpAddr destination = default;
        int interfaceIndex = _interfaceIndex;
        byte hopLimit = 0;
        while (control.TryTake(out int level, out int type, out ReadOnlySpan<byte> data))
        {
            switch (level, type)
            {
                case (VrrpOptions.IpLevel, VrrpOptions.IpPacketInfo) when data.Length >= sizeof(int):
                    interfaceIndex = MemoryMarshal.Read<int>(data);
                    break;
                case (VrrpOptions.Ipv6Level, VrrpOptions.Ipv6PacketInfo) when data.Length >= 20:
                    // struct in6_pktinfo: destination, interface.
                    _ = IpAddr.TryRead(data[..16], out destination);
                    interfaceIndex = MemoryMarshal.Read<int>(data[16..]);
                    break;
                case (VrrpOptions.Ipv6Level, VrrpOptions.Ipv6HopLimit) when data.Length >= sizeof(int):
                    hopLimit = (byte)MemoryMarshal.Read<int>(data);
                    break;
                default:
                    break;
            }
        }

        datagram = default;
        if (_family == IpFamily.IPv6)
        {
            datagram = new(source, destination, hopLimit, interfaceIndex, 0);
            return true;
        }

        // The IPv4 header comes along (raw(7)): TTL at 8, destination at 16, length in the low half of the first octet.
        const int Shortest = 20;
        int header = octets.IsEmpty ? 0 : (octets[0] & 0xF) * 4;
        if (octets.Length < Shortest || header < Shortest || header > octets.Length)
        {
            return false;
        }

        destination = IpAddr.FromUInt32(BinaryPrimitives.ReadUInt32BigEndian(octets[16..]));
        datagram = new(source, destination, octets[8], interfaceIndex, header);
        return true;
    }

    /// <summary>On the reactor's thread, or after it has ended.</summary>
    public void Dispose()
    {
        _reactor.Remove(_socket);
        _socket.Dispose();
    }
}
