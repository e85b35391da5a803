// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>What a session makes of a stream of octets, and what it counts.</summary>
public sealed class StreamTests
{
    private const string UnknownType = Vectors.Marker + "001307";

    /// <summary>TCP keeps no boundaries: how the octets are cut on their way changes nothing.</summary>
    [Theory]
    [Trait("Scenario", "C015")]
    [InlineData(1)]
    [InlineData(18)]
    [InlineData(19)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public void Stream_InPiecesOfAnyLength_IsReadAlike(int piece)
    {
        byte[] stream = Vectors.Bytes(
            Vectors.Keepalive + Vectors.UpdateIPv4 + Vectors.UpdateIPv6 + Vectors.EndOfRibIPv4 + Vectors.RefreshIPv4 + Vectors.EndOfRibIPv6 + UnknownType + Vectors.Keepalive);
        Probe probe = new Probe().InEstablished();
        _ = probe.Take();
        for (int at = 0; at < stream.Length; at += Math.Min(piece, stream.Length - at))
        {
            probe.Receive(Probe.Out1, stream[at..(at + Math.Min(piece, stream.Length - at))]);
        }

        Assert.Equal(["+192.0.2.1/32", "+2001:db8::1/128"], probe.Routes);
        Assert.Equal("EndOfRib ipv4-unicast 1; EndOfRib ipv6-unicast 1; out1 NOTIFICATION 1/3:07; close out1 Graceful; Down out1", probe.Take());
        Assert.Equal(new MessageCounts(1, 4, 0, 2, 1), probe.Session.Counters.Received);
    }

    /// <summary>A session from end to end: each figure, and how it ended, are those of what was said.</summary>
    [Fact]
    [Trait("Scenario", "S38")]
    public void Counters_OfAWholeSession_AreExact()
    {
        Probe probe = new Probe(Probe.Options with { MaxPrefixes = 100 }).Started();
        probe.Do(SessionEvent.ConnectFailed(Probe.Out1, "refused"));
        probe.Run(5);
        probe.Do(SessionEvent.Connected(Probe.Out2));
        byte[][] said =
        [
            Probe.Open(Probe.PeerOpen), Vectors.Bytes(Vectors.Keepalive), Vectors.Bytes(Vectors.EndOfRibIPv4), RoutesTests.Announce("198.51.100.0/24", "203.0.113.0/24"),
            RoutesTests.Withdraw("203.0.113.0/24"), Vectors.Bytes(Vectors.RefreshIPv4), Vectors.Bytes(Vectors.Keepalive),
            Probe.Notification(BgpNet.Messages.NotificationCode.Cease, 2, "03627965"),
        ];
        foreach (byte[] message in said)
        {
            probe.Receive(Probe.Out2, message);
        }

        SessionCounters counters = probe.Session.Counters;
        Assert.Equal(new MessageCounts(1, 3, 1, 2, 1), counters.Received);
        Assert.Equal(new MessageCounts(1, 0, 0, 1, 0), counters.Sent);
        Assert.Equal(said.Sum(static message => message.Length), counters.OctetsReceived);
        Assert.Equal((2, 1, 0, 0), (counters.PrefixesAnnounced, counters.PrefixesWithdrawn, counters.AttributesDiscarded, counters.TreatedAsWithdraw));
        Assert.Equal((2, 0, 0, 1, 1, 0, 0), (counters.Dials, counters.Accepted, counters.Refused, counters.Established, counters.Dropped, counters.Collisions, counters.Late));
        Assert.Equal([SessionEndReason.ConnectFailed, SessionEndReason.PeerNotification], probe.Ends.Select(static end => end.Reason));
        SessionEnd end = probe.Session.Snapshot().LastEnd!;
        Assert.Equal((true, BgpNet.Messages.NotificationCode.Cease, (byte)2, SessionState.Established), (end.FromPeer, end.Code, end.Subcode, end.State));
        Assert.Contains("\"bye\"", end.Text, StringComparison.Ordinal);
    }
}
