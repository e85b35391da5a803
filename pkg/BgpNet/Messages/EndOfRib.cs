// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Messages;

/// <summary>The UPDATE without routes that says: all routes of this family have been sent (RFC 4724 2).</summary>
public static class EndOfRib
{
    /// <summary>Octets of the longest marker.</summary>
    public const int MaxLength = MessageFrame.HeaderLength + 10;

    private const int EmptyLength = MessageFrame.HeaderLength + 4;

    /// <summary>Writes the marker; false when it does not fit.</summary>
    public static bool TryWrite(AfiSafi family, Span<byte> destination, out int length)
    {
        bool plain = family == AfiSafi.IPv4Unicast;
        length = 0;
        if (destination.Length < (plain ? EmptyLength : MaxLength))
        {
            return false;
        }

        length = plain ? EmptyLength : MaxLength;
        SpanWriter writer = new(destination);
        _ = MessageFrame.TryWriteHeader(ref writer, MessageType.Update, length);
        _ = writer.TryWriteUInt16(0);
        _ = writer.TryWriteUInt16((ushort)(length - EmptyLength));
        if (!plain)
        {
            _ = PathAttribute.TryWriteHeader(ref writer, AttributeFlags.Optional, AttributeType.MpUnreach, AfiSafi.Length);
            _ = family.TryWrite(ref writer);
        }

        return true;
    }
}
