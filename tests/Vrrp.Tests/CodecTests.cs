// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tests;

[Trait("Rfc", "9568-5.2")]
public sealed class CodecTests
{
    private static readonly byte[] Whole = Vectors.Octets(Vectors.V3);
    private static readonly IpAddr Group = VrrpWire.IPv4Group;

    public static TheoryData<string, string, string, VrrpVersion, int, int, int, ChecksumForm> Captured => new()
    {
        { Vectors.V2, Vectors.Source1, Vectors.Group4, VrrpVersion.V2, 150, 100, 1, ChecksumForm.MessageOnly },
        { Vectors.V2Password, Vectors.Source1, Vectors.Group4, VrrpVersion.V2, 100, 100, 1, ChecksumForm.MessageOnly },
        { Vectors.V3, Vectors.Source1, Vectors.Group4, VrrpVersion.V3, 100, 10, 1, ChecksumForm.PseudoHeader },
        { Vectors.V3Unicast, Vectors.Source1, Vectors.Source2, VrrpVersion.V3, 150, 100, 1, ChecksumForm.PseudoHeader },
        { Vectors.V3Frr, Vectors.Source2, Vectors.Group4, VrrpVersion.V3, 100, 100, 1, ChecksumForm.PseudoHeader },
        { Vectors.V3MessageOnly, Vectors.Source2, Vectors.Group4, VrrpVersion.V3, 100, 100, 1, ChecksumForm.MessageOnly },
        { Vectors.V3IPv6, Vectors.Source6, Vectors.Group6, VrrpVersion.V3, 150, 10, 2, ChecksumForm.PseudoHeader },
    };

    [Theory]
    [MemberData(nameof(Captured))]
    [Trait("Scenario", "TX-02")]
    [Trait("Scenario", "TX-03")]
    [Trait("Scenario", "TX-04")]
    [Trait("Scenario", "TX-05")]
    [Trait("Scenario", "TX-06")]
    public void Captured_ReadAndWrittenAgain_IsTheSame(
        string hex, string source, string destination, VrrpVersion version, int priority, int centiseconds, int count, ChecksumForm form)
    {
        byte[] octets = Vectors.Octets(hex);
        (IpAddr from, IpAddr to) = (Vectors.Address(source), Vectors.Address(destination));
        Assert.True(VrrpPacket.TryRead(octets, from, to, out VrrpPacket packet, out VrrpDiscard reason), reason.ToString());
        Assert.Equal((version, 51, priority, centiseconds), (packet.Version, packet.VirtualRouterId, packet.Priority, packet.Centiseconds));
        Assert.Equal((count, form), (packet.Count, packet.Form));
        IpAddr[] addresses = new IpAddr[count];
        for (int i = 0; i < count; i++)
        {
            Assert.True(packet.TryGetAddress(i, out addresses[i]));
        }

        VrrpMessage fields = new()
        {
            Version = version,
            VirtualRouterId = 51,
            Priority = 1,
            Centiseconds = centiseconds,
            AuthenticationType = (VrrpAuthenticationType)packet.AuthenticationType,
            Password = packet.Password,
        };
        byte[] written = new byte[VrrpWire.MaxLength];
        Assert.True(fields.TryWrite(written, from.Family, addresses, out int length));
        VrrpMessage.Seal(written.AsSpan(0, length), (byte)priority, from, to, form);
        Assert.Equal(hex, Vectors.Hex(written.AsSpan(0, length)));
    }

    [Fact]
    public void Password_OfTheCapture_IsWhatItsTextGives()
    {
        Assert.True(VrrpPacket.TryRead(Vectors.Octets(Vectors.V2Password), Group, Group, out VrrpPacket packet, out _));
        Assert.True(VrrpPassword.TryCreate("1111", out VrrpPassword password));
        Assert.Equal(password, packet.Password);
        Assert.Equal("set", password.ToString());
        Assert.False(VrrpPassword.TryCreate("123456789", out _));
        Assert.False(VrrpPassword.TryCreate("", out _));
    }

