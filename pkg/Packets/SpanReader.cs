// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets;

/// <summary>
/// Reads network-order fields from octets it never leaves. A nested length is read by taking a reader over that slice,
/// so an inner decoder cannot see past its own end. A read that does not fit returns false and moves nothing.
/// </summary>
public ref struct SpanReader(ReadOnlySpan<byte> octets)
{
    private readonly ReadOnlySpan<byte> _octets = octets;

    /// <summary>Octets read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Octets not yet read.</summary>
    public readonly int Remaining => _octets.Length - Position;

    /// <summary>The octets not yet read; reading them moves nothing.</summary>
    public readonly ReadOnlySpan<byte> Rest => _octets[Position..];

    /// <summary>Takes the next <paramref name="length"/> octets; false also for a negative length.</summary>
    public bool TryReadOctets(int length, out ReadOnlySpan<byte> octets)
    {
        if ((uint)length > (uint)Remaining)
        {
            octets = default;
            return false;
        }

        octets = _octets.Slice(Position, length);
        Position += length;
        return true;
    }

    /// <summary>Takes the next <paramref name="length"/> octets as a reader of their own.</summary>
    public bool TryReadNested(int length, out SpanReader nested)
    {
        bool read = TryReadOctets(length, out ReadOnlySpan<byte> octets);
        nested = new(octets);
        return read;
    }

    /// <summary>Passes over <paramref name="length"/> octets.</summary>
    public bool TrySkip(int length) => TryReadOctets(length, out _);

    /// <summary>Reads one octet.</summary>
    public bool TryReadByte(out byte value)
    {
        bool read = TryReadOctets(1, out ReadOnlySpan<byte> octets);
        value = read ? octets[0] : default;
        return read;
    }

    /// <summary>Reads 16 bits, network order.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        bool read = TryReadOctets(2, out ReadOnlySpan<byte> octets);
        value = read ? BinaryPrimitives.ReadUInt16BigEndian(octets) : default;
        return read;
    }

    /// <summary>Reads 32 bits, network order.</summary>
    public bool TryReadUInt32(out uint value)
    {
        bool read = TryReadOctets(4, out ReadOnlySpan<byte> octets);
        value = read ? BinaryPrimitives.ReadUInt32BigEndian(octets) : default;
        return read;
    }

    /// <summary>Reads 64 bits, network order.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        bool read = TryReadOctets(8, out ReadOnlySpan<byte> octets);
        value = read ? BinaryPrimitives.ReadUInt64BigEndian(octets) : default;
        return read;
    }

    /// <summary>Reads a hardware address of six octets.</summary>
    public bool TryReadMac(out MacAddr address)
    {
        _ = TryReadOctets(MacAddr.ByteLength, out ReadOnlySpan<byte> octets);
        return MacAddr.TryRead(octets, out address);
    }

    /// <summary>Reads four octets as an IPv4 address.</summary>
    public bool TryReadIPv4(out IpAddr address)
    {
        _ = TryReadOctets(4, out ReadOnlySpan<byte> octets);
        return IpAddr.TryRead(octets, out address);
    }

    /// <summary>Reads sixteen octets as an IPv6 address; false, and moved past them, for a v4-mapped one.</summary>
    public bool TryReadIPv6(out IpAddr address)
    {
        _ = TryReadOctets(16, out ReadOnlySpan<byte> octets);
        return IpAddr.TryRead(octets, out address);
    }
}
