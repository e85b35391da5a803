// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

public sealed class RibReadmeTests
{
    [Fact]
    public void Example_AfterANegotiation_AnnouncesAndEnds()
    {
        byte[] buffer = new byte[MessageFrame.MaxLength];
        SpeakerOpen ours = new() { Asn = 64513, Identifier = 0xc0000206 };
        Assert.True(new SpeakerOpen { Asn = 64514, Identifier = 0xc0000201, Families = [AfiSafi.IPv4Unicast] }.TryWrite(buffer, out _));
        Assert.True(MessageFrame.TryRead(buffer, extendedMessages: false, out MessageFrame frame, out _));
        Assert.True(OpenMessage.TryRead(frame.Body, out OpenMessage theirs, out _));
        Assert.True(Negotiator.TryNegotiate(ours, theirs, new() { AsKind = PeerAsKind.Exactly, Asn = 64514 }, out NegotiatedSession? session, out _));
        NextHop self = new(IpAddr.Parse("192.0.2.6"));
        MonoTime now = default;
        List<string> sent = [];
        void Send(ReadOnlySpan<byte> octets) => sent.Add(Vectors.Hex(octets));

        // README: begin
        AdjRibOut rib = new(new Random());
        PolicyId policy = rib.AddPolicy();
        rib.Set(IpPrefix.Parse("192.0.2.100/32"), RouteOffer.ToAll(new RouteAttributes { Communities = [new(64513, 100)] }));
        rib.CompleteInitialState();

        RibPeer peer = rib.PeerUp(policy, ExportTerms.From(session, localAs: 64513, ipv4NextHop: self, ipv6NextHop: null));
        byte[] room = new byte[MessageFrame.MaxExtendedLength];
        while (rib.Fill(peer, room, now) is var octets and > 0)
        {
            Send(room.AsSpan(0, octets));
        }
        // README: end

        string stream = Assert.Single(sent);
        Assert.Contains("40020602010000fc01" + "400304c0000206" + "c00804fc010064" + "20c0000264", stream, StringComparison.Ordinal);
        Assert.EndsWith(Vectors.EndOfRibIPv4, stream, StringComparison.Ordinal);
        Assert.False(peer.Terms.IPv6Unicast);
    }

    [Fact]
    public void Example_InTheReadme_IsTheOneThatRuns() => ReadmeExample.AssertSame("tests/BgpNet.Tests/Rib/RibReadmeTests.cs", "pkg/BgpNet/Rib/README.md");
}
