// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace LoadBalancer.Linux.Netlink;

/// <summary>Takes one message of a list that the kernel sends; the span is valid during the call only.</summary>
internal delegate void NetlinkItemHandler(ushort type, ReadOnlySpan<byte> payload);

/// <summary>Asks the kernel and waits for its answers, which it has ready when the send returns. For one thread at a time.</summary>
internal sealed class NetlinkChannel : IDisposable
{
    // An answer takes about a kilobyte of the socket's buffer, of which a host may give as little as two hundred.
    private const int MostPerSend = 128;
    private const int MostDumps = 8;
    private const int MaxDatagram = 1 << 16;
    private const int CapAcknowledgements = 10;
    private const int StrictCheck = 12;

    private readonly NetlinkSocket _socket;
    private readonly byte[] _answer = new byte[MaxDatagram];
    private uint _sequence;

    public NetlinkChannel(int protocol = 0)
    {
        _socket = new(0, blocking: true, protocol);
        // Errors without a copy of the request; lists filtered by the kernel and not here (Linux 4.20).
        _ = _socket.TryEnable(CapAcknowledgements);
        FiltersLists = _socket.TryEnable(StrictCheck);
    }

    /// <summary>Whether the kernel honours what a list request asks for.</summary>
    public bool FiltersLists { get; }

    /// <summary>Sends every request of a batch; gives each one's error number (0 for none) and the kernel's words.</summary>
    public (int Error, string Detail)[] Execute(NetlinkBatch batch)
    {
        (int Error, string Detail)[] answers = new (int, string)[batch.Count];
        uint first = _sequence + 1;
        _sequence += (uint)batch.Count;
        batch.Number(first);
        for (int from = 0; from < batch.Count; from += MostPerSend)
        {
            int to = Math.Min(batch.Count, from + MostPerSend);
            _socket.Send(batch.Slice(from, to));
            Collect(answers, first, to - from);
        }

        return answers;
    }

    private void Collect((int Error, string Detail)[] answers, uint first, int awaited)
    {
        while (awaited > 0)
        {
            ReadOnlySpan<byte> rest = Receive("read the answers of the kernel");
            while (NetlinkMessage.TryTake(ref rest, out NetlinkMessage message))
            {
                uint index = message.Sequence - first;
                if (message.Type == NetlinkSocket.Error && index < (uint)answers.Length && message.Payload.Length >= sizeof(int))
                {
                    answers[index] = (-MemoryMarshal.Read<int>(message.Payload), NetlinkReader.ReadReason(message));
                    awaited--;
                }
            }
        }
    }

    /// <summary>Reads a list; again from the start when it changed meanwhile, which <paramref name="restart"/> is told.</summary>
    public void List(NetlinkBatch request, string what, Action restart, NetlinkItemHandler item)
    {
        for (int round = 0; round < MostDumps; round++)
        {
            restart();
            if (ListOnce(request, what, item))
            {
                return;
            }
        }

        // A table that never stands still: what the last round gave is as near as any.
    }

    private bool ListOnce(NetlinkBatch request, string what, NetlinkItemHandler item)
    {
        uint sequence = ++_sequence;
        request.Number(sequence);
        _socket.Send(request.Slice(0, 1));
        bool whole = true;
        while (true)
        {
            ReadOnlySpan<byte> rest = Receive(what);
            while (NetlinkMessage.TryTake(ref rest, out NetlinkMessage message))
            {
                if (message.Sequence != sequence)
                {
                    continue;
                }

                whole &= (message.Flags & NetlinkSocket.FlagDumpInterrupted) == 0;
                switch (message.Type)
                {
                    case NetlinkSocket.Done:
                        return whole;
                    case NetlinkSocket.Error when message.Payload.Length >= sizeof(int):
                        throw LinuxException.Of(what, -MemoryMarshal.Read<int>(message.Payload), NetlinkReader.ReadReason(message), Capability.NetAdmin);
                    default:
                        item(message.Type, message.Payload);
                        break;
                }
            }
        }
    }

    private ReadOnlySpan<byte> Receive(string doing)
    {
        int received = _socket.Receive(_answer);
        return received >= 0 ? _answer.AsSpan(0, received) : throw LinuxException.Of(doing, -received);
    }

    public void Dispose() => _socket.Dispose();
}
