// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets.Tests;

public sealed class ArpPacketTests
{
    private static readonly MacAddr Router = MacAddr.Parse("02:00:00:00:00:0a");
    private static readonly MacAddr Node = MacAddr.Parse("02:00:00:00:00:01");
    private static readonly IpAddr RouterAddress = IpAddr.Parse("192.0.2.10");
    private static readonly IpAddr Service = IpAddr.Parse("192.0.2.100");

    [Fact]
    [Trait("Rfc", "826")]
    public void Request_ReadAndWritten_IsTheVector()
    {
        ArpPacket request = new(ArpOperation.Request, Router, RouterAddress, default, Service);
        AssertBothWays(Vectors.ArpRequestFrame, request, MacAddr.Broadcast, Router);
        Assert.False(request.IsProbe);
        Assert.False(request.IsGratuitous);
    }

    [Fact]
    [Trait("Rfc", "826")]
    public void Reply_ReadAndWritten_IsTheVector() =>
        AssertBothWays(Vectors.ArpReplyFrame, new(ArpOperation.Reply, Node, Service, Router, RouterAddress), Router, Node);

    [Theory]
    [Trait("Rfc", "5227-3")]
    [InlineData(ArpOperation.Request, "0001" + "020000000001" + "c0000264" + "000000000000" + "c0000264")]
    [InlineData(ArpOperation.Reply, "0002" + "020000000001" + "c0000264" + "020000000001" + "c0000264")]
    public void Announcement_InBothForms_IsTheVector(ArpOperation form, string tail)
    {
        ArpPacket announcement = ArpPacket.Announcement(form, Node, Service);
        Assert.True(announcement.IsGratuitous);
        Assert.False(announcement.IsProbe);
        AssertBothWays("ffffffffffff" + "020000000001" + "0806" + "0001080006" + "04" + tail, announcement, MacAddr.Broadcast, Node);
    }

    [Fact]
    [Trait("Rfc", "5227-2.1.1")]
    public void Probe_HasNoSenderAddress()
    {
        ArpPacket probe = new(ArpOperation.Request, Router, IpAddr.IPv4Any, default, Service);
        Assert.True(probe.IsProbe);
        Assert.False(probe.IsGratuitous);
        Assert.False((probe with { Operation = ArpOperation.Reply }).IsProbe);
        Assert.False((probe with { TargetAddress = IpAddr.IPv4Any }).IsGratuitous);
    }

    [Theory]
    [InlineData(1, 6, ArpError.HardwareType)]
    [InlineData(3, 6, ArpError.ProtocolType)]
    [InlineData(4, 8, ArpError.HardwareLength)]
    [InlineData(5, 16, ArpError.ProtocolLength)]
    [InlineData(7, 0, ArpError.Operation)]
    [InlineData(7, 3, ArpError.Operation)]
    [InlineData(6, 1, ArpError.Operation)]
    public void Read_WrongField_NamesIt(int offset, byte value, ArpError expected)
    {
        byte[] packet = Vectors.Bytes(Vectors.ArpRequestFrame)[EthernetHeader.Length..];
        packet[offset] = value;
        Assert.False(ArpPacket.TryRead(packet, out ArpPacket read, out ArpError error));
        Assert.Equal(expected, error);
        Assert.Equal(default, read);
    }

    [Fact]
    public void Read_SplitAtEveryByte_IsTruncated()
    {
        byte[] packet = Vectors.Bytes(Vectors.ArpRequestFrame)[EthernetHeader.Length..];
        for (int length = 0; length < packet.Length; length++)
        {
            Assert.False(ArpPacket.TryRead(packet.AsSpan(0, length), out _, out ArpError error));
            Assert.Equal(ArpError.Truncated, error);
        }
    }

    [Fact]
    public void Write_TooShortOrOtherFamily_IsRefused()
    {
        ArpPacket packet = ArpPacket.Announcement(ArpOperation.Request, Node, Service);
        for (int length = 0; length < ArpPacket.FrameLength; length++)
        {
            Assert.False(packet.TryWriteFrame(new byte[length], MacAddr.Broadcast, Node, out int written));
            Assert.Equal(0, written);
        }

        Assert.False((packet with { SenderAddress = IpAddr.IPv6Any }).TryWriteFrame(new byte[64], MacAddr.Broadcast, Node, out _));
        Assert.False((packet with { TargetAddress = IpAddr.IPv6Any }).TryWriteFrame(new byte[64], MacAddr.Broadcast, Node, out _));
    }

    private static void AssertBothWays(string hex, ArpPacket packet, MacAddr to, MacAddr from)
    {
        byte[] frame = Vectors.Bytes(hex);
        Assert.True(ArpPacket.TryRead([.. frame.AsSpan(EthernetHeader.Length), .. new byte[18]], out ArpPacket read, out ArpError error));
        Assert.Equal(ArpError.None, error);
        Assert.Equal(packet, read);
        byte[] written = new byte[64];
        Assert.True(packet.TryWriteFrame(written, to, from, out int length));
        Assert.Equal(Convert.ToHexString(frame), Convert.ToHexString(written.AsSpan(0, length)));
    }
}
