// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;

namespace LoadBalancer.Primitives;

/// <summary>
/// One IPv4 or IPv6 address as a 16-octet value. IPv4 is held v4-mapped (::ffff:a.b.c.d), so both families order and
/// hash alike and IPv4 sorts below nearly all of IPv6; mapped text and mapped IPv6 wire input are refused, which keeps
/// the mapping unambiguous. <c>default</c> is the IPv6 unspecified address.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public readonly partial record struct IpAddr : IComparable<IpAddr>, ISpanFormattable, IUtf8SpanFormattable, ISpanParsable<IpAddr>
{
    private const ulong MappedPrefix = 0xFFFF_0000_0000;

    // Two halves: code that holds or passes a UInt128 is not compiled ahead, and a daemon would compile half of itself as it starts.
    private readonly ulong _high;
    private readonly ulong _low;

    private IpAddr(ulong high, ulong low) => (_high, _low) = (high, low);

    private IpAddr(UInt128 bits) => (_high, _low) = ((ulong)(bits >> 64), (ulong)bits);

    private UInt128 Bits => new(_high, _low);

    /// <summary>The IPv4 address whose four octets, read in network order, are <paramref name="value"/>.</summary>
    public static IpAddr FromUInt32(uint value) => new(0, MappedPrefix | value);

    /// <summary>The IPv4 address 0.0.0.0.</summary>
    public static IpAddr IPv4Any { get; } = FromUInt32(0);

    /// <summary>The IPv6 address ::.</summary>
    public static IpAddr IPv6Any => default;

    /// <summary>The family the address belongs to.</summary>
    public IpFamily Family => IsIPv4 ? IpFamily.IPv4 : IpFamily.IPv6;

    /// <summary>Whether this is an IPv4 address.</summary>
    public bool IsIPv4 => _high == 0 && _low >> 32 == 0xFFFF;

    /// <summary>Whether this is an IPv6 address.</summary>
    public bool IsIPv6 => !IsIPv4;

    /// <summary>Bits in an address of this family: 32 or 128.</summary>
    public int BitLength => IsIPv4 ? 32 : 128;

    /// <summary>Octets in an address of this family on the wire: 4 or 16.</summary>
    public int ByteLength => IsIPv4 ? 4 : 16;

    /// <summary>The address as a number: 32 significant bits for IPv4, 128 for IPv6, most significant octet first.</summary>
    public UInt128 Value => IsIPv4 ? (uint)_low : Bits;

    /// <summary>The address of <paramref name="family"/> whose numeric value is <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An IPv4 value exceeds 32 bits, or an IPv6 value is v4-mapped.</exception>
    public static IpAddr FromValue(IpFamily family, UInt128 value)
    {
        if (family == IpFamily.IPv4)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, uint.MaxValue);
            return FromUInt32((uint)value);
        }

        IpAddr address = new(value);
        return address.IsIPv6 ? address : throw new ArgumentOutOfRangeException(nameof(value), "a v4-mapped value is no IPv6 address here");
    }

    /// <summary>Whether this is a group address: 224.0.0.0/4 (RFC 1112) or ff00::/8 (RFC 4291 2.7).</summary>
    public bool IsMulticast => IsIPv4 ? (uint)_low >> 28 == 0xE : _high >> 56 == 0xFF;

    /// <summary>Whether this is link-local unicast: 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 2.5.6).</summary>
    public bool IsLinkLocal => IsIPv4 ? (uint)_low >> 16 == 0xA9FE : _high >> 54 == 0x3FA;

    /// <summary>Whether this is loopback: 127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback => IsIPv4 ? (uint)_low >> 24 == 127 : (_high, _low) == (0, 1);

    /// <summary>Whether this is 0.0.0.0 or ::.</summary>
    public bool IsUnspecified => _high == 0 && (IsIPv4 ? (uint)_low : _low) == 0;

    /// <summary>
    /// The solicited-node multicast group ff02::1:ffXX:XXXX of an IPv6 address (RFC 4291 2.7.1).
    /// </summary>
    /// <exception cref="InvalidOperationException">The address is IPv4.</exception>
    public IpAddr SolicitedNodeGroup => IsIPv6
        ? new(0xFF02_0000_0000_0000, 0x0000_0001_FF00_0000 | (_low & 0xFF_FFFF))
        : throw new InvalidOperationException($"{this} is IPv4: only IPv6 has solicited-node groups");

    /// <summary>The address <paramref name="offset"/> above this one; false when that would leave the family's range.</summary>
    public bool TryAdd(UInt128 offset, out IpAddr result)
    {
        UInt128 max = IsIPv4 ? uint.MaxValue : UInt128.MaxValue;
        if (offset > max - Value)
        {
            result = default;
            return false;
        }

        UInt128 sum = Value + offset;
        result = IsIPv4 ? FromUInt32((uint)sum) : new(sum);
        return IsIPv4 || result.IsIPv6;
    }

    /// <summary>Reads 4 octets (IPv4) or 16 octets (IPv6), network order; false for any other length and for v4-mapped IPv6.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, out IpAddr address)
    {
        switch (octets.Length)
        {
            case 4:
                address = FromUInt32(BinaryPrimitives.ReadUInt32BigEndian(octets));
                return true;
            case 16:
                address = FromOctets(octets);
                return address.IsIPv6;
            default:
                address = default;
                return false;
        }
    }

    /// <summary>Writes <see cref="ByteLength"/> octets in network order.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is too short.</exception>
    public void Write(Span<byte> destination)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
            BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        }
    }

    /// <summary>The runtime's address object, for the rim where sockets want it.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        Write(octets);
        return new IPAddress(octets[..ByteLength]);
    }

    /// <summary>From the runtime's address object; a v4-mapped one becomes IPv4, a scope is dropped.</summary>
    public static IpAddr FromIPAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out int length);
        return length == 4 ? FromUInt32(BinaryPrimitives.ReadUInt32BigEndian(octets)) : FromOctets(octets);
    }

    private static IpAddr FromOctets(ReadOnlySpan<byte> octets) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..]));

    /// <summary>The address with every bit behind the first <paramref name="length"/> of its family's zero.</summary>
    internal IpAddr Lowest(int length)
    {
        (ulong high, ulong low) = NetworkMask(length);
        return new(_high & high, _low & low);
    }

    /// <summary>The address with every bit behind the first <paramref name="length"/> of its family's set: v4-mapped, hence IPv4, if these were the last bits to it.</summary>
    internal IpAddr Highest(int length)
    {
        (ulong high, ulong low) = NetworkMask(length);
        return new(_high | ~high, _low | ~low);
    }

    // A shift by 64 is none in C#.
    private (ulong High, ulong Low) NetworkMask(int length) => (IsIPv4 ? length + 96 : length) switch
    {
        0 => (0, 0),
        <= 64 and int bits => (ulong.MaxValue << (64 - bits), 0),
        int bits => (ulong.MaxValue, ulong.MaxValue << (128 - bits)),
    };

    /// <summary>IPv4 before IPv6, then by value: the order in which pools are walked.</summary>
    public int CompareTo(IpAddr other)
    {
        int byFamily = ((byte)Family).CompareTo((byte)other.Family);
        if (byFamily != 0)
        {
            return byFamily;
        }

        int byHigh = _high.CompareTo(other._high);
        return byHigh != 0 ? byHigh : _low.CompareTo(other._low);
    }

    /// <summary>Another in each process: others choose addresses, and shall not choose which ones collide.</summary>
    public override int GetHashCode() => HashCode.Combine(_high, _low);

    /// <summary>Orders as <see cref="CompareTo(IpAddr)"/>.</summary>
    public static bool operator <(IpAddr left, IpAddr right) => left.CompareTo(right) < 0;

    /// <summary>Orders as <see cref="CompareTo(IpAddr)"/>.</summary>
    public static bool operator >(IpAddr left, IpAddr right) => left.CompareTo(right) > 0;

    /// <summary>Orders as <see cref="CompareTo(IpAddr)"/>.</summary>
    public static bool operator <=(IpAddr left, IpAddr right) => left.CompareTo(right) <= 0;

    /// <summary>Orders as <see cref="CompareTo(IpAddr)"/>.</summary>
    public static bool operator >=(IpAddr left, IpAddr right) => left.CompareTo(right) >= 0;
}
