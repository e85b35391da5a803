// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;

namespace LoadBalancer.Interop;

/// <summary>A message as it came.</summary>
public sealed record RawMessage(MessageType Type, byte[] Body);

/// <summary>A connection of a <see cref="RawPeer"/>: whole messages in, any octets out.</summary>
public sealed class RawConnection(Socket socket) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly byte[] _buffer = new byte[2 * MessageFrame.MaxExtendedLength];
    private int _length;

    public Socket Socket => socket;

    public static CancellationTokenSource Limit()
    {
        CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(BgpWorld.Cancellation);
        limit.CancelAfter(Patience);
        return limit;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> octets)
    {
        using CancellationTokenSource limit = Limit();
        while (octets.Length > 0)
            octets = octets[await socket.SendAsync(octets, limit.Token)..];
    }

    /// <summary>The next message; null when the connection has ended.</summary>
    public async Task<RawMessage?> ReadAsync()
    {
        using CancellationTokenSource limit = Limit();
        while (true)
        {
            if (Take() is { } message)
                return message;
            int read;
            try
            {
                read = await socket.ReceiveAsync(_buffer.AsMemory(_length), limit.Token);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                return null;
            }

            if (read == 0)
                return null;
            _length += read;
        }
    }

    /// <summary>The next message of a type; the others before it are passed over, but not the end.</summary>
    public async Task<RawMessage> ReadAsync(MessageType type)
    {
        while (true)
        {
            RawMessage message = await ReadAsync() ?? throw new IOException($"the connection ended before {type}");
            if (message.Type == type)
                return message;
            if (message.Type == MessageType.Notification)
                throw new IOException($"NOTIFICATION {Convert.ToHexString(message.Body)} instead of {type}");
        }
    }

    /// <summary>The NOTIFICATION that ends the connection, as "code/subcode data in hex"; what the end was when there is none.</summary>
    public async Task<string> ReadEndAsync()
    {
        while (await ReadAsync() is { } message)
            if (message.Type == MessageType.Notification)
                return await ReadAsync() is { } more ? $"{more.Type} after the NOTIFICATION" : $"{message.Body[0]}/{message.Body[1]} {Convert.ToHexStringLower(message.Body.AsSpan(2))}".TrimEnd();
        return "no NOTIFICATION";
    }

    /// <summary>Opens a session: both OPENs, both KEEPALIVEs.</summary>
    public async Task EstablishAsync(SpeakerOpen open)
    {
        await SendAsync(RawOctets.Open(open));
        _ = await ReadAsync(MessageType.Open);
        await SendAsync(RawOctets.Keepalive);
        _ = await ReadAsync(MessageType.Keepalive);
    }

    /// <summary>Asks for all routes of both families again and reads to the end of the answers: the session is alive both ways.</summary>
    public async Task ProveAliveAsync()
    {
        foreach (AfiSafi family in (AfiSafi[])[AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast])
        {
            await SendAsync(RawOctets.Refresh(family));
            while ((await ReadAsync(MessageType.RouteRefresh)).Body[2] != (byte)RefreshSubtype.End)
            {
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private RawMessage? Take()
    {
        if (!MessageFrame.TryRead(_buffer.AsSpan(0, _length), extendedMessages: true, out MessageFrame frame, out DecodeError error))
            return error.Fault == BgpFault.Incomplete ? null : throw new IOException($"the speaker sent what is no message: {error.Fault}");
        RawMessage message = new(frame.Type, frame.Body.ToArray());
        int taken = frame.Message.Length;
        _buffer.AsSpan(taken, _length - taken).CopyTo(_buffer);
        _length -= taken;
        return message;
    }
}
