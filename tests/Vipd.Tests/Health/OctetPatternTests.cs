// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Vipd.Health;

namespace LoadBalancer.Vipd.Tests.Health;

public sealed class OctetPatternTests
{
    [Theory]
    [InlineData("01xx", "01ff", true)]
    [InlineData("01xx", "01", false)]
    [InlineData("01xx", "02ff", false)]
    [InlineData("0xA0", "0ba0", true)]
    [InlineData("0xA0", "1ba0", false)]
    [InlineData("AB cd", "abcdef", true)]
    [InlineData("", "", true)]
    public void Pattern_Octets_MatchDigitByDigit(string pattern, string octets, bool expected)
    {
        Assert.True(OctetPattern.TryParse(pattern, out OctetPattern parsed));

        Assert.Equal(expected, parsed.Matches(Convert.FromHexString(octets)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0g")]
    public void Text_NoHexadecimal_IsRefused(string text) => Assert.False(OctetPattern.TryParse(text, out _));
}