    [Theory]
    [InlineData("", VrrpDiscard.Truncated)]
    [InlineData("31336401000a75", VrrpDiscard.Truncated)]
    [InlineData("31336401000a75bb", VrrpDiscard.LengthTooShort)]
    [InlineData("31336401000a75bb0a0900", VrrpDiscard.LengthTooShort)]
    [InlineData("31336402000a75ba0a090064", VrrpDiscard.LengthTooShort)]
    [InlineData(Vectors.V3 + "00", VrrpDiscard.LengthTooLong)]
    [InlineData("11336401000a75bb0a090064", VrrpDiscard.UnknownVersion)]
    [InlineData("41336401000a75bb0a090064", VrrpDiscard.UnknownVersion)]
    [InlineData("f1336401000a75bb0a090064", VrrpDiscard.UnknownVersion)]
    [InlineData("30336401000a75bb0a090064", VrrpDiscard.UnknownType)]
    [InlineData("32336401000a75bb0a090064", VrrpDiscard.UnknownType)]
    [InlineData("3f336401000a75bb0a090064", VrrpDiscard.UnknownType)]
    [InlineData("31336401000a75bc0a090064", VrrpDiscard.BadChecksum)]
    [InlineData("31336401000a00000a090064", VrrpDiscard.BadChecksum)]
    [InlineData("2133960100013e5e0a0900640000000000000000", VrrpDiscard.BadChecksum)]
    [InlineData("2133960100013e5d0a09006400000000000000", VrrpDiscard.LengthTooShort)]
    [Trait("Scenario", "RX-09")]
    [Trait("Scenario", "RX-11")]
    [Trait("Scenario", "RX-12")]
    [Trait("Scenario", "RX-15")]
    [Trait("Scenario", "RX-16")]
    public void Read_Broken_NamesTheRule(string hex, VrrpDiscard expected)
    {
        Assert.False(VrrpPacket.TryRead(Vectors.Octets(hex), Vectors.Address(Vectors.Source1), Group, out _, out VrrpDiscard reason));
        Assert.Equal(expected, reason);
    }

    [Theory]
    [InlineData(1, 0, VrrpDiscard.ZeroRouterId)]
    [InlineData(5, 0, VrrpDiscard.ZeroInterval)]
    [Trait("Scenario", "RX-14")]
    public void Read_ZeroField_NamesTheRule(int at, byte octet, VrrpDiscard expected)
    {
        IpAddr source = Vectors.Address(Vectors.Source1);
        byte[] octets = Bench.Patched(Whole, source, Group, (at, octet));
        Assert.False(VrrpPacket.TryRead(octets, source, Group, out _, out VrrpDiscard reason));
        Assert.Equal(expected, reason);
    }

    [Fact]
    [Trait("Scenario", "RX-40")]
    public void Read_Version2IntervalZero_NamesTheRule()
    {
        byte[] octets = Bench.Patched(Vectors.Octets(Vectors.V2), Group, Group, (5, 0));
        Assert.False(VrrpPacket.TryRead(octets, Group, Group, out _, out VrrpDiscard reason));
        Assert.Equal(VrrpDiscard.ZeroInterval, reason);
    }

    [Fact]
    [Trait("Scenario", "RX-18")]
    public void Read_NoAddresses_NamesTheRule()
    {
        byte[] octets = Bench.Patched(Whole[..8], Group, Group, (3, 0));
        Assert.False(VrrpPacket.TryRead(octets, Group, Group, out _, out VrrpDiscard reason));
        Assert.Equal(VrrpDiscard.NoAddresses, reason);
    }

    [Fact]
    [Trait("Scenario", "R6-06")]
    public void Read_Version2OverIPv6_NamesTheRule()
    {
        IpAddr source = Vectors.Address(Vectors.Source6);
        Assert.False(VrrpPacket.TryRead(Vectors.Octets(Vectors.V2), source, VrrpWire.IPv6Group, out _, out VrrpDiscard reason));
        Assert.Equal(VrrpDiscard.Version2OverIPv6, reason);
    }

    [Fact]
    [Trait("Scenario", "R6-03")]
    public void Read_IPv6WithoutPseudoHeader_IsRefused()
    {
        IpAddr source = Vectors.Address(Vectors.Source6);
        byte[] octets = Vectors.Octets(Vectors.V3IPv6);
        octets[6] = octets[7] = 0;
        ushort plain = VrrpChecksum.Compute(octets, ChecksumForm.MessageOnly, default, default);
        (octets[6], octets[7]) = ((byte)(plain >> 8), (byte)plain);
        Assert.False(VrrpPacket.TryRead(octets, source, VrrpWire.IPv6Group, out _, out VrrpDiscard reason));
        Assert.Equal(VrrpDiscard.BadChecksum, reason);
    }

    [Fact]
    [Trait("Scenario", "RX-25")]
    [Trait("Scenario", "RX-24")]
    public void Read_ReservedBitsSet_AreIgnored()
    {
        byte[] octets = Bench.Patched(Whole, Group, Group, (4, 0xFF), (5, 0xFF));
        Assert.True(VrrpPacket.TryRead(octets, Group, Group, out VrrpPacket packet, out _));
        Assert.Equal(4095, packet.Centiseconds);
    }

