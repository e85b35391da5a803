// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>
/// Extended next hop encoding, code 5 (RFC 8950 4): any number of
/// <code>
///  +-------+-------+--------------+
///  |  AFI  | SAFI  | next hop AFI |   two octets each
///  +-------+-------+--------------+
/// </code>
/// </summary>
public readonly ref struct ExtendedNextHopCapability
{
    private const int EntryLength = 6;
    private readonly ReadOnlySpan<byte> _value;

    private ExtendedNextHopCapability(ReadOnlySpan<byte> value) => _value = value;

    /// <summary>Entries in the capability.</summary>
    public int Count => _value.Length / EntryLength;

    /// <summary>The entry at a place; the SAFI's upper octet is dropped.</summary>
    public ExtendedNextHopEntry this[int index]
    {
        get
        {
            SpanReader reader = new(_value.Slice(index * EntryLength, EntryLength));
            _ = reader.TryReadUInt16(out ushort afi);
            _ = reader.TryReadUInt16(out ushort safi);
            _ = reader.TryReadUInt16(out ushort nextHop);
            return new(new((Afi)afi, (Safi)safi), (Afi)nextHop);
        }
    }

    /// <summary>Reads the value; false when it is not of whole entries.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out ExtendedNextHopCapability capability)
    {
        bool whole = value.Length % EntryLength == 0;
        capability = whole ? new(value) : default;
        return whole;
    }

    /// <summary>Writes the capability.</summary>
    public static bool TryWrite(ref SpanWriter writer, params scoped ReadOnlySpan<ExtendedNextHopEntry> entries)
    {
        if (!Capability.TryWriteHeader(ref writer, CapabilityCode.ExtendedNextHop, entries.Length * EntryLength))
        {
            return false;
        }

        foreach (ExtendedNextHopEntry entry in entries)
        {
            _ = writer.TryWriteUInt16((ushort)entry.Family.Afi);
            _ = writer.TryWriteUInt16((ushort)entry.Family.Safi);
            _ = writer.TryWriteUInt16((ushort)entry.NextHop);
        }

        return true;
    }
}
