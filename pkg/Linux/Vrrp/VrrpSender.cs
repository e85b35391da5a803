// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Vrrp;

/// <summary>
/// Sends VRRP on one interface: TTL or hop limit 255, class 0xC0, from the address that is asked for, to the group or to one
/// peer. Nothing it sends comes back to this host, and it receives nothing. On a macvlan device the frames carry that device's
/// hardware address, which is how a virtual MAC gets onto the wire (RFC 9568 7.3). Messages queue up and leave in one call.
/// </summary>
public sealed unsafe class VrrpSender : IDisposable
{
    private const int Most = 64;
    private const int HeaderLength = 20;
    private const int ArenaOctets = 1 << 16;
    private const int ControlOctets = 40;
    private const int ControlHeader = 16;
    private const int PacketInfoOctets = 20;
    // Never handed anything by the kernel: it is for sending with an IP header of one's own (raw(7)).
    private const int RawProtocol = 255;
    private const int Priority = 6;

    private readonly FileDescriptor _socket;
    private readonly IpFamily _family;
    private readonly int _interfaceIndex;
    private readonly byte _hopLimit;
    private readonly byte[] _arena = GC.AllocateArray<byte>(ArenaOctets, pinned: true);
    private readonly byte[] _names = GC.AllocateArray<byte>(Most * SocketAddress.MaxLength, pinned: true);
    private readonly byte[] _controls = GC.AllocateArray<byte>(Most * ControlOctets, pinned: true);
    private readonly Libc.BatchedMessage[] _messages = GC.AllocateArray<Libc.BatchedMessage>(Most, pinned: true);
    private readonly Libc.IoVector[] _vectors = GC.AllocateArray<Libc.IoVector>(Most, pinned: true);
    private int _count;
    private int _used;

