// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Tests;

public sealed class MessageFrameTests
{
    [Theory]
    [InlineData(Vectors.Open, MessageType.Open)]
    [InlineData(Vectors.UpdateIPv4, MessageType.Update)]
    [InlineData(Vectors.Shutdown, MessageType.Notification)]
    [InlineData(Vectors.Keepalive, MessageType.Keepalive)]
    [InlineData(Vectors.RefreshIPv4, MessageType.RouteRefresh)]
    public void Frame_EachType_IsCutFromTheStream(string vector, MessageType type)
    {
        byte[] message = Vectors.Bytes(vector);
        byte[] stream = [.. message, .. Vectors.Bytes(Vectors.Keepalive)];
        for (int arrived = 0; arrived < message.Length; arrived++)
        {
            Assert.False(MessageFrame.TryRead(stream.AsSpan(0, arrived), false, out _, out DecodeError wait));
            Assert.Equal(BgpFault.Incomplete, wait.Fault);
            Assert.False(wait.IsSessionReset);
        }

        Assert.True(MessageFrame.TryRead(stream, false, out MessageFrame frame, out DecodeError error));
        Assert.Equal(BgpFault.None, error.Fault);
        Assert.Equal(type, frame.Type);
        Assert.Equal(message, frame.Message);
        Assert.Equal(message.AsSpan(19), frame.Body);
    }

    [Fact]
    [Trait("Scenario", "C008")]
    public void Marker_AnyOctetWrong_ResetsWithoutData()
    {
        for (int i = 0; i < 16; i++)
        {
            byte[] message = Vectors.Bytes(Vectors.Keepalive);
            message[i] ^= 0x10;
            Assert.Equal("1/1:", Refusal(message, false));
        }
    }

    [Theory]
    [Trait("Scenario", "C010")]
    [Trait("Scenario", "C011")]
    [Trait("Scenario", "C012")]
    [Trait("Scenario", "C013")]
    [Trait("Scenario", "C014")]
    [InlineData(MessageType.Keepalive, 18, false, "1/2:0012")]
    [InlineData(MessageType.Keepalive, 0, false, "1/2:0000")]
    [InlineData(MessageType.Keepalive, 20, false, "1/2:0014")]
    [InlineData(MessageType.Keepalive, 4097, true, "1/2:1001")]
    [InlineData(MessageType.Open, 28, false, "1/2:001c")]
    [InlineData(MessageType.Open, 4097, true, "1/2:1001")]
    [InlineData(MessageType.Open, 4096, false, "")]
    [InlineData(MessageType.Update, 22, false, "1/2:0016")]
    [InlineData(MessageType.Update, 4096, false, "")]
    [InlineData(MessageType.Update, 4097, false, "1/2:1001")]
    [InlineData(MessageType.Update, 65535, true, "")]
    [InlineData(MessageType.Notification, 20, false, "1/2:0014")]
    [InlineData(MessageType.Notification, 4097, false, "1/2:1001")]
    [InlineData(MessageType.Notification, 65535, true, "")]
    [InlineData(MessageType.RouteRefresh, 22, false, "1/2:0016")]
    [InlineData(MessageType.RouteRefresh, 24, false, "")]
    [InlineData(MessageType.RouteRefresh, 4097, false, "1/2:1001")]
    [InlineData((MessageType)0, 19, false, "1/3:00")]
    [InlineData((MessageType)6, 19, false, "1/3:06")]
    [InlineData((MessageType)7, 4096, false, "1/3:07")]
    [InlineData((MessageType)255, 65535, true, "1/3:ff")]
    public void Length_OfEachType_IsBounded(MessageType type, int length, bool extended, string refusal)
    {
        byte[] message = new byte[Math.Max(length, 19)];
        message.AsSpan(0, 16).Fill(0xff);
        message[16] = (byte)(length >> 8);
        message[17] = (byte)length;
        message[18] = (byte)type;
        Assert.Equal(refusal, Refusal(message, extended));
    }

    [Fact]
    public void Notification_OfAReadMessage_Throws()
    {
        Assert.True(MessageFrame.TryRead(Vectors.Bytes(Vectors.Keepalive), false, out _, out DecodeError none));
        bool thrown = false;
        try
        {
            _ = none.Notification;
        }
        catch (InvalidOperationException)
        {
            thrown = true;
        }

        Assert.True(thrown);
    }

    [Fact]
    public void Keepalive_Written_IsTheVector()
    {
        byte[] buffer = new byte[KeepaliveMessage.Length];
        Assert.True(KeepaliveMessage.TryWrite(buffer, out int length));
        Assert.Equal(Vectors.Keepalive, Vectors.Hex(buffer.AsSpan(0, length)));
        Assert.False(KeepaliveMessage.TryWrite(buffer.AsSpan(1), out _));
    }

    /// <summary>What the session would send, as "code/subcode:data"; empty when the message is read.</summary>
    internal static string Refusal(DecodeError error) =>
        error.IsSessionReset
            ? $"{(byte)error.Notification.Code}/{error.Notification.Subcode}:{Vectors.Hex(error.Notification.Data)}"
            : "";

    private static string Refusal(byte[] message, bool extended)
    {
        bool read = MessageFrame.TryRead(message, extended, out _, out DecodeError error);
        Assert.Equal(read, !error.IsSessionReset);
        return Refusal(error);
    }
}
