// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets.Tests;

public sealed class NdMessageTests
{
    private const int Options = IPv6Header.Length + NdMessage.FixedLength;

    private static readonly NdMessage Solicitation = new()
    {
        Type = NdType.NeighborSolicitation,
        Source = IpAddr.Parse("2001:db8::a"),
        Destination = IpAddr.Parse("ff02::1:ff00:100"),
        Target = IpAddr.Parse("2001:db8::100"),
        LinkLayerAddress = MacAddr.Parse("02:00:00:00:00:0a"),
    };

    private static readonly NdMessage Advertisement = new()
    {
        Type = NdType.NeighborAdvertisement,
        Source = IpAddr.Parse("fe80::1"),
        Destination = IpAddr.Parse("2001:db8::a"),
        Target = IpAddr.Parse("2001:db8::100"),
        Flags = NdFlags.Solicited | NdFlags.Override,
        LinkLayerAddress = MacAddr.Parse("02:00:00:00:00:01"),
    };

    [Fact]
    [Trait("Rfc", "4861-4.3")]
    public void Solicitation_ReadAndWritten_IsTheVector() => AssertBothWays(Vectors.Solicitation, Solicitation);

    [Fact]
    [Trait("Rfc", "4861-4.4")]
    public void Advertisement_ReadAndWritten_IsTheVector() => AssertBothWays(Vectors.Advertisement, Advertisement);

    [Fact]
    [Trait("Rfc", "7527-4.1")]
    public void DuplicateAddressProbe_WithNonce_IsRead()
    {
        Assert.True(NdMessage.TryRead(Vectors.Bytes(Vectors.DuplicateAddressProbe), out NdMessage read, out _));
        Assert.True(read.IsDuplicateAddressProbe);
        Assert.Equal(0x0102_0304_0506ul, read.Nonce);
        Assert.Null(read.LinkLayerAddress);
    }

    [Fact]
    public void FrameOffsets_PointAtTheFields()
    {
        byte[] frame = new byte[NdMessage.MaxFrameLength];
        Assert.True(Solicitation.TryWriteFrame(frame, MacAddr.ForGroup(Solicitation.Destination), Solicitation.LinkLayerAddress!.Value, out int length));
        Assert.Equal(NdMessage.MaxFrameLength, length);
        Assert.Equal((0x86dd, 58, 255, 135), (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(FrameOffsets.EtherType)),
            frame[FrameOffsets.IPv6NextHeader], frame[FrameOffsets.IPv6HopLimit], frame[FrameOffsets.Icmpv6Type]));
        Assert.True(IpAddr.TryRead(frame.AsSpan(FrameOffsets.NdTarget, 16), out IpAddr target));
        Assert.Equal(Solicitation.Target, target);

