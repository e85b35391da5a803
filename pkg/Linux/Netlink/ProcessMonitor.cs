// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace LoadBalancer.Linux.Netlink;

/// <summary>
/// Tells on a reactor when processes begin, become another program and end (proc connector of linux/cn_proc.h). It needs
/// CAP_NET_ADMIN and the first process-id namespace; where either lacks, or the kernel was built without it, the kernel says
/// nothing at all: only after <c>confirmed</c> was called can it be relied upon.
/// </summary>
public sealed class ProcessMonitor : IDisposable
{
    private const int Connector = 11;
    private const uint ProcessGroup = 1;
    private const int MaxDatagram = 1 << 14;
    private const int MostPerRound = 1024;
    // struct cn_msg: index, value, sequence, acknowledgement (4 each), length, flags (2 each); then struct proc_event.
    private const int MessageOctets = 20;
    private const uint ProcessIndex = 1;
    private const uint ProcessValue = 1;
    private const uint Listen = 1;
    private const int DataOffset = MessageOctets + 16;
    private const uint Confirmation = 0;
    private const uint Forked = 0x1;
    private const uint Executed = 0x2;
    private const uint Renamed = 0x200;
    private const uint Exited = 0x80000000;

    private readonly NetlinkSocket _socket = new(ProcessGroup, blocking: false, Connector);
    private readonly byte[] _datagram = GC.AllocateArray<byte>(MaxDatagram, pinned: true);
    private readonly Reactor _reactor;
    private readonly Action _confirmed;
    private readonly Action<int> _changed;
    private readonly Action<int> _gone;
    private readonly Action _lost;

    private ProcessMonitor(Reactor reactor, Action confirmed, Action<int> changed, Action<int> gone, Action lost)
    {
        (_reactor, _confirmed, _changed, _gone, _lost) = (reactor, confirmed, changed, gone, lost);
        Span<byte> request = stackalloc byte[MessageOctets + sizeof(uint)];
        request.Clear();
        MemoryMarshal.Write(request, ProcessIndex);
        MemoryMarshal.Write(request[4..], ProcessValue);
        MemoryMarshal.Write(request[16..], (ushort)sizeof(uint));
        MemoryMarshal.Write(request[MessageOctets..], Listen);
        try
        {
            _socket.Send(NetlinkSocket.Done, 0, 0, request);
        }
        catch (LinuxException)
        {
            _socket.Dispose();
            throw;
        }

        reactor.Add(_socket.Descriptor, Drain);
    }

    /// <summary>Asks the kernel for the notices; null where it refuses at once. Called on the reactor, or before it starts.</summary>
    /// <param name="reactor">The loop.</param>
    /// <param name="confirmed">The kernel has said that it will tell.</param>
    /// <param name="changed">A process has begun or become another program.</param>
    /// <param name="gone">A process has ended.</param>
    /// <param name="lost">The kernel dropped notices: look at all processes anew.</param>
    public static ProcessMonitor? TryCreate(Reactor reactor, Action confirmed, Action<int> changed, Action<int> gone, Action lost)
    {
        ArgumentNullException.ThrowIfNull(reactor);
        try
        {
            return new(reactor, confirmed, changed, gone, lost);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private void Drain()
    {
        for (int i = 0; i < MostPerRound; i++)
        {
            int length = _socket.Receive(_datagram);
            if (length == -LinuxException.NoBufferSpace)
            {
                _lost();
                continue;
            }

            if (length <= 0)
            {
                return;
            }

            ReadOnlySpan<byte> rest = _datagram.AsSpan(0, length);
            while (NetlinkMessage.TryTake(ref rest, out NetlinkMessage message))
            {
                Take(message.Payload);
            }
        }
    }

    private void Take(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < DataOffset + 8 || MemoryMarshal.Read<uint>(payload) != ProcessIndex)
        {
            return;
        }

        ReadOnlySpan<byte> data = payload[DataOffset..];
        int thread = MemoryMarshal.Read<int>(data);
        int process = MemoryMarshal.Read<int>(data[4..]);
        switch (MemoryMarshal.Read<uint>(payload[MessageOctets..]))
        {
            case Confirmation when thread == 0:
                _confirmed();
                break;
            // The parent's thread and process come first.
            case Forked when data.Length >= 16 && MemoryMarshal.Read<int>(data[8..]) == MemoryMarshal.Read<int>(data[12..]):
                _changed(MemoryMarshal.Read<int>(data[8..]));
                break;
            case Executed or Renamed:
                _changed(process);
                break;
            case Exited when thread == process:
                _gone(process);
                break;
            default:
                break;
        }
    }

    /// <summary>On the reactor's thread, or after it has ended.</summary>
    public void Dispose()
    {
        _reactor.Remove(_socket.Descriptor);
        _socket.Dispose();
    }
}