    [Fact]
    [Trait("Scenario", "TX-15")]
    [Trait("Scenario", "TX-07")]
    [Trait("Scenario", "RX-47")]
    public void Write_FullList_IsOneMessage()
    {
        IpAddr[] addresses = [.. Enumerable.Range(0, 255).Select(i => IpAddr.FromUInt32(0xC633_6400 + (uint)i))];
        VrrpMessage fields = new() { Version = VrrpVersion.V3, VirtualRouterId = 1, Priority = 1, Centiseconds = 4095 };
        byte[] octets = new byte[1028];
        Assert.True(fields.TryWrite(octets, IpFamily.IPv4, addresses, out int length));
        Assert.Equal(1028, length);
        Assert.Equal(0x0F, octets[4]);
        VrrpMessage.Seal(octets, 1, Group, Group, ChecksumForm.PseudoHeader);
        Assert.True(VrrpPacket.TryRead(octets, Group, Group, out VrrpPacket packet, out _));
        Assert.Equal(255, packet.Count);
        Assert.False(fields.TryWrite(octets.AsSpan(1), IpFamily.IPv4, addresses, out _));
        Assert.False(fields.TryWrite(new byte[4096], IpFamily.IPv4, [.. addresses, Group], out _));
    }

    [Theory]
    [InlineData(1029)]
    [InlineData(65_515)]
    [Trait("Scenario", "RX-47")]
    public void Read_LongerThanItsAddresses_NamesTheRule(int length)
    {
        byte[] octets = new byte[length];
        Whole.CopyTo(octets, 0);
        octets[3] = 255;
        octets = Bench.Patched(octets, Group, Group);
        Assert.False(VrrpPacket.TryRead(octets, Group, Group, out _, out VrrpDiscard reason));
        Assert.Equal(VrrpDiscard.LengthTooLong, reason);
    }

    [Theory]
    [InlineData(VrrpVersion.V3, IpFamily.IPv4, 1500, 255)]
    [InlineData(VrrpVersion.V3, IpFamily.IPv6, 1500, 89)]
    [InlineData(VrrpVersion.V3, IpFamily.IPv6, 1280, 75)]
    [InlineData(VrrpVersion.V2, IpFamily.IPv4, 576, 135)]
    [InlineData(VrrpVersion.V3, IpFamily.IPv4, 0, 0)]
    [Trait("Scenario", "TX-09")]
    [Trait("Scenario", "R6-11")]
    public void Capacity_OfALink_IsWhatFits(VrrpVersion version, IpFamily family, int mtu, int expected) =>
        Assert.Equal(expected, VrrpWire.Capacity(version, family, mtu));

    [Fact]
    [Trait("Scenario", "TX-11")]
    public void VirtualMac_PerFamily_HoldsTheNumber()
    {
        Assert.Equal("00:00:5e:00:01:33", VrrpWire.VirtualMac(IpFamily.IPv4, 51).ToString());
        Assert.Equal("00:00:5e:00:02:ff", VrrpWire.VirtualMac(IpFamily.IPv6, 255).ToString());
        Assert.Equal(("224.0.0.18", "ff02::12"), (VrrpWire.IPv4Group.ToString(), VrrpWire.IPv6Group.ToString()));
    }

    [Fact]
    [Trait("Scenario", "RX-32")]
    [Trait("Scenario", "RX-34")]
    public void Datagram_WithOptionsAndPadding_GivesTheMessage()
    {
        byte[] plain = Vectors.Octets(Vectors.IPv4Header + Vectors.V2 + "000000000000");
        Assert.True(VrrpArrival.TryReadIPv4(plain, 7, out VrrpArrival arrival, out ReadOnlySpan<byte> message, out _));
        Assert.Equal(new VrrpArrival(Vectors.Address(Vectors.Source1), Group, 255, 7), arrival);
        Assert.Equal(Vectors.V2, Vectors.Hex(message));
        byte[] options = Vectors.Octets("46c0002c" + Vectors.IPv4Header[8..] + "94040000" + Vectors.V2);
        Assert.True(VrrpArrival.TryReadIPv4(options, 7, out _, out message, out _));
        Assert.Equal(Vectors.V2, Vectors.Hex(message));
    }

    [Theory]
    [InlineData(0, 0x65, VrrpDiscard.BadIPv4Header)]
    [InlineData(0, 0x44, VrrpDiscard.BadIPv4Header)]
    [InlineData(3, 0x29, VrrpDiscard.BadIPv4Header)]
    [InlineData(3, 0x13, VrrpDiscard.BadIPv4Header)]
    [InlineData(6, 0x20, VrrpDiscard.Fragment)]
    [InlineData(7, 0x01, VrrpDiscard.Fragment)]
    [InlineData(9, 0x11, VrrpDiscard.NotVrrp)]
    [Trait("Scenario", "RX-33")]
    public void Datagram_Broken_NamesTheRule(int at, byte octet, VrrpDiscard expected)
    {
        byte[] datagram = Vectors.Octets(Vectors.IPv4Header + Vectors.V2);
        datagram[at] = octet;
        Assert.False(VrrpArrival.TryReadIPv4(datagram, 7, out _, out _, out VrrpDiscard reason));
        Assert.Equal(expected, reason);
        Assert.False(VrrpArrival.TryReadIPv4(datagram.AsSpan(0, 19), 7, out _, out _, out reason));
        Assert.Equal(VrrpDiscard.BadIPv4Header, reason);
    }
}
