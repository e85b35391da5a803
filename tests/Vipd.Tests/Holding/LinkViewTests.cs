// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Holding;

namespace LoadBalancer.Vipd.Tests.Holding;

public sealed class LinkViewTests
{
    private static readonly IpAddr[] Near = [IpAddr.Parse("198.51.100.100")];

    private static readonly LinkView Link = LinkView.Of(
        new()
        {
            Index = 2,
            Name = "eth0",
            IsUp = true,
            IsRunning = true,
            Addresses =
            [
                Of("198.51.100.100", 24) with { Tag = Resolver.Mark },
                Of("198.51.100.9", 24) with { IsSecondary = true },
                Of("192.0.2.1", 24),
                Of("198.51.100.1", 24),
                Of("2001:db8::1", 64),
                Of("fe80::9", 64) with { IsTentative = true },
                Of("fe80::1", 64),
            ],
        },
        static address => address.Tag == Resolver.Mark);

    [Theory]
    [InlineData(null, "198.51.100.1")]
    [InlineData("198.51.100.9", "198.51.100.9")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.7", null)]
    [InlineData("198.51.100.100", null)]
    [Trait("Scenario", "MIX-44")]
    public void Source_Wished_IsThatOrNone(string? wished, string? source) =>
        Assert.Equal(source, Link.Source(IpFamily.IPv4, wished is null ? null : IpAddr.Parse(wished), Near)?.Address.ToString());

    [Fact]
    [Trait("Scenario", "FI-07")]
    public void Source_AsAddressesGo_IsTheNextAndThenNone()
    {
        LinkView left = Link;
        foreach (string expected in new[] { "198.51.100.1", "198.51.100.9", "192.0.2.1" })
        {
            Assert.Equal(expected, left.Source(IpFamily.IPv4, null, Near)?.Address.ToString());
            left = left with { Own = left.Own.RemoveAll(address => address.Address == IpAddr.Parse(expected)) };
        }

        Assert.Null(left.Source(IpFamily.IPv4, null, Near));
        Assert.Equal("fe80::1", left.Source(IpFamily.IPv6, null, Near)?.Address.ToString());
    }

    private static AddressInfo Of(string address, int prefixLength) => new(2, IpAddr.Parse(address), prefixLength, IsTentative: false);
}
