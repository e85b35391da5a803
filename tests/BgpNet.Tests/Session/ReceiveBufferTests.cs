// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>What is kept of a message that has not come whole: no more than may come, and no octet of the next one.</summary>
public sealed class ReceiveBufferTests
{
    private readonly ReceiveBuffer _buffer = new();

    [Theory]
    [InlineData(4095, false, 4096)]
    [InlineData(4096, false, 4096)]
    [InlineData(4096, true, 4096)]
    [InlineData(4097, true, 65_535)]
    [InlineData(65_535, true, 65_535)]
    public void Message_InPieces_TakesTheRoomOfItsKind(int length, bool extended, int capacity)
    {
        byte[] message = Message(length, length + 5);
        _buffer.Keep(message.AsSpan(0, 30));
        ReadOnlySpan<byte> rest = message.AsSpan(30, 2000);
        Assert.Equal(2030, _buffer.Fill(ref rest, extended).Length);
        Assert.True(rest.IsEmpty);
        rest = message.AsSpan(2030);
        Assert.Equal(message.AsSpan(0, length), _buffer.Fill(ref rest, extended));
        Assert.Equal(5, rest.Length);
        Assert.Equal(capacity, _buffer.Capacity);
        _buffer.Empty();
        Assert.True(_buffer.IsEmpty);
        Assert.Equal(capacity, _buffer.Capacity);
    }

    [Fact]
    public void Header_InPieces_IsTakenBeforeTheLengthIsAskedFor()
    {
        byte[] message = Message(23, 23);
        _buffer.Keep(message.AsSpan(0, 1));
        for (int at = 1; at < 23; at++)
        {
            ReadOnlySpan<byte> octet = message.AsSpan(at, 1);
            Assert.Equal(message.AsSpan(0, at + 1), _buffer.Fill(ref octet, false));
            Assert.True(octet.IsEmpty);
        }
    }

    /// <summary>A length that was not agreed on is judged by the header alone; also one that is less than what is there.</summary>
    [Theory]
    [InlineData(4097)]
    [InlineData(65_535)]
    [InlineData(3)]
    public void Length_ThatCannotBe_GetsNoRoom(int length)
    {
        byte[] message = Message(length, 5000);
        _buffer.Keep(message.AsSpan(0, 10));
        ReadOnlySpan<byte> rest = message.AsSpan(10);
        Assert.Equal(19, _buffer.Fill(ref rest, false).Length);
        Assert.Equal(4981, rest.Length);
        Assert.Equal(4096, _buffer.Capacity);
    }

    [Fact]
    public void Beginning_KeptAfterAMessage_IsAllThereIs()
    {
        _buffer.Keep(Message(200, 100));
        _buffer.Empty();
        _buffer.Keep([1, 2, 3]);
        ReadOnlySpan<byte> none = default;
        Assert.Equal([1, 2, 3], _buffer.Fill(ref none, false).ToArray());
    }

    [Fact]
    public void Connection_ThatEnded_HoldsNothing()
    {
        _buffer.Keep(Message(4096, 100));
        Assert.Equal(4096, _buffer.Capacity);
        _buffer.Clear();
        Assert.True(_buffer.IsEmpty);
        Assert.Equal(0, _buffer.Capacity);
    }

    private static byte[] Message(int length, int octets)
    {
        byte[] message = new byte[octets];
        message.AsSpan(0, 16).Fill(0xff);
        message[16] = (byte)(length >> 8);
        message[17] = (byte)length;
        for (int i = 18; i < octets; i++)
        {
            message[i] = (byte)i;
        }

        return message;
    }
}
