// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets;

/// <summary>Writes network-order fields into a caller's octets. A write that does not fit returns false and writes nothing.</summary>
public ref struct SpanWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Octets written so far.</summary>
    public int Position { get; private set; }

    /// <summary>Octets that still fit.</summary>
    public readonly int Remaining => _destination.Length - Position;

    /// <summary>What has been written, for a checksum or length to be patched in.</summary>
    public readonly Span<byte> Written => _destination[..Position];

    /// <summary>Takes the next <paramref name="length"/> octets of the destination to be filled by the caller; they are not cleared.</summary>
    public bool TryReserve(int length, out Span<byte> reserved)
    {
        if ((uint)length > (uint)Remaining)
        {
            reserved = default;
            return false;
        }

        reserved = _destination.Slice(Position, length);
        Position += length;
        return true;
    }

    /// <summary>Copies octets.</summary>
    public bool TryWriteOctets(scoped ReadOnlySpan<byte> octets)
    {
        bool fits = TryReserve(octets.Length, out Span<byte> place);
        if (fits)
        {
            octets.CopyTo(place);
        }

        return fits;
    }

    /// <summary>Writes zero octets.</summary>
    public bool TryWriteZeros(int length)
    {
        bool fits = TryReserve(length, out Span<byte> place);
        place.Clear();
        return fits;
    }

    /// <summary>Writes one octet.</summary>
    public bool TryWriteByte(byte value)
    {
        bool fits = TryReserve(1, out Span<byte> place);
        if (fits)
        {
            place[0] = value;
        }

        return fits;
    }

    /// <summary>Writes 16 bits, network order.</summary>
    public bool TryWriteUInt16(ushort value) => TryReserve(2, out Span<byte> place) && BinaryPrimitives.TryWriteUInt16BigEndian(place, value);

    /// <summary>Writes 32 bits, network order.</summary>
    public bool TryWriteUInt32(uint value) => TryReserve(4, out Span<byte> place) && BinaryPrimitives.TryWriteUInt32BigEndian(place, value);

    /// <summary>Writes 64 bits, network order.</summary>
    public bool TryWriteUInt64(ulong value) => TryReserve(8, out Span<byte> place) && BinaryPrimitives.TryWriteUInt64BigEndian(place, value);

    /// <summary>Writes six octets.</summary>
    public bool TryWriteMac(MacAddr address)
    {
        bool fits = TryReserve(MacAddr.ByteLength, out Span<byte> place);
        if (fits)
        {
            address.Write(place);
        }

        return fits;
    }

    /// <summary>Writes 4 or 16 octets, by the address's family.</summary>
    public bool TryWriteAddress(IpAddr address)
    {
        bool fits = TryReserve(address.ByteLength, out Span<byte> place);
        if (fits)
        {
            address.Write(place);
        }

        return fits;
    }
}