    /// <summary>Opens a socket bound to the interface.</summary>
    /// <param name="family">The family.</param>
    /// <param name="interfaceIndex">The interface, or the macvlan device whose hardware address the frames are to carry.</param>
    /// <param name="kernelChecksum">IPv6: the kernel writes the checksum (IPV6_CHECKSUM), whatever stands in the message. IPv4 messages bring theirs.</param>
    /// <param name="hopLimit">TTL or hop limit; other than 255 only to unicast peers behind routers, who then must not ask for 255.</param>
    /// <exception cref="LinuxException">No CAP_NET_RAW, or no such interface.</exception>
    public VrrpSender(IpFamily family, int interfaceIndex, bool kernelChecksum = false, byte hopLimit = VrrpOptions.HopLimit)
    {
        _family = family;
        _interfaceIndex = interfaceIndex;
        _hopLimit = hopLimit;
        _socket = VrrpOptions.Open(family, family == IpFamily.IPv4 ? RawProtocol : VrrpOptions.Protocol);
        try
        {
            VrrpFilter.AttachNothing(_socket);
            Configure(kernelChecksum);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Messages that were not taken: the interface was down, gone, or without a way to the peer.</summary>
    public long Refused { get; private set; }

    /// <summary>Why the last one was not taken (errno); 0 for none yet.</summary>
    public int LastError { get; private set; }

    /// <summary>Sends one message, and what is queued before it; false when it was not taken.</summary>
    public bool TrySend(ReadOnlySpan<byte> message, IpAddr source, IpAddr destination)
    {
        Flush();
        Queue(message, source, destination);
        return Flush() == 1;
    }

    /// <summary>Queues a message; it leaves with the next <see cref="Flush"/>, or when the queue is full.</summary>
    /// <exception cref="ArgumentException">The addresses are not of the socket's family, or the message is longer than any.</exception>
    public void Queue(ReadOnlySpan<byte> message, IpAddr source, IpAddr destination)
    {
        int needed = message.Length + (_family == IpFamily.IPv4 ? HeaderLength : 0);
        if (source.Family != _family || destination.Family != _family || needed > ushort.MaxValue)
        {
            throw new ArgumentException($"{message.Length} octets from {source} to {destination} do not fit an {_family} VRRP socket");
        }

        if (_count == Most || _used + needed > ArenaOctets)
        {
            Flush();
        }

        Span<byte> place = _arena.AsSpan(_used, needed);
        if (_family == IpFamily.IPv4)
        {
            WriteHeader(place, needed, source, destination);
        }

        message.CopyTo(place[(needed - message.Length)..]);
        Describe(_count, _used, needed, source, destination);
        _used += needed;
        _count++;
    }

    /// <summary>Sends what is queued; returns how many messages the kernel took.</summary>
    public int Flush()
    {
        int taken = 0;
        fixed (Libc.BatchedMessage* messages = _messages)
        {
            for (int next = 0; next < _count;)
            {
                int sent = Libc.SendMessages(_socket, messages + next, (uint)(_count - next), 0);
                if (sent > 0)
                {
                    taken += sent;
                    next += sent;
                    continue;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error == Libc.Eintr)
                {
                    continue;
                }

                // This one is refused; what comes after it goes its own way.
                LastError = error;
                Refused++;
                next++;
            }
        }

        _count = 0;
        _used = 0;
        return taken;
    }

    private void Describe(int slot, int offset, int length, IpAddr source, IpAddr destination)
    {
        // The arrays are pinned for life, so their addresses may stay in the messages.
        byte* name = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_names, slot * SocketAddress.MaxLength);
        Libc.IoVector* vector = (Libc.IoVector*)Marshal.UnsafeAddrOfPinnedArrayElement(_vectors, slot);
        int nameLength = SocketAddress.Write(new Span<byte>(name, SocketAddress.MaxLength), destination, 0, _interfaceIndex);
        // A group of the link has a scope, as link-local addresses have.
        if (_family == IpFamily.IPv6 && destination.IsMulticast)
        {
            *(int*)(name + 24) = _interfaceIndex;
        }

        *vector = new() { Base = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_arena, offset), Length = (nuint)length };
        _messages[slot] = new() { Header = new() { Name = name, NameLength = (uint)nameLength, Vectors = vector, VectorCount = 1 } };
        if (_family == IpFamily.IPv6)
        {
            byte* control = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_controls, slot * ControlOctets);
            *(long*)control = ControlHeader + PacketInfoOctets;
            *(int*)(control + 8) = VrrpOptions.Ipv6Level;
            *(int*)(control + 12) = VrrpOptions.Ipv6PacketInfo;
            source.Write(new Span<byte>(control + ControlHeader, 16));
            *(int*)(control + ControlHeader + 16) = _interfaceIndex;
            _messages[slot].Header.Control = control;
            _messages[slot].Header.ControlLength = ControlOctets;
        }
    }

    // RFC 791 3.1; the kernel fills in identification and checksum (raw(7)).
    private void WriteHeader(Span<byte> header, int total, IpAddr source, IpAddr destination)
    {
        header[..HeaderLength].Clear();
        header[0] = 0x45;
        header[1] = VrrpOptions.TrafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)total);
        header[8] = _hopLimit;
        header[9] = VrrpOptions.Protocol;
        source.Write(header[12..]);
        destination.Write(header[16..]);
    }

    private void Configure(bool kernelChecksum)
    {
        VrrpOptions.Set(_socket, Libc.SolSocket, Libc.SoPriority, Priority, "raise the priority of VRRP");
        VrrpOptions.Set(_socket, Libc.SolSocket, Libc.SoBindToIfIndex, _interfaceIndex, $"bind a VRRP socket to interface {_interfaceIndex}");
        if (_family == IpFamily.IPv4)
        {
            VrrpOptions.Set(_socket, VrrpOptions.IpLevel, VrrpOptions.IpMulticastLoop, 0, "keep VRRP from coming back");
            return;
        }

        const int Level = VrrpOptions.Ipv6Level;
        VrrpOptions.Set(_socket, Level, VrrpOptions.Ipv6MulticastLoop, 0, "keep VRRP from coming back");
        VrrpOptions.Set(_socket, Level, VrrpOptions.Ipv6MulticastIf, _interfaceIndex, $"send VRRP on interface {_interfaceIndex}");
        VrrpOptions.Set(_socket, Level, VrrpOptions.Ipv6MulticastHops, _hopLimit, "set the hop limit of VRRP");
        VrrpOptions.Set(_socket, Level, VrrpOptions.Ipv6UnicastHops, _hopLimit, "set the hop limit of VRRP");
        VrrpOptions.Set(_socket, Level, VrrpOptions.Ipv6TrafficClass, VrrpOptions.TrafficClass, "set the traffic class of VRRP");
        // The link-local address that is the source belongs to the interface, not to the macvlan device on it.
        VrrpOptions.Set(_socket, Level, VrrpOptions.Ipv6FreeBind, 1, "choose the source of VRRP");
        if (kernelChecksum)
        {
            VrrpOptions.Set(_socket, Level, VrrpOptions.Ipv6Checksum, VrrpOptions.ChecksumOffset, "let the kernel write the checksum of VRRP");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
