// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Packets.Tests;

public sealed class EthernetHeaderTests
{
    [Fact]
    public void Header_AtEveryLength_IsReadWholeOrTruncated()
    {
        byte[] frame = Vectors.Bytes(Vectors.ArpRequestFrame);
        for (int length = 0; length <= frame.Length; length++)
        {
            bool read = EthernetHeader.TryRead(frame.AsSpan(0, length), out EthernetHeader header, out EthernetError error);
            Assert.Equal(length >= EthernetHeader.Length, read);
            Assert.Equal(read ? EthernetError.None : EthernetError.Truncated, error);
            Assert.Equal(read ? "ff:ff:ff:ff:ff:ff 02:00:00:00:00:0a Arp" : "00:00:00:00:00:00 00:00:00:00:00:00 0",
                $"{header.Destination} {header.Source} {header.EtherType}");
        }
    }

    [Theory]
    [InlineData("8100", EthernetError.VlanTagged)]
    [InlineData("88a8", EthernetError.VlanTagged)]
    [InlineData("05ff", EthernetError.NotEthernet2)]
    [InlineData("0600", EthernetError.None)]
    [InlineData("86dd", EthernetError.None)]
    public void Type_IsJudged(string type, EthernetError expected)
    {
        Assert.Equal(expected == EthernetError.None,
            EthernetHeader.TryRead(Vectors.Bytes("ffffffffffff02000000000a" + type), out _, out EthernetError error));
        Assert.Equal(expected, error);
    }
}
