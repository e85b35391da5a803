// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Tests;

public sealed class OpenMessageTests
{
    private const string Fields = "04fc01005ac0000206";

    [Fact]
    public void Open_TheVector_IsReadAndWritten()
    {
        Assert.True(MessageFrame.TryRead(Vectors.Bytes(Vectors.Open), false, out MessageFrame frame, out _));
        Assert.True(OpenMessage.TryRead(frame.Body, out OpenMessage open, out DecodeError error));
        Assert.Equal(BgpFault.None, error.Fault);
        Assert.Equal(64513, open.TwoOctetAs);
        Assert.Equal(90, open.HoldSeconds);
        Assert.Equal(0xc0000206, open.Identifier);
        Assert.Equal([1, 1, 65, 2, 70, 6, 64, 5], Codes(open));

        byte[] capabilities = new byte[255];
        SpanWriter writer = new(capabilities);
        Assert.True(MultiprotocolCapability.TryWrite(ref writer, AfiSafi.IPv4Unicast));
        Assert.True(MultiprotocolCapability.TryWrite(ref writer, AfiSafi.IPv6Unicast));
        Assert.True(FourOctetAsCapability.TryWrite(ref writer, 64513));
        Assert.True(Capability.TryWrite(ref writer, CapabilityCode.RouteRefresh));
        Assert.True(Capability.TryWrite(ref writer, CapabilityCode.EnhancedRouteRefresh));
        Assert.True(Capability.TryWrite(ref writer, CapabilityCode.ExtendedMessage));
        Assert.True(GracefulRestartCapability.TryWrite(ref writer, false, true, 120, new GracefulRestartEntry(AfiSafi.IPv4Unicast, true)));
        Assert.True(ExtendedNextHopCapability.TryWrite(ref writer, ExtendedNextHopEntry.IPv4OverIPv6));
        byte[] buffer = new byte[4096];
        Assert.True(OpenMessage.TryWrite(buffer, 64513, 90, 0xc0000206, writer.Written, out int length));
        Assert.Equal(Vectors.Open, Vectors.Hex(buffer.AsSpan(0, length)));
    }

    [Theory]
    [Trait("Scenario", "C034")]
    [Trait("Scenario", "C036")]
    [InlineData(0, 0, "00")]
    [InlineData(3, 5, "05" + "0203")]
    [InlineData(253, 255, "ff" + "02fd")]
    [InlineData(254, 255, "ff" + "ff" + "0101" + "02" + "00fe")]
    [InlineData(870, 255, "ff" + "ff" + "0369" + "02" + "0366")]
    public void Open_CapabilitiesOfAnyLength_TakeTheFormThatHoldsThem(int length, int optLength, string head)
    {
        byte[] capabilities = Padding(length);
        byte[] buffer = new byte[4096];
        Assert.True(OpenMessage.TryWrite(buffer, 4_200_000_000, 90, 1, capabilities, out int written));
        Assert.Equal(optLength, buffer[28]);
        Assert.Equal(head, Vectors.Hex(buffer.AsSpan(28, head.Length / 2)));
        Assert.True(MessageFrame.TryRead(buffer.AsSpan(0, written), false, out MessageFrame frame, out _));
        Assert.True(OpenMessage.TryRead(frame.Body, out OpenMessage open, out _));
        Assert.Equal(AsNumbers.Trans, open.TwoOctetAs);
        int octets = 0;
        foreach (Capability capability in open.Capabilities)
        {
            octets += 2 + capability.Value.Length;
        }

        Assert.Equal(length, octets);
        Assert.False(OpenMessage.TryWrite(buffer.AsSpan(0, written - 1), 1, 90, 1, capabilities, out _));
    }

    [Fact]
    public void Open_TooManyCapabilities_IsNotWritten() =>
        Assert.False(OpenMessage.TryWrite(new byte[9000], 1, 90, 1, new byte[4062], out _));

    [Theory]
    [InlineData("", new int[0])]
    [InlineData("0206" + "010400010001", new[] { 1 })]
    [InlineData("0202" + "0200" + "0202" + "4600" + "0200", new[] { 2, 70 })]
    [InlineData("0204" + "0200" + "0200", new[] { 2, 2 })]
    [InlineData("0202" + "fa00", new[] { 250 })]
    public void Parameters_OneOrMany_AreWalkedAlike(string parameters, int[] codes)
    {
        byte[] body = Vectors.Bytes(Fields + $"{parameters.Length / 2:x2}" + parameters);
        Assert.True(OpenMessage.TryRead(body, out OpenMessage open, out _));
        Assert.Equal(codes, Codes(open));
    }

