// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets.Tests;

public sealed class SpanReaderTests
{
    [Fact]
    public void Fields_WrittenAndRead_AreNetworkOrder()
    {
        byte[] octets = new byte[41];
        SpanWriter writer = new(octets);
        Assert.True(writer.TryWriteByte(1));
        Assert.True(writer.TryWriteUInt16(0x0203));
        Assert.True(writer.TryWriteUInt32(0x04050607));
        Assert.True(writer.TryWriteUInt64(0x08090a0b0c0d0e0f));
        Assert.True(writer.TryWriteAddress(IpAddr.Parse("192.0.2.1")));
        Assert.True(writer.TryWriteAddress(IpAddr.Parse("2001:db8::1")));
        Assert.True(writer.TryWriteMac(MacAddr.Parse("02:00:00:00:00:01")));
        Assert.Equal(0, writer.Remaining);
        Assert.Equal("0102030405060708090A0B0C0D0E0FC000020120010DB8000000000000000000000001020000000001", Convert.ToHexString(octets));

        SpanReader reader = new(octets);
        Assert.True(reader.TryReadByte(out byte one));
        Assert.True(reader.TryReadUInt16(out ushort two));
        Assert.True(reader.TryReadUInt32(out uint four));
        Assert.True(reader.TryReadUInt64(out ulong eight));
        Assert.True(reader.TryReadIPv4(out IpAddr v4));
        Assert.True(reader.TryReadIPv6(out IpAddr v6));
        Assert.True(reader.TryReadMac(out MacAddr mac));
        Assert.Equal((1, 0x0203, 0x04050607u, 0x08090a0b0c0d0e0ful), (one, two, four, eight));
        Assert.Equal("192.0.2.1 2001:db8::1 02:00:00:00:00:01", $"{v4} {v6} {mac}");
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void Read_BeyondEnd_FailsAndMovesNothing()
    {
        SpanReader reader = new([1, 2, 3]);
        Assert.False(reader.TryReadUInt32(out _));
        Assert.False(reader.TryReadUInt64(out _));
        Assert.False(reader.TryReadIPv4(out _));
        Assert.False(reader.TryReadIPv6(out _));
        Assert.False(reader.TryReadMac(out _));
        Assert.False(reader.TrySkip(4));
        Assert.False(reader.TrySkip(-1));
        Assert.Equal(3, reader.Remaining);
        Assert.True(reader.TrySkip(3));
        Assert.False(reader.TryReadByte(out _));
        Assert.False(reader.TryReadUInt16(out _));
    }

    [Fact]
    public void NestedReader_SeesItsSliceOnly()
    {
        SpanReader reader = new([1, 2, 3, 4]);
        Assert.True(reader.TryReadNested(2, out SpanReader nested));
        Assert.False(nested.TryReadUInt32(out _));
        Assert.True(nested.TryReadUInt16(out ushort value));
        Assert.Equal(0x0102, value);
        Assert.Equal(0, nested.Remaining);
        Assert.Equal([3, 4], reader.Rest.ToArray());
        Assert.False(reader.TryReadNested(3, out _));
    }

    [Fact]
    public void Write_BeyondEnd_FailsAndWritesNothing()
    {
        byte[] octets = [9, 9];
        SpanWriter writer = new(octets);
        Assert.False(writer.TryWriteUInt32(1));
        Assert.False(writer.TryWriteUInt64(1));
        Assert.False(writer.TryWriteZeros(3));
        Assert.False(writer.TryWriteOctets([1, 2, 3]));
        Assert.False(writer.TryWriteAddress(IpAddr.Parse("192.0.2.1")));
        Assert.False(writer.TryWriteMac(MacAddr.Broadcast));
        Assert.False(writer.TryReserve(-1, out _));
        Assert.Equal(0, writer.Position);
        Assert.Equal([9, 9], octets);
    }
}
