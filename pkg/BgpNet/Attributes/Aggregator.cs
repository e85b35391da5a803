// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>
/// AGGREGATOR and AS4_AGGREGATOR, types 7 and 18: an AS number of two or four octets and a BGP identifier
/// (RFC 4271 5.1.7, RFC 6793 3).
/// </summary>
public readonly record struct Aggregator(uint Asn, uint Identifier)
{
    private const AttributeFlags Flags = AttributeFlags.Optional | AttributeFlags.Transitive;

    /// <summary>Reads the value; false for the wrong length (RFC 7606 7.7) and for AS 0 (RFC 7607 2).</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, bool fourOctetAs, out Aggregator aggregator)
    {
        SpanReader reader = new(value);
        uint asn;
        bool read;
        if (fourOctetAs)
        {
            read = reader.TryReadUInt32(out asn);
        }
        else
        {
            read = reader.TryReadUInt16(out ushort narrow);
            asn = narrow;
        }

        read &= reader.TryReadUInt32(out uint identifier);
        read &= reader.Remaining == 0 && asn != 0;
        aggregator = read ? new(asn, identifier) : default;
        return read;
    }

    /// <summary>Writes AGGREGATOR; for a two-octet peer a number that does not fit becomes <see cref="AsNumbers.Trans"/>.</summary>
    public bool TryWrite(ref SpanWriter writer, bool fourOctetAs) =>
        PathAttribute.TryWriteHeader(ref writer, Flags, AttributeType.Aggregator, AsPathSegment.Width(fourOctetAs) + sizeof(uint))
        && (fourOctetAs ? writer.TryWriteUInt32(Asn) : writer.TryWriteUInt16(AsNumbers.ToTwoOctets(Asn)))
        && writer.TryWriteUInt32(Identifier);

    /// <summary>Writes AS4_AGGREGATOR: only to a two-octet peer, and only for a number that does not fit (RFC 6793 4.2.2).</summary>
    public bool TryWriteAs4(ref SpanWriter writer) =>
        PathAttribute.TryWriteHeader(ref writer, Flags, AttributeType.As4Aggregator, 2 * sizeof(uint))
        && writer.TryWriteUInt32(Asn)
        && writer.TryWriteUInt32(Identifier);
}
