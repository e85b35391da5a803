// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>MULTI_EXIT_DISC, type 4: four octets, the smaller is preferred (RFC 4271 5.1.4).</summary>
public static class MedAttribute
{
    /// <summary>Reads the value; false when it is not four octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out uint metric)
    {
        SpanReader reader = new(value);
        return reader.TryReadUInt32(out metric) && reader.Remaining == 0;
    }

    /// <summary>Writes the attribute.</summary>
    public static bool TryWrite(ref SpanWriter writer, uint metric) =>
        PathAttribute.TryWriteUInt32(ref writer, AttributeFlags.Optional, AttributeType.MultiExitDisc, metric);
}
