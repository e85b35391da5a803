// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>
/// One path attribute as it stands in an UPDATE (RFC 4271 4.3).
/// <code>
///   0         1      2        3 or 4
///  +-+-+-+-+-+------+--------+----------
///  |O|T|P|E|0| type | length | value ...     length: two octets when E is set
///  +-+-+-+-+-+------+--------+----------
/// </code>
/// </summary>
public readonly ref struct PathAttribute
{
    private const AttributeFlags Known = AttributeFlags.Optional | AttributeFlags.Transitive | AttributeFlags.Partial | AttributeFlags.ExtendedLength;

    private PathAttribute(AttributeFlags flags, AttributeType type, ReadOnlySpan<byte> value, ReadOnlySpan<byte> octets)
    {
        Flags = flags;
        Type = type;
        Value = value;
        Octets = octets;
    }

    /// <summary>The upper four flags.</summary>
    public AttributeFlags Flags { get; }

    /// <summary>The type; it may be one that is not known.</summary>
    public AttributeType Type { get; }

    /// <summary>What follows the length.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The whole attribute with flags, type and length.</summary>
    public ReadOnlySpan<byte> Octets { get; }

    /// <summary>Whether someone who does not know it passes it on, with the partial bit set (RFC 4271 5).</summary>
    public bool IsUnknownTransitive =>
        (Flags & AttributeFlags.Transitive) != 0 && (Flags & AttributeFlags.Optional) != 0 && AttributeRules.DefinedFlags(Type) is null;

    /// <summary>Reads the next attribute; the type is told also when the rest runs past the end, 0 when not even that is there.</summary>
    internal static bool TryRead(scoped ref SpanReader reader, out PathAttribute attribute, out AttributeType type)
    {
        attribute = default;
        ReadOnlySpan<byte> from = reader.Rest;
        bool head = reader.TryReadByte(out byte flags) & reader.TryReadByte(out byte code);
        type = (AttributeType)code;
        if (!head || !TryReadLength(ref reader, (AttributeFlags)flags, out int length) || !reader.TryReadOctets(length, out ReadOnlySpan<byte> value))
        {
            return false;
        }

        attribute = new((AttributeFlags)flags & Known, type, value, from[..^reader.Remaining]);
        return true;
    }

    // RFC 7606 4: two octets of length may stand also before a short value.
    private static bool TryReadLength(scoped ref SpanReader reader, AttributeFlags flags, out int length)
    {
        if ((flags & AttributeFlags.ExtendedLength) != 0)
        {
            bool wideRead = reader.TryReadUInt16(out ushort wide);
            length = wide;
            return wideRead;
        }

        bool read = reader.TryReadByte(out byte narrow);
        length = narrow;
        return read;
    }

    /// <summary>Begins an attribute when all of it fits, with the length in one octet where that holds it (RFC 4271 4.3).</summary>
    internal static bool TryWriteHeader(ref SpanWriter writer, AttributeFlags flags, AttributeType type, int length)
    {
        bool extended = length > byte.MaxValue;
        if (length > ushort.MaxValue || writer.Remaining < length + (extended ? 4 : 3))
        {
            return false;
        }

        _ = writer.TryWriteByte((byte)(extended ? flags | AttributeFlags.ExtendedLength : flags & ~AttributeFlags.ExtendedLength));
        _ = writer.TryWriteByte((byte)type);
        return extended ? writer.TryWriteUInt16((ushort)length) : writer.TryWriteByte((byte)length);
    }

    /// <summary>Writes an attribute whose value is ready, such as one that is passed on unknown.</summary>
    public static bool TryWrite(ref SpanWriter writer, AttributeFlags flags, AttributeType type, scoped ReadOnlySpan<byte> value) =>
        TryWriteHeader(ref writer, flags, type, value.Length) && writer.TryWriteOctets(value);

    internal static bool TryWriteUInt32(ref SpanWriter writer, AttributeFlags flags, AttributeType type, uint value) =>
        TryWriteHeader(ref writer, flags, type, sizeof(uint)) && writer.TryWriteUInt32(value);
}
