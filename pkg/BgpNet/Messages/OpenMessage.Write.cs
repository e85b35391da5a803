// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Messages;

public readonly ref partial struct OpenMessage
{
    private const int FixedLength = MessageFrame.HeaderLength + 10;
    private const int ParameterHead = 2;
    private const int ExtendedHead = 1 + 2;
    private const int ExtendedParameterHead = 3;

    /// <summary>
    /// Writes a message with its capabilities, written before, in one parameter. The extended form (RFC 9072) is taken only
    /// when the plain one cannot hold them: not every peer reads it. False when it does not fit the buffer or 4,096 octets.
    /// </summary>
    public static bool TryWrite(
        Span<byte> destination, uint asn, ushort holdSeconds, uint identifier, ReadOnlySpan<byte> capabilities, out int length)
    {
        int plain = capabilities.IsEmpty ? 0 : ParameterHead + capabilities.Length;
        bool extended = plain > byte.MaxValue;
        int total = FixedLength + (extended ? ExtendedHead + ExtendedParameterHead + capabilities.Length : plain);
        length = 0;
        if (destination.Length < total || total > MessageFrame.MaxLength)
        {
            return false;
        }

        SpanWriter writer = new(destination);
        _ = MessageFrame.TryWriteHeader(ref writer, MessageType.Open, total);
        _ = writer.TryWriteByte(CurrentVersion);
        _ = writer.TryWriteUInt16(AsNumbers.ToTwoOctets(asn));
        _ = writer.TryWriteUInt16(holdSeconds);
        _ = writer.TryWriteUInt32(identifier);
        _ = writer.TryWriteByte(extended ? OpenParameter.Extended : (byte)plain);
        if (extended)
        {
            _ = writer.TryWriteByte(OpenParameter.Extended);
            _ = writer.TryWriteUInt16((ushort)(ExtendedParameterHead + capabilities.Length));
        }

        if (plain > 0)
        {
            _ = writer.TryWriteByte(OpenParameter.Capabilities);
            _ = extended ? writer.TryWriteUInt16((ushort)capabilities.Length) : writer.TryWriteByte((byte)capabilities.Length);
            _ = writer.TryWriteOctets(capabilities);
        }

        length = total;
        return true;
    }
}
