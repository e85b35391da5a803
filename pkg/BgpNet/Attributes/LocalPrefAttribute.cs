// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>LOCAL_PREF, type 5: four octets, the larger is preferred; within an AS only (RFC 4271 5.1.5).</summary>
public static class LocalPrefAttribute
{
    /// <summary>Reads the value; false when it is not four octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out uint preference)
    {
        SpanReader reader = new(value);
        return reader.TryReadUInt32(out preference) && reader.Remaining == 0;
    }

    /// <summary>Writes the attribute.</summary>
    public static bool TryWrite(ref SpanWriter writer, uint preference) =>
        PathAttribute.TryWriteUInt32(ref writer, AttributeFlags.Transitive, AttributeType.LocalPref, preference);
}
