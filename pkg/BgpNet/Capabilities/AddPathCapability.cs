// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>
/// Several paths for a prefix, code 69 (RFC 7911 4): one or more of
/// <code>
///  +-------+------+------+
///  |  AFI  | SAFI | mode |
///  +-------+------+------+
/// </code>
/// </summary>
public readonly ref struct AddPathCapability
{
    private const int EntryLength = 4;
    private readonly ReadOnlySpan<byte> _value;

    private AddPathCapability(ReadOnlySpan<byte> value) => _value = value;

    /// <summary>Families in the capability.</summary>
    public int Count => _value.Length / EntryLength;

    /// <summary>The family at a place; a mode that is none of the three counts as none (RFC 7911 4).</summary>
    public AddPathEntry this[int index]
    {
        get
        {
            SpanReader reader = new(_value.Slice(index * EntryLength, EntryLength));
            _ = AfiSafi.TryRead(ref reader, out AfiSafi family);
            _ = reader.TryReadByte(out byte mode);
            return new(family, mode <= (byte)AddPathMode.Both ? (AddPathMode)mode : AddPathMode.None);
        }
    }

    /// <summary>Reads the value; false when it is empty or not of whole entries.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out AddPathCapability capability)
    {
        bool whole = !value.IsEmpty && value.Length % EntryLength == 0;
        capability = whole ? new(value) : default;
        return whole;
    }

    /// <summary>Writes the capability; false also for no entries, which some peers answer with an OPEN error.</summary>
    public static bool TryWrite(ref SpanWriter writer, params scoped ReadOnlySpan<AddPathEntry> entries)
    {
        if (entries.IsEmpty || !Capability.TryWriteHeader(ref writer, CapabilityCode.AddPath, entries.Length * EntryLength))
        {
            return false;
        }

        foreach (AddPathEntry entry in entries)
        {
            _ = entry.Family.TryWrite(ref writer);
            _ = writer.TryWriteByte((byte)entry.Mode);
        }

        return true;
    }
}