    [Fact]
    [Trait("Scenario", "C028")]
    public void Capability_Unknown_IsKept()
    {
        // Above 251 octets only the extended form of the parameters (RFC 9072) has room for it.
        for (int length = 0; length <= 255; length++)
        {
            string value = string.Concat(Enumerable.Repeat("a5", length));
            byte[] body = length <= 251
                ? Vectors.OpenWith($"fa{length:x2}" + value)
                : Vectors.Bytes(Fields + "ffff" + $"{length + 5:x4}" + "02" + $"{length + 2:x4}" + $"fa{length:x2}" + value);
            Assert.True(OpenMessage.TryRead(body, out OpenMessage open, out _));
            CapabilityEnumerator capabilities = open.Capabilities;
            Assert.True(capabilities.MoveNext());
            Assert.Equal((CapabilityCode)250, capabilities.Current.Code);
            Assert.Equal(value, Vectors.Hex(capabilities.Current.Value));
            Assert.False(capabilities.MoveNext());
        }
    }

    [Theory]
    [Trait("Scenario", "C016")]
    [Trait("Scenario", "C030")]
    [Trait("Scenario", "C031")]
    [Trait("Scenario", "C032")]
    [InlineData("03fc01005ac000020600", "2/1:0004")]
    [InlineData("05fc01005ac000020600", "2/1:0004")]
    [InlineData("00fc01005ac000020600", "2/1:0004")]
    [InlineData(Fields + "01", "2/0:")]
    [InlineData(Fields + "0200", "2/0:")]
    [InlineData(Fields + "000200", "2/0:")]
    [InlineData(Fields + "0102", "2/0:")]
    [InlineData(Fields + "020201", "2/0:")]
    [InlineData(Fields + "03020202", "2/0:")]
    [InlineData(Fields + "04020301" + "04", "2/0:")]
    [InlineData(Fields + "0402020204", "2/0:")]
    [InlineData(Fields + "0402024101", "2/0:")]
    [InlineData(Fields + "03020141", "2/0:")]
    [InlineData(Fields + "020100", "2/4:0100")]
    [InlineData(Fields + "0602020200" + "6300", "2/4:6300")]
    [InlineData(Fields + "03630107", "2/4:630107")]
    [InlineData(Fields + "ff" + "ff" + "0005" + "020002", "2/0:")]
    [InlineData(Fields + "ff" + "ff" + "0003" + "020001", "2/0:")]
    [InlineData(Fields + "ff" + "ff" + "00", "2/0:")]
    [InlineData(Fields + "ff" + "ff" + "0003" + "630000", "2/4:630000")]
    public void Open_Malformed_IsRefusedWithTheRightNotification(string body, string refusal)
    {
        Assert.False(OpenMessage.TryRead(Vectors.Bytes(body), out _, out DecodeError error));
        Assert.Equal(refusal, MessageFrameTests.Refusal(error));
    }

    [Theory]
    [Trait("Scenario", "C033")]
    [InlineData(Fields + "ff" + "ff" + "0000")]
    [InlineData(Fields + "ff" + "ff" + "0005" + "020002" + "0200")]
    [InlineData(Fields + "04" + "ff" + "0005" + "020002" + "0200")]
    public void ExtendedParameters_AlsoWhenSmall_AreRead(string body) =>
        Assert.True(OpenMessage.TryRead(Vectors.Bytes(body), out _, out _));

    [Fact]
    public void Parameters_Of255OctetsInPlainForm_ArePlain()
    {
        Assert.True(OpenMessage.TryRead(Vectors.Bytes(Fields + "ff" + "02fd" + "fafb" + new string('0', 502)), out OpenMessage open, out _));
        Assert.Equal([250], Codes(open));
    }

    [Fact]
    public void Open_CutAtEveryOctet_IsRefusedNotRead()
    {
        byte[] body = Vectors.Body(Vectors.Open);
        for (int length = 0; length < body.Length; length++)
        {
            Assert.False(OpenMessage.TryRead(body.AsSpan(0, length).ToArray(), out _, out DecodeError error));
            Assert.True(error.IsSessionReset);
        }
    }

    [Fact]
    public void Open_EachLengthOffByOne_IsRefused()
    {
        // Offsets in the body: all parameters, the parameter, and each capability's length; the last ones slip into their neighbours.
        foreach (int at in new[] { 9, 11 })
        {
            foreach (int by in new[] { -1, 1 })
            {
                byte[] body = Vectors.Body(Vectors.Open);
                body[at] = (byte)(body[at] + by);
                Assert.False(OpenMessage.TryRead(body, out _, out DecodeError error));
                Assert.Equal("2/0:", MessageFrameTests.Refusal(error));
            }
        }
    }

    private static byte[] Padding(int length)
    {
        List<byte> octets = [];
        while (octets.Count < length)
        {
            int value = Math.Min(255, Math.Max(0, length - octets.Count - 2));
            // Never leave one octet over: a capability has at least two.
            value -= length - octets.Count - 2 - value == 1 ? 1 : 0;
            octets.AddRange([250, (byte)value, .. new byte[value]]);
        }

        return [.. octets];
    }

    private static List<int> Codes(OpenMessage open)
    {
        List<int> codes = [];
        foreach (Capability capability in open.Capabilities)
        {
            codes.Add((int)capability.Code);
        }

        return codes;
    }
}
