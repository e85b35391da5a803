// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>
/// Multiprotocol extensions, code 1: one family the speaker exchanges routes of (RFC 4760 8).
/// <code>
///  +-------+---------+------+
///  |  AFI  | 0       | SAFI |
///  +-------+---------+------+
/// </code>
/// </summary>
public static class MultiprotocolCapability
{
    private const int Length = 4;

    /// <summary>Reads the value; false when it is not four octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out AfiSafi family)
    {
        SpanReader reader = new(value);
        bool read = reader.TryReadUInt16(out ushort afi) & reader.TryReadByte(out _) & reader.TryReadByte(out byte safi);
        family = new((Afi)afi, (Safi)safi);
        return read && reader.Remaining == 0;
    }

    /// <summary>Writes the capability.</summary>
    public static bool TryWrite(ref SpanWriter writer, AfiSafi family) =>
        Capability.TryWriteHeader(ref writer, CapabilityCode.Multiprotocol, Length)
        && writer.TryWriteUInt16((ushort)family.Afi)
        && writer.TryWriteByte(0)
        && writer.TryWriteByte((byte)family.Safi);
}
