// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux;

/// <summary>Takes a frame in on the reactor's thread; the span is valid during the call only.</summary>
public delegate void FrameHandler(ReadOnlySpan<byte> frame);

/// <summary>
/// Whole Ethernet frames of one kind on one interface (packet(7)), behind a kernel filter. It survives the interface
/// going down and up; when the interface is removed, receiving ends silently and the owner closes it.
/// </summary>
public sealed unsafe class PacketSocket : IDisposable
{
    private const int MaxFrame = 2048;
    private const int SolPacket = 263;
    private const int IgnoreOutgoing = 23;
    private const int ReceiveBufferOctets = 1 << 20;
    private const int AddressLength = 20;
    private const int MostPerRound = 256;

    private readonly FileDescriptor _socket;
    private readonly Reactor _reactor;
    private readonly FrameHandler _handler;
    private readonly byte[] _frame = GC.AllocateArray<byte>(MaxFrame, pinned: true);

    /// <summary>Opens, filters, binds, and adds itself to the reactor. On the reactor's thread, or before it starts.</summary>
    /// <exception cref="LinuxException">No CAP_NET_RAW, or no such interface.</exception>
    public PacketSocket(Reactor reactor, int interfaceIndex, PacketFilter filter, FrameHandler handler)
    {
        ArgumentNullException.ThrowIfNull(reactor);
        ArgumentNullException.ThrowIfNull(filter);
        _reactor = reactor;
        _handler = handler;
        // Protocol 0 receives nothing: there is no instant in which an unfiltered frame could be queued.
        _socket = FileDescriptor.Own(Libc.Socket(Libc.AfPacket, Libc.SockRaw | Libc.SockNonBlock | Libc.SockCloexec, 0), "open a packet socket", Capability.NetRaw);
        try
        {
            Attach(filter);
            int on = 1;
            int octets = ReceiveBufferOctets;
            // Both make life easier and are not needed: an old kernel refuses the first, a low limit the second.
            _ = Libc.SetSockOpt(_socket, SolPacket, IgnoreOutgoing, &on, sizeof(int));
            _ = Libc.SetSockOpt(_socket, Libc.SolSocket, Libc.SoRcvBuf, &octets, sizeof(int));
            Bind(interfaceIndex, filter.EtherType);
            reactor.Add(_socket, Drain);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Replaces the filter, for an interface whose hardware address has changed.</summary>
    public void Attach(PacketFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        SocketFilter.Attach(_socket, filter.Program);
    }

    /// <summary>Why the last frame that was not taken was refused: <see cref="LinuxException.NetworkDown"/> and the like; 0 for none yet.</summary>
    public int LastSendError { get; private set; }

    /// <summary>Sends a frame; false when the interface does not take it now (down, or its queue is full).</summary>
    public bool TrySend(ReadOnlySpan<byte> frame)
    {
        fixed (byte* octets = frame)
        {
            if (Libc.Send(_socket, octets, (nuint)frame.Length, 0) == frame.Length)
            {
                return true;
            }
        }

        LastSendError = Marshal.GetLastPInvokeError();
        return false;
    }

    private void Drain()
    {
        fixed (byte* buffer = _frame)
        {
            // A flood leaves room for the timer and the other sockets: the rest is there in the next round.
            for (int i = 0; i < MostPerRound; i++)
            {
                nint length = Libc.Receive(_socket, buffer, MaxFrame, 0);
                if (length <= 0)
                {
                    return;
                }

                _handler(_frame.AsSpan(0, (int)length));
            }
        }
    }

    private void Bind(int interfaceIndex, ushort etherType)
    {
        // struct sockaddr_ll: family, protocol in network order, interface index; the rest is for sending.
        byte* address = stackalloc byte[AddressLength];
        new Span<byte>(address, AddressLength).Clear();
        *(ushort*)address = Libc.AfPacket;
        *(ushort*)(address + 2) = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(etherType) : etherType;
        *(int*)(address + 4) = interfaceIndex;
        if (Libc.Bind(_socket, address, AddressLength) != 0)
        {
            throw LinuxException.Last($"bind a packet socket to interface {interfaceIndex}");
        }
    }

    /// <summary>On the reactor's thread, or after it has ended.</summary>
    public void Dispose()
    {
        _reactor.Remove(_socket);
        _socket.Dispose();
    }
}
