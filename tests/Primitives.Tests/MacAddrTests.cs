// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Primitives.Tests;

public sealed class MacAddrTests
{
    [Fact]
    public void Text_AndOctets_RoundTrip()
    {
        MacAddr address = MacAddr.Parse("02:00:5e:10:ff:0a");
        Span<byte> octets = stackalloc byte[6];
        address.Write(octets);
        Assert.True(MacAddr.TryRead(octets, out MacAddr read));
        Assert.Equal("02:00:5e:10:ff:0a", read.ToString());
        Assert.Equal([0x02, 0x00, 0x5e, 0x10, 0xff, 0x0a], octets.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("02:00:5e:10:ff")]
    [InlineData("02-00-5e-10-ff-0a")]
    [InlineData("02:00:5e:10:ff:0g")]
    [InlineData("02:00:5e:10:ff: a")]
    public void TryParse_Malformed_IsRefused(string text) => Assert.False(MacAddr.TryParse(text, out _));

    [Theory]
    [InlineData("224.0.0.18", "01:00:5e:00:00:12")]
    [InlineData("239.255.255.255", "01:00:5e:7f:ff:ff")]
    [InlineData("ff02::1:ff0e:c75", "33:33:ff:0e:0c:75")]
    public void ForGroup_MapsAsEthernetDoes(string group, string expected) =>
        Assert.Equal(expected, MacAddr.ForGroup(IpAddr.Parse(group)).ToString());
}
