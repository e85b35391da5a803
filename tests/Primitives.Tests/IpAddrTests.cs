// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace LoadBalancer.Primitives.Tests;

public sealed class IpAddrTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("192.0.2.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1::1")]
    [InlineData("2001:db8::1:0:0:1")]
    [InlineData("ff02::1:ff00:1")]
    public void Parse_CanonicalText_RoundTrips(string text) => Assert.Equal(text, IpAddr.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("256.1.1.1")]
    [InlineData("01.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("0x1.2.3.4")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%eth0")]
    [InlineData(":::")]
    [InlineData("2001:db8::1/64")]
    [InlineData("12345::")]
    public void TryParse_NoAddressOfEitherFamily_IsRefused(string text) => Assert.False(IpAddr.TryParse(text, out _));

    [Fact]
    public void ToString_AnyAddress_AgreesWithTheRuntime() => Check.QuickThrowOnFailure(
        Prop.ForAll<ulong, ulong, uint>((high, low, v4) =>
        {
            Span<byte> octets = stackalloc byte[16];
            // Runs of zero groups are rare in random numbers and are what the text form is about.
            UInt128 value = new(high & (low | 0xFFFF_0000_FFFF_0000), low & (high | 0xFFFF_FFFF));
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(octets, value);
            bool sixAgrees = !IpAddr.TryRead(octets, out IpAddr six) || RuntimeText(octets) == six.ToString();
            return sixAgrees && IpAddr.FromUInt32(v4).ToString() == IpAddr.FromUInt32(v4).ToIPAddress().ToString();
        }));

    // The runtime writes the deprecated IPv4-compatible forms (::a.b.c.d) in mixed notation; RFC 5952 5 leaves that to known prefixes.
    private static string RuntimeText(ReadOnlySpan<byte> octets)
    {
        string text = new IPAddress(octets).ToString();
        return text.Contains('.', StringComparison.Ordinal) && IpAddr.TryRead(octets, out IpAddr address) ? address.ToString() : text;
    }

    [Fact]
    public void TryFormat_Utf8_EqualsText()
    {
        IpAddr address = IpAddr.Parse("2001:db8::5:0:0:1");
        Span<byte> utf8 = stackalloc byte[45];
        Assert.True(address.TryFormat(utf8, out int written, default, null));
        Assert.Equal("2001:db8::5:0:0:1", Encoding.UTF8.GetString(utf8[..written]));
        Assert.False(address.TryFormat(utf8[..5], out written, default, null));
        Assert.Equal(0, written);
    }

    [Fact]
    public void TryRead_FourOrSixteenOctets_GivesTheFamily()
    {
        Assert.True(IpAddr.TryRead([192, 0, 2, 1], out IpAddr four));
        Assert.Equal((IpFamily.IPv4, "192.0.2.1"), (four.Family, four.ToString()));
        Assert.True(IpAddr.TryRead([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], out IpAddr six));
        Assert.Equal((IpFamily.IPv6, "2001:db8::1"), (six.Family, six.ToString()));
        Assert.False(IpAddr.TryRead([1, 2, 3], out _));
        Assert.False(IpAddr.TryRead([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1], out _));
    }

    [Fact]
    public void SolicitedNodeGroup_IPv6_KeepsTheLowTwentyFourBits()
    {
        Assert.Equal("ff02::1:ff0e:c75", IpAddr.Parse("2001:db8::2aa:ff:fe0e:c75").SolicitedNodeGroup.ToString());
        Assert.Throws<InvalidOperationException>(() => IpAddr.Parse("192.0.2.1").SolicitedNodeGroup);
    }

    [Fact]
    public void TryAdd_PastTheEndOfTheFamily_IsRefused()
    {
        Assert.True(IpAddr.Parse("192.0.2.255").TryAdd(1, out IpAddr next));
        Assert.Equal("192.0.3.0", next.ToString());
        Assert.False(IpAddr.Parse("255.255.255.255").TryAdd(1, out _));
        Assert.False(IpAddr.Parse("2001:db8::1").TryAdd(UInt128.MaxValue, out _));
    }

    [Fact]
    public void CompareTo_TwoFamilies_PutsIPv4First() =>
        Assert.True(IpAddr.Parse("255.255.255.255") < IpAddr.Parse("::1") && IpAddr.Parse("192.0.2.9") < IpAddr.Parse("192.0.2.10"));

    [Theory]
    [InlineData("224.0.0.1", true)]
    [InlineData("239.255.255.255", true)]
    [InlineData("240.0.0.0", false)]
    [InlineData("ff02::1", true)]
    [InlineData("fe80::1", false)]
    public void IsMulticast_ByGroupPrefix(string text, bool expected) => Assert.Equal(expected, IpAddr.Parse(text).IsMulticast);
}
