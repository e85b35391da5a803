// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Primitives.Tests;

public sealed class IpPrefixTests
{
    [Theory]
    [InlineData("203.0.113.170")]
    [InlineData("255.255.255.255")]
    [InlineData("2001:db8:aaaa:5555:aaaa:5555:aaaa:5555")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void EveryLength_CutsWhereItSays(string text)
    {
        IpAddr address = IpAddr.Parse(text);
        for (int length = 0; length <= address.BitLength; length++)
        {
            IpPrefix prefix = new(address, length);
            UInt128 hosts = length == address.BitLength ? 0 : length == 0 && address.IsIPv6 ? UInt128.MaxValue : (UInt128.One << (address.BitLength - length)) - 1;
            Assert.Equal(address.Value & ~hosts, prefix.Address.Value);
            Assert.Equal(address.Value | hosts, prefix.Last.Value);
            Assert.Equal((address.Family, address.Family), (prefix.Address.Family, prefix.Last.Family));
            Assert.True(prefix.Contains(address) && prefix.Contains(prefix.Address) && prefix.Contains(prefix.Last));
            Assert.Equal(length == 0, prefix.Contains(new IpPrefix(IpAddr.FromValue(address.Family, address.Value ^ (UInt128.One << (address.BitLength - 1))), address.BitLength)));
            if (length > 0)
            {
                Assert.False(prefix.Contains(IpAddr.FromValue(address.Family, address.Value ^ (UInt128.One << (address.BitLength - length)))));
            }
        }
    }

    [Theory]
    [InlineData("::", 80)]
    [InlineData("::fffe:0:0", 95)]
    public void EndsOnAMappedAddress_HasNoLast(string address, int length)
    {
        IpPrefix prefix = new(IpAddr.Parse(address), length);
        Assert.Throws<InvalidOperationException>(() => prefix.Last);
        Assert.False(IpPrefix.TryParse(prefix.ToString(), out _));
        Assert.False(prefix.Contains(IpAddr.IPv4Any));
    }
}
