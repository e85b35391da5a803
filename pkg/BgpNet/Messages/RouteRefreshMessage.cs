// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Messages;

/// <summary>
/// ROUTE-REFRESH (RFC 2918 3, RFC 7313 3.2).
/// <code>
///   19      21        22     23
///  +-------+---------+------+
///  |  AFI  | subtype | SAFI |
///  +-------+---------+------+
/// </code>
/// </summary>
public readonly record struct RouteRefreshMessage(AfiSafi Family, RefreshSubtype Subtype)
{
    /// <summary>Octets of the message.</summary>
    public const int Length = MessageFrame.HeaderLength + BodyLength;

    private const int BodyLength = 4;

    /// <summary>Whether the subtype is one of the three that mean something; any other message is to be passed over (RFC 7313 5).</summary>
    public bool IsKnown => Subtype is RefreshSubtype.Request or RefreshSubtype.Begin or RefreshSubtype.End;

    /// <summary>
    /// Reads a message. Route filters behind a request are passed over; behind a marker they end the session when
    /// enhanced refresh was agreed on (RFC 7313 5), with the whole message as the NOTIFICATION's data.
    /// </summary>
    public static bool TryRead(MessageFrame frame, bool enhancedRefresh, out RouteRefreshMessage message, out DecodeError error)
    {
        error = default;
        message = default;
        SpanReader reader = new(frame.Body);
        if (!reader.TryReadUInt16(out ushort afi) || !reader.TryReadByte(out byte subtype) || !reader.TryReadByte(out byte safi))
        {
            error = new(BgpFault.RefreshLength, frame.Message);
            return false;
        }

        message = new(new((Afi)afi, (Safi)safi), (RefreshSubtype)subtype);
        bool isMarker = message.Subtype is RefreshSubtype.Begin or RefreshSubtype.End;
        if (isMarker && enhancedRefresh && reader.Remaining > 0)
        {
            error = new(BgpFault.RefreshLength, frame.Message);
            return false;
        }

        return true;
    }

    /// <summary>Writes the message; false when it does not fit.</summary>
    public bool TryWrite(Span<byte> destination, out int length)
    {
        length = 0;
        SpanWriter writer = new(destination);
        if (destination.Length < Length)
        {
            return false;
        }

        _ = MessageFrame.TryWriteHeader(ref writer, MessageType.RouteRefresh, Length);
        _ = writer.TryWriteUInt16((ushort)Family.Afi);
        _ = writer.TryWriteByte((byte)Subtype);
        _ = writer.TryWriteByte((byte)Family.Safi);
        length = Length;
        return true;
    }
}
