// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux.Netlink;

/// <summary>A message as it stands in a netlink datagram (netlink(7)).</summary>
internal readonly ref struct NetlinkMessage(ushort type, ushort flags, uint sequence, ReadOnlySpan<byte> payload)
{
    public const int HeaderLength = 16;

    public ushort Type { get; } = type;

    public ushort Flags { get; } = flags;

    public uint Sequence { get; } = sequence;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>Takes the next message off a datagram; false at its end, and at one whose length cannot be.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> datagram, out NetlinkMessage message)
    {
        message = default;
        if (datagram.Length < HeaderLength)
        {
            return false;
        }

        uint length = MemoryMarshal.Read<uint>(datagram);
        if (length < HeaderLength || length > (uint)datagram.Length)
        {
            return false;
        }

        message = new(MemoryMarshal.Read<ushort>(datagram[4..]), MemoryMarshal.Read<ushort>(datagram[6..]), MemoryMarshal.Read<uint>(datagram[8..]), datagram[HeaderLength..(int)length]);
        datagram = datagram[Math.Min(datagram.Length, (int)((length + 3) & ~3u))..];
        return true;
    }
}

/// <summary>A netlink socket, of NETLINK_ROUTE unless told otherwise.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    public const ushort Error = 2;
    public const ushort Done = 3;
    public const ushort NewLink = 16;
    public const ushort DeleteLink = 17;
    public const ushort GetLink = 18;
    public const ushort NewAddress = 20;
    public const ushort DeleteAddress = 21;
    public const ushort GetAddress = 22;

    public const ushort FlagRequest = 0x1;
    public const ushort FlagAcknowledge = 0x4;
    public const ushort FlagDumpInterrupted = 0x10;
    public const ushort FlagCapped = 0x100;
    public const ushort FlagExtended = 0x200;
    public const ushort FlagExclusive = 0x200;
    public const ushort FlagCreate = 0x400;
    public const ushort FlagDump = 0x300;

    public const uint GroupLink = 0x1;
    public const uint GroupAddress4 = 0x10;
    public const uint GroupAddress6 = 0x100;

    private const int SolNetlink = 270;
    private const int ExtendedAck = 11;
    private const int BufferOctets = 1 << 20;

    /// <param name="groups">Multicast groups, a bit each.</param>
    /// <param name="blocking">Whether receiving waits.</param>
    /// <param name="protocol">NETLINK_ROUTE, or another family of messages.</param>
    public NetlinkSocket(uint groups, bool blocking, int protocol = 0)
    {
        int kind = Libc.SockRaw | Libc.SockCloexec | (blocking ? 0 : Libc.SockNonBlock);
        Descriptor = FileDescriptor.Own(Libc.Socket(Libc.AfNetlink, kind, protocol), "open a netlink socket");
        int on = 1;
        int octets = BufferOctets;
        _ = Libc.SetSockOpt(Descriptor, SolNetlink, ExtendedAck, &on, sizeof(int));
        _ = Libc.SetSockOpt(Descriptor, Libc.SolSocket, Libc.SoRcvBuf, &octets, sizeof(int));
        // struct sockaddr_nl: family, pad, port id (0: the kernel chooses), groups.
        uint* address = stackalloc uint[3];
        address[0] = Libc.AfNetlink;
        address[1] = 0;
        address[2] = groups;
        if (Libc.Bind(Descriptor, address, 12) != 0)
        {
            LinuxException fault = LinuxException.Last("bind a netlink socket");
            Descriptor.Dispose();
            throw fault;
        }
    }

    public FileDescriptor Descriptor { get; }

    /// <summary>Sends one message whose payload follows a header that is written here.</summary>
    public void Send(ushort type, ushort flags, uint sequence, ReadOnlySpan<byte> payload)
    {
        Span<byte> message = stackalloc byte[NetlinkMessage.HeaderLength + 512];
        int length = NetlinkMessage.HeaderLength + payload.Length;
        message.Clear();
        MemoryMarshal.Write(message, length);
        MemoryMarshal.Write(message[4..], type);
        MemoryMarshal.Write(message[6..], flags);
        MemoryMarshal.Write(message[8..], sequence);
        payload.CopyTo(message[NetlinkMessage.HeaderLength..]);
        fixed (byte* octets = message)
        {
            if (Libc.Send(Descriptor, octets, (nuint)length, 0) != length)
            {
                throw LinuxException.Last("send a netlink request");
            }
        }
    }

    /// <summary>Sends messages that are written already, headers included.</summary>
    public void Send(ReadOnlySpan<byte> messages)
    {
        fixed (byte* octets = messages)
        {
            if (Libc.Send(Descriptor, octets, (nuint)messages.Length, 0) != messages.Length)
            {
                throw LinuxException.Last("send netlink requests");
            }
        }
    }

    /// <summary>Switches an option of the netlink layer on; false where the kernel does not know it.</summary>
    public bool TryEnable(int option)
    {
        int on = 1;
        return Libc.SetSockOpt(Descriptor, SolNetlink, option, &on, sizeof(int)) == 0;
    }

    /// <summary>Octets received, or minus the error number.</summary>
    public int Receive(Span<byte> buffer)
    {
        fixed (byte* octets = buffer)
        {
            nint length;
            int error = 0;
            do
            {
                length = Libc.Receive(Descriptor, octets, (nuint)buffer.Length, 0);
                error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            while (error == Libc.Eintr);
            return length < 0 ? -error : (int)length;
        }
    }

    public void Dispose() => Descriptor.Dispose();
}
