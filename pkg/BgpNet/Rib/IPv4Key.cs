// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

internal readonly record struct IPv4Key(uint Value) : IPrefixKey<IPv4Key>
{
    public static IpFamily Family => IpFamily.IPv4;

    public static int Written => sizeof(ulong);

    public IpAddr Address => IpAddr.FromUInt32(Value);

    public ulong Number(byte bits) => Value >> (32 - bits);

    public static IPv4Key From(IpAddr address) => new((uint)address.Value);

    // One store: the next prefix covers what does not count.
    public void Write(Span<byte> room, byte bits) => BinaryPrimitives.WriteUInt64BigEndian(room, ((ulong)bits << 56) | ((ulong)Value << 24));
}
