// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Messages;

/// <summary>
/// NOTIFICATION (RFC 4271 4.5): why a session ends.
/// <code>
///   19     20        21
///  +------+---------+---------
///  | code | subcode | data ...
///  +------+---------+---------
/// </code>
/// </summary>
public readonly ref partial struct NotificationMessage
{
    private const int FixedLength = MessageFrame.HeaderLength + 2;

    /// <summary>A notification; the data are not copied.</summary>
    public NotificationMessage(NotificationCode code, byte subcode, ReadOnlySpan<byte> data = default)
    {
        Code = code;
        Subcode = subcode;
        Data = data;
    }

    /// <summary>The kind of error; a peer may send one that is not known.</summary>
    public NotificationCode Code { get; }

    /// <summary>The error within its kind.</summary>
    public byte Subcode { get; }

    /// <summary>What belongs to the error: none, one or many octets.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>A message header error.</summary>
    public static NotificationMessage Header(HeaderSubcode subcode, ReadOnlySpan<byte> data = default) =>
        new(NotificationCode.MessageHeader, (byte)subcode, data);

    /// <summary>An OPEN error.</summary>
    public static NotificationMessage Open(OpenSubcode subcode, ReadOnlySpan<byte> data = default) =>
        new(NotificationCode.OpenMessage, (byte)subcode, data);

    /// <summary>An UPDATE error.</summary>
    public static NotificationMessage Update(UpdateSubcode subcode, ReadOnlySpan<byte> data = default) =>
        new(NotificationCode.UpdateMessage, (byte)subcode, data);

    /// <summary>An orderly end.</summary>
    public static NotificationMessage Cease(CeaseSubcode subcode, ReadOnlySpan<byte> data = default) =>
        new(NotificationCode.Cease, (byte)subcode, data);

    /// <summary>Reads a message from its body. False only when the body has not the two octets that its header promised.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out NotificationMessage message)
    {
        SpanReader reader = new(body);
        bool read = reader.TryReadByte(out byte code) & reader.TryReadByte(out byte subcode);
        message = read ? new((NotificationCode)code, subcode, reader.Rest) : default;
        return read;
    }

    /// <summary>
    /// Writes the message into a buffer; data beyond the longest message are cut off, as nothing is answered to a NOTIFICATION.
    /// False when it does not fit the buffer.
    /// </summary>
    public bool TryWrite(Span<byte> destination, bool extendedMessages, out int length)
    {
        int most = extendedMessages ? MessageFrame.MaxExtendedLength : MessageFrame.MaxLength;
        ReadOnlySpan<byte> data = Data[..Math.Min(Data.Length, most - FixedLength)];
        length = 0;
        if (destination.Length < FixedLength + data.Length)
        {
            return false;
        }

        length = FixedLength + data.Length;
        SpanWriter writer = new(destination);
        _ = MessageFrame.TryWriteHeader(ref writer, MessageType.Notification, length);
        _ = writer.TryWriteByte((byte)Code);
        _ = writer.TryWriteByte(Subcode);
        _ = writer.TryWriteOctets(data);
        return true;
    }
}
