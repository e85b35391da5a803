// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Tests;

public sealed class RouteRefreshTests
{
    [Theory]
    [InlineData("00010001", 1, 1, RefreshSubtype.Request)]
    [InlineData("00020101", 2, 1, RefreshSubtype.Begin)]
    [InlineData("00020201", 2, 1, RefreshSubtype.End)]
    [InlineData("00636304", 99, 4, (RefreshSubtype)99)]
    public void Refresh_EachSubtype_IsReadAndWritten(string body, int afi, int safi, RefreshSubtype subtype)
    {
        RouteRefreshMessage expected = new(new((Afi)afi, (Safi)safi), subtype);
        Assert.Equal("", Read(body, enhanced: true, out RouteRefreshMessage read));
        Assert.Equal(expected, read);
        Assert.Equal((byte)subtype <= 2, read.IsKnown);
        byte[] buffer = new byte[RouteRefreshMessage.Length];
        Assert.True(expected.TryWrite(buffer, out int length));
        Assert.Equal(Vectors.Marker + "001705" + body, Vectors.Hex(buffer.AsSpan(0, length)));
        Assert.False(expected.TryWrite(buffer.AsSpan(1), out _));
    }

    [Theory]
    [InlineData("0001000180", true, true)]
    [InlineData("0001010180", true, false)]
    [InlineData("0001020180", true, false)]
    [InlineData("0001020180", false, true)]
    public void Refresh_OctetsBehind_EndTheSessionOnlyAfterAMarker(string body, bool enhanced, bool read)
    {
        string refusal = read ? "" : "7/1:" + Vectors.Marker + "001805" + body;
        Assert.Equal(refusal, Read(body, enhanced, out _));
    }

    private static string Read(string body, bool enhanced, out RouteRefreshMessage message)
    {
        byte[] octets = Vectors.Bytes(Vectors.Marker + $"00{19 + (body.Length / 2):x2}05" + body);
        Assert.True(MessageFrame.TryRead(octets, false, out MessageFrame frame, out _));
        bool read = RouteRefreshMessage.TryRead(frame, enhanced, out message, out DecodeError error);
        Assert.Equal(read, error.Fault == BgpFault.None);
        return MessageFrameTests.Refusal(error);
    }
}
