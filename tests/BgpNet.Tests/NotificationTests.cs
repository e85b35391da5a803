// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Tests;

public sealed class NotificationTests
{
    [Theory]
    [Trait("Scenario", "C078")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(255)]
    [InlineData(4075)]
    public void Data_OfAnyLength_IsWrittenAndReadBack(int length)
    {
        byte[] data = [.. Enumerable.Range(1, length).Select(i => (byte)i)];
        byte[] buffer = new byte[4096];
        Assert.True(new NotificationMessage(NotificationCode.UpdateMessage, 9, data).TryWrite(buffer, false, out int written));
        Assert.Equal(21 + length, written);
        Assert.True(MessageFrame.TryRead(buffer.AsSpan(0, written), false, out MessageFrame frame, out _));
        Assert.True(NotificationMessage.TryRead(frame.Body, out NotificationMessage read));
        Assert.Equal(NotificationCode.UpdateMessage, read.Code);
        Assert.Equal(9, read.Subcode);
        Assert.Equal(data, read.Data);
        Assert.False(read.TryWrite(buffer.AsSpan(0, written - 1), false, out _));
    }

    [Theory]
    [InlineData(false, 4096)]
    [InlineData(true, 9021)]
    public void Data_BeyondTheLongestMessage_IsCut(bool extended, int expected)
    {
        byte[] buffer = new byte[10_000];
        Assert.True(NotificationMessage.Cease(CeaseSubcode.OutOfResources, new byte[9000]).TryWrite(buffer, extended, out int written));
        Assert.Equal(expected, written);
    }

    [Theory]
    [InlineData("")]
    [InlineData("06")]
    public void Body_ShorterThanTwoOctets_IsRefused(string body) =>
        Assert.False(NotificationMessage.TryRead(Vectors.Bytes(body), out _));

    [Theory]
    [Trait("Scenario", "C079")]
    [Trait("Scenario", "X13")]
    [InlineData("0602", null)]
    [InlineData("060200", null)]
    [InlineData("0602" + "04" + "64726169", "drai")]
    [InlineData("0604" + "03" + "e282ac", "€")]
    [InlineData("0602" + "02" + "64726169", "dr")]
    [InlineData("0602" + "05" + "64726169", "0x0564726169")]
    [InlineData("0602" + "02" + "c328", "0xc328")]
    [InlineData("0602" + "06" + "611b5b0a0062", "a [  b")]
    [InlineData("0602" + "05" + "61e280ae62", "a b")]
    [InlineData("0603" + "04" + "64726169", null)]
    [InlineData("0302" + "04" + "64726169", null)]
    public void ShutdownCommunication_WhatTheOperatorWrote_IsMadeFitForALog(string body, string? text)
    {
        Assert.True(NotificationMessage.TryRead(Vectors.Bytes(body), out NotificationMessage message));
        Assert.Equal(text, message.ShutdownCommunication);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("drain", 5)]
    [InlineData("€", 3)]
    public void ShutdownText_Written_IsReadBack(string text, int octets)
    {
        byte[] data = new byte[ShutdownText.MaxLength];
        Assert.Equal(1 + octets, ShutdownText.Write(text, data));
        Assert.Equal(text, NotificationMessage.Cease(CeaseSubcode.AdministrativeShutdown, data.AsSpan(0, 1 + octets)).ShutdownCommunication ?? "");
    }

    [Fact]
    [Trait("Scenario", "C079")]
    public void ShutdownText_TooLong_IsCutBetweenCharacters()
    {
        byte[] data = new byte[ShutdownText.MaxLength];
        Assert.Equal(1 + 255, ShutdownText.Write(new string('€', 100), data));
        Assert.Equal(new string('€', 85), NotificationMessage.Cease(CeaseSubcode.AdministrativeReset, data).ShutdownCommunication);
        Assert.Equal(1 + 254, ShutdownText.Write(new string('ä', 200), data));
        Assert.Throws<ArgumentException>(() => ShutdownText.Write("a", new byte[255]));
    }

    [Fact]
    [Trait("Scenario", "C080")]
    public void HardReset_WrappingAReason_IsUnwrapped()
    {
        byte[] body = Vectors.Bytes("0609" + "0604" + "03" + "627965");
        Assert.True(NotificationMessage.TryRead(body, out NotificationMessage message));
        Assert.True(message.IsHardReset);
        Assert.True(message.TryUnwrapHardReset(out NotificationMessage reason));
        Assert.Equal("bye", reason.ShutdownCommunication);
        Assert.Equal("Cease, HardReset (6/9): Cease, AdministrativeReset (6/4): \"bye\"", message.Describe());
        Assert.False(reason.TryUnwrapHardReset(out _));
        Assert.False(NotificationMessage.Cease(CeaseSubcode.HardReset, [6]).TryUnwrapHardReset(out _));
    }

    [Fact]
    public void HardReset_WithinHardResets_EndsInWords() =>
        Assert.Equal("Cease, HardReset (6/9), data 06090609", NotificationMessage.Cease(CeaseSubcode.HardReset, [6, 9, 6, 9]).Describe());

    [Theory]
    [Trait("Scenario", "C081")]
    [InlineData("0601" + "00010100000003", "Cease, MaxPrefixes (6/1): ipv4-unicast, at most 3 prefixes")]
    [InlineData("0601" + "000101000000", "Cease, MaxPrefixes (6/1), data 000101000000")]
    [InlineData("0601" + "0001010000000300", "Cease, MaxPrefixes (6/1), data 0001010000000300")]
    [InlineData("0601", "Cease, MaxPrefixes (6/1)")]
    [InlineData("0400", "hold timer expired (4/0)")]
    [InlineData("0503" + "02", "state machine error, UnexpectedInEstablished (5/3), data 02")]
    [InlineData("0201" + "0004", "OPEN error, UnsupportedVersion (2/1), data 0004")]
    [InlineData("030a", "UPDATE error, InvalidNetworkField (3/10)")]
    [InlineData("03ff", "UPDATE error (3/255)")]
    [InlineData("6363", "unknown error (99/99)")]
    [InlineData("0101", "message header error, NotSynchronized (1/1)")]
    [InlineData("0701", "ROUTE-REFRESH error, InvalidLength (7/1)")]
    [InlineData("0800", "send hold timer expired (8/0)")]
    public void Describe_AnyMessage_IsWords(string body, string words)
    {
        Assert.True(NotificationMessage.TryRead(Vectors.Bytes(body), out NotificationMessage message));
        Assert.Equal(words, message.Describe());
    }

    [Fact]
    [Trait("Scenario", "C078")]
    public void Describe_LongData_IsCut()
    {
        string words = new NotificationMessage(NotificationCode.UpdateMessage, 1, new byte[4075]).Describe();
        Assert.EndsWith("00...", words, StringComparison.Ordinal);
        Assert.True(words.Length < 120);
    }
}
