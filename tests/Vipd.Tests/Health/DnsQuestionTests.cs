// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Vipd.Health;

namespace LoadBalancer.Vipd.Tests.Health;

public sealed class DnsQuestionTests
{
    [Fact]
    public void Question_OfAName_IsTheMessage()
    {
        Assert.True(DnsQuestion.TryBuild(0x1234, "aaaa", "www.example.net.", out byte[] message, out _));

        Assert.Equal("1234" + "0100" + "0001" + "0000" + "0000" + "0000" + "03777777" + "076578616d706c65" + "036e6574" + "00" + "001c" + "0001", Convert.ToHexStringLower(message));
    }

    [Fact]
    public void Question_OfNothing_IsTheSoaOfTheRoot()
    {
        Assert.True(DnsQuestion.TryBuild(1, "", "", out byte[] message, out _));

        Assert.Equal("00" + "0006" + "0001", Convert.ToHexStringLower(message.AsSpan(12)));
    }

    [Theory]
    [InlineData("NOTHING", "a", "queryType")]
    [InlineData("A", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.net", "too long")]
    public void Question_Impossible_IsNamed(string type, string name, string expected)
    {
        Assert.False(DnsQuestion.TryBuild(1, type, name, out _, out string reason));

        Assert.Contains(expected, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_OfTwoHundredFiftySixOctets_IsTooLong()
    {
        string label = new('a', 49);
        string longest = string.Join('.', label, label, label, label, label);
        Assert.True(DnsQuestion.TryBuild(1, "A", longest + ".aa", out byte[] message, out _));
        Assert.Equal(12 + 254 + 4, message.Length);

        Assert.False(DnsQuestion.TryBuild(1, "A", longest + ".aaaa", out _, out _));
    }

    [Theory]
    [InlineData("00018180000100020000", null)]
    [InlineData("0001818000010002000000", null)]
    [InlineData("000181800001000200000000", true)]
    [InlineData("000181830001000000000000", false)]
    [InlineData("000181850001000000000000", false)]
    [InlineData("000101000001000000000000", null)]
    [InlineData("000281800001000200000000", null)]
    public void Message_AnswerOrNot_IsJudged(string message, bool? expected)
    {
        DnsQuestion.TryBuild(1, "A", "example.net", out byte[] question, out _);

        Assert.Equal(expected, DnsQuestion.Judge(question, Convert.FromHexString(message))?.IsUp);
    }
}
