// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2.Tests;

public sealed class NdpResponderTests
{
    private readonly byte[] _reply = new byte[NdpResponder.ReplyLength];

    [Fact]
    [Trait("Scenario", "E44")]
    [Trait("Rfc", "4861-7.2.4")]
    public void Solicitation_WithLinkLayerOption_IsAnsweredSolicitedWithOverride()
    {
        Assert.True(Decide(Lan.Question6.Frame()).IsReply);
        AssertAnswer(Lan.ClientMac, Lan.Client6, NdFlags.Solicited | NdFlags.Override);
    }

    [Fact]
    [Trait("Scenario", "E44")]
    public void Solicitation_WithoutLinkLayerOption_IsAnsweredToItsFrameSource()
    {
        Assert.True(Decide((Lan.Question6 with { LinkLayerAddress = null }).Frame()).IsReply);
        AssertAnswer(Lan.ClientMac, Lan.Client6, NdFlags.Solicited | NdFlags.Override);
    }

    [Fact]
    [Trait("Scenario", "E44")]
    [Trait("Rfc", "4861-7.3.3")]
    public void UnicastProbe_OfReachability_IsAnswered()
    {
        NdMessage probe = Lan.Question6 with { Destination = Lan.Service6, LinkLayerAddress = null };
        Assert.True(Decide(probe.Frame(Lan.Eth0.Mac)).IsReply);
        AssertAnswer(Lan.ClientMac, Lan.Client6, NdFlags.Solicited | NdFlags.Override);
    }

    [Fact]
    [Trait("Rfc", "4862-5.4.3")]
    public void DuplicateAddressProbe_ForOurAddress_IsAnsweredToAllNodes()
    {
        ResponderDecision decision = Decide((Lan.Question6 with { Source = IpAddr.IPv6Any, LinkLayerAddress = null }).Frame());
        Assert.True(decision.IsReply);
        Assert.Null(decision.Claim);
        AssertAnswer(MacAddr.Parse("33:33:00:00:00:01"), Lan.AllNodes, NdFlags.Override);
    }

    [Fact]
    public void Advertisement_ForOurAddressFromForeignMac_IsAClaim()
    {
        NdMessage claim = Lan.Question6 with
        {
            Type = NdType.NeighborAdvertisement,
            Destination = Lan.AllNodes,
            Flags = NdFlags.Override,
            LinkLayerAddress = Lan.StrangerMac,
        };
        AssertClaim(Decide(claim.Frame()));
        AssertClaim(Decide((claim with { LinkLayerAddress = null }).Frame(from: Lan.StrangerMac)));
        Assert.Equal(DropReason.OwnFrame, Decide((claim with { LinkLayerAddress = Lan.Eth1.Mac }).Frame()).Reason);
        Assert.Equal(DropReason.OwnFrame, Decide(claim.Frame(from: Lan.Eth1.Mac)).Reason);
        Assert.Equal(DropReason.NeighborAdvertisement, Decide((claim with { Target = Lan.Client6 }).Frame()).Reason);
    }

    [Fact]
    public void Solicitation_FromOurAddress_IsAClaim() => AssertClaim(Decide(
        (Lan.Question6 with { Source = Lan.Service6, Target = Lan.Client6, LinkLayerAddress = Lan.StrangerMac }).Frame()));

    [Fact]
    public void Solicitation_NotForUs_IsDropped()
    {
        AssertDropped(DropReason.EthernetDestination, Lan.Question6.Frame(Lan.StrangerMac));
        AssertDropped(DropReason.NotAnnounced, (Lan.Question6 with { Target = Lan.Client6 }).Frame());
        AssertDropped(DropReason.SenderHardwareAddress, (Lan.Question6 with { LinkLayerAddress = MacAddr.Broadcast }).Frame());
        AssertDropped(DropReason.OwnFrame, Lan.Question6.Frame(from: Lan.Eth1.Mac));
        Assert.Equal(DropReason.OtherInterface, NdpResponder.Decide(Lan.Question6.Frame(), Lan.Eth1, Lan.OnEth0, _reply).Reason);
    }

    [Fact]
    public void Interface_WithoutLinkLocalAddress_AnswersNothing() => Assert.Equal(DropReason.NoLinkLocalAddress,
        NdpResponder.Decide(Lan.Question6.Frame(), Lan.Eth0 with { LinkLocal = null }, Lan.OnEth0, _reply).Reason);

    [Theory]
    [InlineData(FrameOffsets.IPv6HopLimit, 64, DropReason.NdHopLimit)]
    [InlineData(FrameOffsets.IPv6NextHeader, 44, DropReason.NdExtensionHeader)]
    [InlineData(FrameOffsets.IPv6NextHeader, 6, DropReason.OtherProtocol)]
    [InlineData(FrameOffsets.Icmpv6Type, 133, DropReason.OtherProtocol)]
    [InlineData(FrameOffsets.NdTarget, 0x21, DropReason.NdChecksum)]
    [InlineData(EthernetHeader.Length, 0x40, DropReason.MalformedNd)]
    [InlineData(FrameOffsets.EtherType, 0x08, DropReason.OtherProtocol)]
    public void Frame_OfOtherKindOrBroken_IsNamed(int offset, byte value, DropReason expected)
    {
        byte[] frame = Lan.Question6.Frame();
        frame[offset] = value;
        AssertDropped(expected, frame);
    }

    [Fact]
    public void Frame_SplitAtEveryByte_IsDropped()
    {
        byte[] frame = Lan.Question6.Frame();
        for (int length = 0; length < frame.Length; length++)
        {
            AssertDropped(length < EthernetHeader.Length ? DropReason.MalformedEthernet : DropReason.MalformedNd, frame[..length]);
        }
    }

    [Fact]
    public void Reply_IntoShortBuffer_IsDropped() => Assert.Equal(
        DropReason.ReplyBuffer, NdpResponder.Decide(Lan.Question6.Frame(), Lan.Eth0, Lan.OnEth0, _reply.AsSpan(1)).Reason);

    private ResponderDecision Decide(byte[] frame) => NdpResponder.Decide(frame, Lan.Eth0, Lan.OnEth0, _reply);

    private void AssertAnswer(MacAddr to, IpAddr destination, NdFlags flags)
    {
        Assert.True(EthernetHeader.TryRead(_reply, out EthernetHeader header, out _));
        Assert.Equal(new EthernetHeader(to, Lan.Eth0.Mac, EtherType.IPv6), header);
        Assert.True(NdMessage.TryRead(_reply.AsSpan(EthernetHeader.Length), out NdMessage answer, out NdError error), $"{error}");
        Assert.Equal(
            new NdMessage
            {
                Type = NdType.NeighborAdvertisement,
                Source = Lan.Eth0.LinkLocal!.Value,
                Destination = destination,
                Target = Lan.Service6,
                Flags = flags,
                LinkLayerAddress = Lan.Eth0.Mac,
            },
            answer);
    }

    private static void AssertClaim(ResponderDecision decision)
    {
        Assert.Equal(DropReason.ForeignClaim, decision.Reason);
        Assert.Equal(new ForeignClaim(Lan.Service6, Lan.StrangerMac, Lan.Eth0.Index), decision.Claim);
    }

    private void AssertDropped(DropReason expected, byte[] frame)
    {
        ResponderDecision decision = Decide(frame);
        Assert.Equal(expected, decision.Reason);
        Assert.False(decision.IsReply);
        Assert.Null(decision.Claim);
    }
}