        byte[] arp = Vectors.Bytes(Vectors.ArpReplyFrame);
        Assert.Equal(2, BinaryPrimitives.ReadUInt16BigEndian(arp.AsSpan(FrameOffsets.ArpOperation)));
        Assert.Equal([192, 0, 2, 100], arp.AsSpan(FrameOffsets.ArpSender, 4).ToArray());
        Assert.Equal([192, 0, 2, 10], arp.AsSpan(FrameOffsets.ArpTarget, 4).ToArray());
        Assert.Equal([2, 0, 0, 0, 0, 0x0a], arp.AsSpan(FrameOffsets.Destination, 6).ToArray());
        Assert.Equal([2, 0, 0, 0, 0, 1], arp.AsSpan(FrameOffsets.Source, 6).ToArray());
    }

    [Theory]
    [Trait("Rfc", "4861-7.1.1")]
    [InlineData(0, 0x40, NdError.Version)]
    [InlineData(5, 0x21, NdError.PayloadLength)]
    [InlineData(5, 0x00, NdError.Truncated)]
    [InlineData(5, 0x17, NdError.Truncated)]
    [InlineData(6, 17, NdError.NotIcmpv6)]
    [InlineData(6, 0, NdError.ExtensionHeader)]
    [InlineData(6, 44, NdError.ExtensionHeader)]
    [InlineData(6, 60, NdError.ExtensionHeader)]
    [InlineData(7, 254, NdError.HopLimit)]
    [InlineData(40, 128, NdError.NotNeighborDiscovery)]
    [InlineData(42, 0, NdError.Checksum)]
    [InlineData(23, 0x0b, NdError.Checksum)]
    public void Read_WrongEnvelope_NamesIt(int offset, byte value, NdError expected) => AssertRefused(expected, false, (offset, value));

    [Theory]
    [Trait("Rfc", "4861-7.1.1")]
    [InlineData(41, 1, NdError.Code)]
    [InlineData(48, 0xff, NdError.TargetMulticast)]
    [InlineData(8, 0xff, NdError.SourceMulticast)]
    [InlineData(Options + 1, 0, NdError.OptionLength)]
    [InlineData(Options + 1, 2, NdError.OptionLength)]
    public void Read_WrongMessage_NamesIt(int offset, byte value, NdError expected) => AssertRefused(expected, true, (offset, value));

    [Fact]
    public void Read_LinkLayerOptionOfTwoUnits_IsRefused()
    {
        byte[] packet = [.. Vectors.Bytes(Vectors.Solicitation), .. new byte[8]];
        packet[5] += 8;
        packet[Options + 1] = 2;
        Seal(packet);
        Assert.False(NdMessage.TryRead(packet, out _, out NdError error));
        Assert.Equal(NdError.LinkLayerLength, error);
    }

    [Fact]
    public void Read_MappedAddresses_AreRefused()
    {
        byte[] mapped = Vectors.Bytes("00000000000000000000ffffc0000201");
        foreach (int offset in (int[])[8, 24, 48])
        {
            byte[] packet = Vectors.Bytes(Vectors.Solicitation);
            mapped.CopyTo(packet, offset);
            if (offset == 48)
            {
                Seal(packet);
            }

            Assert.False(NdMessage.TryRead(packet, out _, out NdError error));
            Assert.Equal(NdError.MappedAddress, error);
        }
    }

    [Fact]
    [Trait("Rfc", "4861-7.1.1")]
    public void Read_ProbeWithLinkLayerOptionOrToUnicast_IsRefused()
    {
        AssertReadsAs(NdError.UnspecifiedSource, Solicitation with { Source = IpAddr.IPv6Any });
        AssertReadsAs(NdError.UnspecifiedSource,
            Solicitation with { Source = IpAddr.IPv6Any, LinkLayerAddress = null, Destination = Solicitation.Target });
        AssertReadsAs(NdError.None, Solicitation with { Source = IpAddr.IPv6Any, LinkLayerAddress = null });
    }

    [Fact]
    [Trait("Rfc", "4861-7.1.2")]
    public void Read_SolicitedAdvertisementToGroup_IsRefused()
    {
        AssertReadsAs(NdError.SolicitedToGroup, Advertisement with { Destination = IpAddr.Parse("ff02::1") });
        AssertReadsAs(NdError.None, Advertisement with { Destination = IpAddr.Parse("ff02::1"), Flags = NdFlags.Override });
    }

    [Theory]
    [InlineData(Vectors.Solicitation)]
    [InlineData(Vectors.Advertisement)]
    public void Read_SplitAtEveryByte_IsRefused(string hex)
    {
        byte[] packet = Vectors.Bytes(hex);
        for (int length = 0; length < packet.Length; length++)
        {
            Assert.False(NdMessage.TryRead(packet.AsSpan(0, length), out _, out NdError error));
            Assert.Equal(length < IPv6Header.Length ? NdError.Truncated : NdError.PayloadLength, error);
        }

        // The same with a header that agrees with the cut: only whole options make a message.
        for (int length = IPv6Header.Length; length < packet.Length; length++)
        {
            byte[] cut = packet[..length];
            cut[5] = (byte)(length - IPv6Header.Length);
            bool whole = length == Options;
            if (length >= Options)
            {
                Seal(cut);
            }

            Assert.Equal(whole, NdMessage.TryRead(cut, out _, out NdError error));
            Assert.Equal(whole ? NdError.None : length < Options ? NdError.Truncated : NdError.OptionLength, error);
        }
    }

    [Fact]
    public void Write_TooShort_IsRefused()
    {
        for (int length = 0; length < NdMessage.MaxFrameLength; length++)
        {
            Assert.False(Advertisement.TryWriteFrame(new byte[length], MacAddr.Broadcast, MacAddr.Broadcast, out int written));
            Assert.Equal(0, written);
        }

        Assert.False((Advertisement with { Target = IpAddr.IPv4Any }).TryWriteFrame(new byte[99], default, default, out _));
    }

    private static void AssertBothWays(string hex, NdMessage message)
    {
        byte[] packet = Vectors.Bytes(hex);
        Assert.True(NdMessage.TryRead([.. packet, 0xee], out NdMessage read, out NdError error));
        Assert.Equal(NdError.None, error);
        Assert.Equal(message, read);
        byte[] written = new byte[packet.Length];
        SpanWriter writer = new(written);
        Assert.True(message.TryWrite(ref writer));
        Assert.Equal(Convert.ToHexString(packet), Convert.ToHexString(writer.Written));
    }

    private static void AssertRefused(NdError expected, bool seal, (int Offset, byte Value) change)
    {
        byte[] packet = Vectors.Bytes(Vectors.Solicitation);
        packet[change.Offset] = change.Value;
        if (seal)
        {
            Seal(packet);
        }

        Assert.False(NdMessage.TryRead(packet, out NdMessage read, out NdError error));
        Assert.Equal(expected, error);
        Assert.Equal(default, read);
    }

    private static void AssertReadsAs(NdError expected, NdMessage message)
    {
        byte[] packet = new byte[100];
        SpanWriter writer = new(packet);
        Assert.True(message.TryWrite(ref writer));
        Assert.Equal(expected == NdError.None, NdMessage.TryRead(writer.Written, out _, out NdError error));
        Assert.Equal(expected, error);
    }

    private static void Seal(byte[] packet)
    {
        packet.AsSpan(42, 2).Clear();
        _ = IpAddr.TryRead(packet.AsSpan(8, 16), out IpAddr source);
        _ = IpAddr.TryRead(packet.AsSpan(24, 16), out IpAddr destination);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42),
            InternetChecksum.ComputeIPv6(source, destination, IpProtocol.Icmpv6, packet.AsSpan(40)));
    }
}
