// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2.Tests;

public sealed class ArpResponderTests
{
    private readonly byte[] _reply = new byte[ArpResponder.ReplyLength];

    [Fact]
    [Trait("Scenario", "E38")]
    public void Request_ToAnotherUnicastMac_IsIgnored() =>
        AssertDropped(DropReason.EthernetDestination, Lan.Question.Frame(Lan.StrangerMac));

    [Theory]
    [Trait("Scenario", "E39")]
    [InlineData("ff:ff:ff:ff:ff:ff")]
    [InlineData("02:00:00:00:00:01")]
    public void Request_ToBroadcastOrOwnMac_IsAnsweredUnicastWithOwnMac(string to)
    {
        ResponderDecision decision = Decide(Lan.Question.Frame(MacAddr.Parse(to)));
        Assert.Equal(DropReason.None, decision.Reason);
        Assert.Equal(Lan.Service, decision.Target);
        Assert.Equal(
            "02000000000A" + "020000000001" + "0806" + "0001080006040002" + "020000000001" + "C0000264" + "02000000000A" + "C000020A",
            Convert.ToHexString(_reply.AsSpan(0, decision.ReplyLength)));
    }

    [Fact]
    [Trait("Scenario", "E39")]
    public void Request_ForUnannouncedAddress_IsDropped() => AssertDropped(
        DropReason.NotAnnounced, (Lan.Question with { TargetAddress = IpAddr.Parse("192.0.2.101") }).Frame(MacAddr.Broadcast));

    [Fact]
    public void Request_OnAnotherInterface_IsDropped() => Assert.Equal(
        DropReason.OtherInterface, ArpResponder.Decide(Lan.Question.Frame(MacAddr.Broadcast), Lan.Eth1, Lan.OnEth0, _reply).Reason);

    [Fact]
    [Trait("Rfc", "5227-2.1.1")]
    public void Probe_ForOurAddress_IsAnswered()
    {
        ResponderDecision decision = Decide((Lan.Question with { SenderAddress = IpAddr.IPv4Any }).Frame(MacAddr.Broadcast));
        Assert.True(decision.IsReply);
        Assert.Null(decision.Claim);
        Assert.True(ArpPacket.TryRead(_reply.AsSpan(EthernetHeader.Length), out ArpPacket answer, out _));
        Assert.Equal(new ArpPacket(ArpOperation.Reply, Lan.Eth0.Mac, Lan.Service, Lan.ClientMac, IpAddr.IPv4Any), answer);
    }

    [Theory]
    [Trait("Rfc", "5227-2.4")]
    [InlineData(ArpOperation.Request, "192.0.2.100")]
    [InlineData(ArpOperation.Reply, "192.0.2.100")]
    [InlineData(ArpOperation.Request, "192.0.2.10")]
    [InlineData(ArpOperation.Reply, "192.0.2.10")]
    public void AnyPacket_FromOurAddressAndForeignMac_IsAClaim(ArpOperation operation, string target)
    {
        ArpPacket packet = new(operation, Lan.StrangerMac, Lan.Service, default, IpAddr.Parse(target));
        ResponderDecision decision = Decide(packet.Frame(MacAddr.Broadcast));
        Assert.Equal(DropReason.ForeignClaim, decision.Reason);
        Assert.Equal(new ForeignClaim(Lan.Service, Lan.StrangerMac, Lan.Eth0.Index), decision.Claim);
        Assert.False(decision.IsReply);
    }

    [Fact]
    public void Claim_OnInterfaceWithoutTheAddress_IsNone()
    {
        ArpPacket packet = ArpPacket.Announcement(ArpOperation.Request, Lan.StrangerMac, Lan.Service);
        ResponderDecision decision = ArpResponder.Decide(packet.Frame(MacAddr.Broadcast), Lan.Eth1, Lan.OnEth0, _reply);
        Assert.Equal(DropReason.GratuitousArp, decision.Reason);
        Assert.Null(decision.Claim);
    }

    [Fact]
    public void OwnAnnouncement_HeardOnAnyInterface_IsNoClaim()
    {
        AnnouncementTable both = Lan.Table(new Announcement(Lan.Service, InterfaceSet.All));
        byte[] frame = ArpPacket.Announcement(ArpOperation.Request, Lan.Eth0.Mac, Lan.Service).Frame(MacAddr.Broadcast);
        Assert.Equal(DropReason.OwnFrame, ArpResponder.Decide(frame, Lan.Eth0, both, _reply).Reason);
        Assert.Equal(DropReason.OwnFrame, ArpResponder.Decide(frame, Lan.Eth1, both, _reply).Reason);

        // Sent on by something that puts its own source into the Ethernet header.
        Assert.True(ArpPacket.Announcement(ArpOperation.Request, Lan.Eth0.Mac, Lan.Service)
            .TryWriteFrame(frame, MacAddr.Broadcast, Lan.StrangerMac, out _));
        Assert.Equal(DropReason.OwnFrame, ArpResponder.Decide(frame, Lan.Eth1, both, _reply).Reason);
    }

    [Fact]
    public void Reply_FromAnother_IsDropped() =>
        AssertDropped(DropReason.ArpReply, (Lan.Question with { Operation = ArpOperation.Reply }).Frame(MacAddr.Broadcast));

    [Theory]
    [InlineData("00:00:00:00:00:00")]
    [InlineData("ff:ff:ff:ff:ff:ff")]
    [InlineData("01:00:5e:00:00:01")]
    public void Request_FromUnanswerableMac_IsDropped(string sender) => AssertDropped(
        DropReason.SenderHardwareAddress, (Lan.Question with { SenderMac = MacAddr.Parse(sender) }).Frame(MacAddr.Broadcast));

    [Fact]
    public void Frame_OfOtherKindOrBroken_IsNamed()
    {
        byte[] frame = Lan.Question.Frame(MacAddr.Broadcast);
        for (int length = 0; length < frame.Length; length++)
        {
            AssertDropped(length < EthernetHeader.Length ? DropReason.MalformedEthernet : DropReason.MalformedArp, frame[..length]);
        }

        frame[12] = 0x81;
        frame[13] = 0x00;
        AssertDropped(DropReason.VlanTagged, frame);
        AssertDropped(DropReason.OtherProtocol, Lan.Question6.Frame());
    }

    [Fact]
    public void Reply_IntoShortBuffer_IsDropped() => Assert.Equal(DropReason.ReplyBuffer,
        ArpResponder.Decide(Lan.Question.Frame(MacAddr.Broadcast), Lan.Eth0, Lan.OnEth0, _reply.AsSpan(1)).Reason);

    private ResponderDecision Decide(byte[] frame) => ArpResponder.Decide(frame, Lan.Eth0, Lan.OnEth0, _reply);

    private void AssertDropped(DropReason expected, byte[] frame)
    {
        ResponderDecision decision = Decide(frame);
        Assert.Equal(expected, decision.Reason);
        Assert.False(decision.IsReply);
        Assert.Null(decision.Claim);
    }
}
