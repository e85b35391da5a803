// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets.Tests;

public sealed class InternetChecksumTests
{
    [Theory]
    [Trait("Rfc", "1071-3")]
    [InlineData("0001f203f4f5f6f7", 0x220d)]
    [InlineData("", 0xffff)]
    [InlineData("01", 0xfeff)]
    [InlineData("000102", 0xfdfe)]
    [InlineData("ffffffffffff", 0x0000)]
    [InlineData("45000073000040004011" + "0000" + "c0a80001c0a800c7", 0xb861)]
    public void Compute_KnownOctets_MatchesByHand(string hex, int expected) =>
        Assert.Equal(expected, InternetChecksum.Compute(Vectors.Bytes(hex)));

    [Fact]
    public void Compute_LargestDatagram_DoesNotOverflow()
    {
        byte[] octets = new byte[65_535];
        Array.Fill(octets, (byte)0xff);
        Assert.Equal(0x00ff, InternetChecksum.Compute(octets));
    }
}
