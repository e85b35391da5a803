// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>ORIGINATOR_ID, type 9: the BGP identifier of who brought the route into the AS (RFC 4456 8).</summary>
public static class OriginatorIdAttribute
{
    /// <summary>Reads the value; false when it is not four octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out uint identifier)
    {
        SpanReader reader = new(value);
        return reader.TryReadUInt32(out identifier) && reader.Remaining == 0;
    }

    /// <summary>Writes the attribute.</summary>
    public static bool TryWrite(ref SpanWriter writer, uint identifier) =>
        PathAttribute.TryWriteUInt32(ref writer, AttributeFlags.Optional, AttributeType.OriginatorId, identifier);
}
