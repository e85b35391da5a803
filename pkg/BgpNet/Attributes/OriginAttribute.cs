// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>ORIGIN, type 1: one octet (RFC 4271 4.3).</summary>
public static class OriginAttribute
{
    /// <summary>Reads the value; false when it is not one octet of 0 to 2.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out Origin origin)
    {
        bool read = value.Length == 1 && value[0] <= (byte)Origin.Incomplete;
        origin = read ? (Origin)value[0] : default;
        return read;
    }

    /// <summary>Writes the attribute.</summary>
    public static bool TryWrite(ref SpanWriter writer, Origin origin) =>
        PathAttribute.TryWriteHeader(ref writer, AttributeFlags.Transitive, AttributeType.Origin, 1) && writer.TryWriteByte((byte)origin);
}
