// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Messages;

/// <summary>
/// One message cut out of the stream of octets.
/// <code>
///   0               16      18      19
///  +---------------+-------+------+-----------------
///  | marker, ones  | length| type | body ...
///  +---------------+-------+------+-----------------
/// </code>
/// The length counts the header (RFC 4271 4.1).
/// </summary>
public readonly ref struct MessageFrame
{
    /// <summary>Octets of the header.</summary>
    public const int HeaderLength = 19;

    /// <summary>The longest message without the extended message capability.</summary>
    public const int MaxLength = 4096;

    /// <summary>The longest UPDATE, NOTIFICATION and ROUTE-REFRESH with it (RFC 8654).</summary>
    public const int MaxExtendedLength = 65535;

    private const int MarkerLength = 16;

    private MessageFrame(MessageType type, ReadOnlySpan<byte> message)
    {
        Type = type;
        Message = message;
    }

    /// <summary>What kind of message it is.</summary>
    public MessageType Type { get; }

    /// <summary>The whole message with its header; its length is what has been taken from the stream.</summary>
    public ReadOnlySpan<byte> Message { get; }

    /// <summary>The message without its header.</summary>
    public ReadOnlySpan<byte> Body => Message[HeaderLength..];

    /// <summary>
    /// Takes the first message from what has been received. False with <see cref="BgpFault.Incomplete"/> when more octets are
    /// needed; any other fault ends the session.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> received, bool extendedMessages, out MessageFrame frame, out DecodeError error)
    {
        frame = default;
        if (received.Length < HeaderLength)
        {
            error = new(BgpFault.Incomplete);
            return false;
        }

        if (received[..MarkerLength].ContainsAnyExcept((byte)0xff))
        {
            error = new(BgpFault.Marker);
            return false;
        }

        ReadOnlySpan<byte> lengthField = received.Slice(MarkerLength, 2);
        int length = BinaryPrimitives.ReadUInt16BigEndian(lengthField);
        MessageType type = (MessageType)received[MarkerLength + 2];
        // The length is judged before the type: a length outside all bounds says that the stream is out of step.
        if (length < HeaderLength || (length > MaxLength && !extendedMessages))
        {
            error = new(BgpFault.MessageLength, lengthField);
            return false;
        }

        if (type is < MessageType.Open or > MessageType.RouteRefresh)
        {
            error = new(BgpFault.MessageType, received.Slice(MarkerLength + 2, 1));
            return false;
        }

        (int least, int most) = Bounds(type, extendedMessages);
        if (length < least || length > most)
        {
            error = new(BgpFault.MessageLength, lengthField);
            return false;
        }

        if (received.Length < length)
        {
            error = new(BgpFault.Incomplete);
            return false;
        }

        error = default;
        frame = new(type, received[..length]);
        return true;
    }

    /// <summary>Writes the header of a message whose length is known.</summary>
    internal static bool TryWriteHeader(ref SpanWriter writer, MessageType type, int length)
    {
        if (!writer.TryReserve(HeaderLength, out Span<byte> header))
        {
            return false;
        }

        WriteHeader(header, type, length);
        return true;
    }

    internal static void WriteHeader(Span<byte> header, MessageType type, int length)
    {
        header[..MarkerLength].Fill(0xff);
        BinaryPrimitives.WriteUInt16BigEndian(header[MarkerLength..], (ushort)length);
        header[MarkerLength + 2] = (byte)type;
    }

    // RFC 4271 6.1, RFC 8654 4: OPEN and KEEPALIVE never grow. A refresh may carry filters (RFC 5291), so only its least is told.
    private static (int Least, int Most) Bounds(MessageType type, bool extendedMessages)
    {
        int most = extendedMessages ? MaxExtendedLength : MaxLength;
        return type switch
        {
            MessageType.Open => (29, MaxLength),
            MessageType.Update => (23, most),
            MessageType.Notification => (21, most),
            MessageType.Keepalive => (HeaderLength, HeaderLength),
            MessageType.RouteRefresh => (23, most),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
