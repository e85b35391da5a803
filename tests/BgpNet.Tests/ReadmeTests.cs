// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void Example_AgainstAPeer_AnnouncesToIt()
    {
        byte[] received = new byte[4096];
        SpeakerOpen router = new() { Asn = 64514, Identifier = 0xc0000201 };
        Assert.True(router.TryWrite(received, out int openLength));
        List<string> sent = [];
        void Send(ReadOnlySpan<byte> octets) => sent.Add(Vectors.Hex(octets));

        // README: begin
        SpeakerOpen ours = new() { Asn = 64513, Identifier = 0xc0000206, HoldSeconds = 90 };
        PeerRules rules = new() { AsKind = PeerAsKind.Exactly, Asn = 64514 };
        byte[] buffer = new byte[MessageFrame.MaxLength];
        ours.TryWrite(buffer, out int length);
        Send(buffer.AsSpan(0, length));

        if (!MessageFrame.TryRead(received, extendedMessages: false, out MessageFrame frame, out DecodeError error)
            || !OpenMessage.TryRead(frame.Body, out OpenMessage theirs, out error)
            || !Negotiator.TryNegotiate(ours, theirs, rules, out NegotiatedSession? session, out error))
        {
            error.Notification.TryWrite(buffer, extendedMessages: false, out length);
            Send(buffer.AsSpan(0, length));
            return;
        }

        RouteAttributes attributes = new() { AsPath = [ours.Asn], Communities = [new(64513, 100)] };
        Span<byte> block = stackalloc byte[256];
        attributes.TryWrite(block, session.Receive.FourOctetAs, out int blockLength);
        NextHop self = new(IpAddr.Parse("192.0.2.6"));
        UpdateFormat format = session.Format(AfiSafi.IPv4Unicast);
        UpdatePacker.TryAnnounce(buffer, format, IpFamily.IPv4, block[..blockLength], self, out UpdatePacker packer);
        packer.TryAdd(IpPrefix.Parse("192.0.2.100/32"));
        Send(buffer.AsSpan(0, packer.Complete()));
        // README: end

        Assert.Equal(openLength, frame.Message.Length);
        Assert.Equal(2, sent.Count);
        Assert.EndsWith("20c0000264", sent[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Example_InTheReadme_IsTheOneThatRuns() => ReadmeExample.AssertSame("tests/BgpNet.Tests/ReadmeTests.cs", "pkg/BgpNet/README.md");
}
