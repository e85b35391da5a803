// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Vipd.Health;

namespace LoadBalancer.Vipd.Tests.Health;

public sealed class PingProbeTests
{
    [Fact]
    public void Request_OfIPv4_HasItsChecksum()
    {
        byte[] request = PingProbe.Request(v4: true);
        uint sum = 0;
        for (int i = 0; i < request.Length; i += 2)
        {
            sum += (uint)((request[i] << 8) | request[i + 1]);
        }

        Assert.Equal(8, request[0]);
        Assert.Equal(0xFFFFu, (sum & 0xFFFF) + (sum >> 16));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Reply_WithTheCookie_IsOurs(bool v4, bool withIpHeader)
    {
        byte[] request = PingProbe.Request(v4);
        byte[] cookie = request[8..];
        byte[] reply = [(byte)(v4 ? 0 : 129), .. request[1..]];
        byte[] header = withIpHeader ? [0x46, .. new byte[23]] : [];

        Assert.True(PingProbe.IsReply([.. header, .. reply], cookie, v4, withIpHeader));
        Assert.False(PingProbe.IsReply([.. header, .. request], cookie, v4, withIpHeader));
        Assert.False(PingProbe.IsReply([.. header, .. reply[..^1], (byte)~reply[^1]], cookie, v4, withIpHeader));
        Assert.False(PingProbe.IsReply([.. header, .. reply[..^1]], cookie, v4, withIpHeader));
        Assert.False(PingProbe.IsReply([], cookie, v4, withIpHeader));
    }
}
