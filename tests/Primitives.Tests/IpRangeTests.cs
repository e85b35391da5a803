// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;

namespace LoadBalancer.Primitives.Tests;

public sealed class IpRangeTests
{
    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0-192.0.2.255")]
    [InlineData("192.0.2.77/24", "192.0.2.0-192.0.2.255")]
    [InlineData(" 192.0.2.10 - 192.0.2.20 ", "192.0.2.10-192.0.2.20")]
    [InlineData("0.0.0.0/0", "0.0.0.0-255.255.255.255")]
    [InlineData("2001:db8::/64", "2001:db8::-2001:db8::ffff:ffff:ffff:ffff")]
    [InlineData("2001:db8::1-2001:db8::1", "2001:db8::1-2001:db8::1")]
    public void TryParse_PrefixOrRange_GivesBothEnds(string text, string expected)
    {
        Assert.True(IpRange.TryParse(text, out IpRange range));
        Assert.Equal(expected, range.ToString());
    }

    [Theory]
    [InlineData("192.0.2.0/33", IpRangeError.BadPrefixLength)]
    [InlineData("2001:db8::/129", IpRangeError.BadPrefixLength)]
    [InlineData("192.0.2.0/024", IpRangeError.BadPrefixLength)]
    [InlineData("100.200.300.400/24", IpRangeError.BadAddress)]
    [InlineData("192.0.2.9-192.0.2.3", IpRangeError.Reversed)]
    [InlineData("192.0.2.1-2001:db8::1", IpRangeError.MixedFamilies)]
    [InlineData("192.0.2.1", IpRangeError.SingleAddress)]
    [InlineData("192.0.2.x-192.0.2.9", IpRangeError.BadAddress)]
    [InlineData("pool", IpRangeError.NeitherPrefixNorRange)]
    [InlineData("", IpRangeError.NeitherPrefixNorRange)]
    public void TryParse_Malformed_SaysWhy(string text, IpRangeError expected)
    {
        Assert.False(IpRange.TryParse(text, out _, out IpRangeError error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void ToPrefixes_RangeOfThreeToTwoHundredFiftyFour_IsThirteenBlocks()
    {
        Assert.True(IpRange.TryParse("203.0.113.2-203.0.113.254", out IpRange range));
        IpPrefix[] prefixes = [.. range.ToPrefixes()];
        Assert.Equal(13, prefixes.Length);
        Assert.Equal("203.0.113.2/31", prefixes[0].ToString());
        Assert.Equal("203.0.113.254/32", prefixes[^1].ToString());
    }

    [Theory]
    [InlineData("::/0", "::/0")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("255.255.255.255/32", "255.255.255.255/32")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128")]
    public void ToPrefixes_WholePrefix_IsItself(string text, string expected)
    {
        Assert.True(IpRange.TryParse(text, out IpRange range));
        Assert.Equal(expected, Assert.Single(range.ToPrefixes()).ToString());
    }

    [Fact]
    public void ToPrefixes_AnyRange_CoversItExactlyAndInOrder() => Check.QuickThrowOnFailure(Prop.ForAll<uint, uint>((a, b) =>
    {
        IpRange range = new(IpAddr.FromUInt32(Math.Min(a, b)), IpAddr.FromUInt32(Math.Max(a, b)));
        UInt128 expected = range.First.Value;
        foreach (IpPrefix prefix in range.ToPrefixes())
        {
            if (prefix.Address.Value != expected)
            {
                return false;
            }

            expected = prefix.Last.Value + 1;
        }

        return expected == range.Last.Value + 1;
    }));

    [Fact]
    public void Overlaps_SharedEnd_IsTrue_OtherFamily_IsFalse()
    {
        Assert.True(IpRange.TryParse("192.0.2.0-192.0.2.9", out IpRange low));
        Assert.True(IpRange.TryParse("192.0.2.9-192.0.2.20", out IpRange high));
        Assert.True(IpRange.TryParse("192.0.2.10-192.0.2.20", out IpRange apart));
        Assert.True(IpRange.TryParse("::/0", out IpRange six));
        Assert.True(low.Overlaps(high) && high.Overlaps(low));
        Assert.False(low.Overlaps(apart) || low.Overlaps(six));
    }

    [Fact]
    public void SaturatedCount_HugeRange_IsTheLargestStatusNumber()
    {
        Assert.True(IpRange.TryParse("192.0.2.0/24", out IpRange small));
        Assert.True(IpRange.TryParse("2001:db8::/64", out IpRange large));
        Assert.True(IpRange.TryParse("::/0", out IpRange all));
        Assert.Equal((256, long.MaxValue, long.MaxValue), (small.SaturatedCount, large.SaturatedCount, all.SaturatedCount));
    }

    [Fact]
    public void Prefix_Contains_OnlyItsOwnFamilyAndBits()
    {
        IpPrefix prefix = IpPrefix.Parse("192.0.2.128/25");
        Assert.True(prefix.Contains(IpAddr.Parse("192.0.2.200")) && prefix.Contains(IpPrefix.Parse("192.0.2.192/26")));
        Assert.False(prefix.Contains(IpAddr.Parse("192.0.2.1")) || prefix.Contains(IpAddr.Parse("2001:db8::1")) || prefix.Contains(IpPrefix.Parse("192.0.2.0/24")));
    }
}
