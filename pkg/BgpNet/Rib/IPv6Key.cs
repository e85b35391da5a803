// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>Two halves, since the 128-bit integer would be aligned to 16 octets and make each entry longer.</summary>
internal readonly record struct IPv6Key(ulong High, ulong Low) : IPrefixKey<IPv6Key>
{
    public static IpFamily Family => IpFamily.IPv6;

    public static int Written => 17;

    public IpAddr Address => IpAddr.FromValue(IpFamily.IPv6, new UInt128(High, Low));

    public ulong Number(byte bits) =>
        bits <= 64 ? High >> (64 - bits) : (Low >> (128 - bits)) + ((High * 0x9E37_79B9_7F4A_7C15) << 3);

    public static IPv6Key From(IpAddr address) => new((ulong)(address.Value >> 64), (ulong)address.Value);

    public void Write(Span<byte> room, byte bits)
    {
        Span<byte> place = room[..17];
        place[0] = bits;
        BinaryPrimitives.WriteUInt64BigEndian(place[1..], High);
        BinaryPrimitives.WriteUInt64BigEndian(place[9..], Low);
    }
}
