// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Session;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>Two connections of one peer (RFC 4271 6.8, RFC 6286 2.3).</summary>
public sealed class CollisionTests
{
    private const string Lost = "NOTIFICATION 6/7:";

    /// <summary>Our identifier lower, higher, equal with the AS lower or higher; each order of the OPENs.</summary>
    [Theory]
    [Trait("Scenario", "F25")]
    [InlineData(Probe.HigherId, 64514u, true, "out1")]
    [InlineData(Probe.HigherId, 64514u, false, "out1")]
    [InlineData(Probe.LowerId, 64514u, true, "in1")]
    [InlineData(Probe.LowerId, 64514u, false, "in1")]
    [InlineData(Probe.OurId, 64514u, true, "out1")]
    [InlineData(Probe.OurId, 64514u, false, "out1")]
    [InlineData(Probe.OurId, 64512u, true, "in1")]
    [InlineData(Probe.OurId, 64512u, false, "in1")]
    public void Collision_InEitherOrder_LeavesTheConnectionOfTheDominantSide(uint peerId, uint peerAs, bool outgoingFirst, string loser)
    {
        Probe probe = Both(Probe.Options with { Rules = new() { AsKind = PeerAsKind.Exactly, Asn = peerAs } });
        byte[] open = Probe.Open(Probe.PeerOpen with { Identifier = peerId, Asn = peerAs });
        probe.Receive(outgoingFirst ? Probe.Out1 : Probe.In1, open);
        Assert.Equal($"{(outgoingFirst ? "out1" : "in1")} KEEPALIVE", probe.Take());
        probe.Receive(outgoingFirst ? Probe.In1 : Probe.Out1, open);
        string log = probe.Take();
        Assert.Contains($"{loser} {Lost}; close {loser} Graceful", log, StringComparison.Ordinal);
        Assert.Equal(SessionState.OpenConfirm, probe.State);
        Assert.Equal(1, probe.Session.Counters.Collisions);
        ConnectionId survivor = loser == "out1" ? Probe.In1 : Probe.Out1;
        probe.Receive(survivor, Vectors.Keepalive);
        Assert.Equal(survivor, probe.Session.EstablishedConnection);
    }

    /// <summary>The peer confirmed one connection, and decides on the other by the identifiers, before our KEEPALIVE reached it.</summary>
    [Theory]
    [InlineData(Probe.HigherId, "out1")]
    [InlineData(Probe.LowerId, "in1")]
    public void Collision_OpenedBeforeTheOtherWasConfirmed_IsDecidedAlsoWhenEstablished(uint peerId, string loser)
    {
        Probe probe = Both(Probe.Options);
        byte[] open = Probe.Open(Probe.PeerOpen with { Identifier = peerId });
        probe.Receive(Probe.Out1, open);
        probe.Receive(Probe.Out1, Vectors.Keepalive);
        Assert.Equal(SessionState.Established, probe.State);
        _ = probe.Take();
        probe.Receive(Probe.In1, open);
        Assert.Contains($"{loser} {Lost}", probe.Take(), StringComparison.Ordinal);
        Assert.Equal(loser == "out1" ? SessionState.OpenConfirm : SessionState.Established, probe.State);
    }

    [Theory]
    [Trait("Scenario", "F26")]
    [InlineData(Probe.HigherId)]
    [InlineData(Probe.LowerId)]
    public void Collision_WithAnEstablishedSession_EndsTheNewConnection(uint peerId)
    {
        SpeakerOpen peer = Probe.PeerOpen with { Identifier = peerId };
        Probe probe = new Probe().InEstablished(peer);
        _ = probe.Take();
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal("in1 OPEN", probe.Take());
        probe.Receive(Probe.In1, Probe.Open(peer));
        Assert.Equal($"in1 {Lost}; close in1 Graceful", probe.Take());
        Assert.Equal(Probe.Out1, probe.Session.EstablishedConnection);
    }

    /// <summary>With graceful restart a new connection says that the peer restarted.</summary>
    [Fact]
    [Trait("Scenario", "F27")]
    [Trait("Scenario", "G25")]
    public void Collision_WithAnEstablishedSessionUnderGracefulRestart_KeepsTheNewConnection()
    {
        SpeakerOpen peer = Probe.PeerOpen with { GracefulRestart = Probe.Restart };
        Probe probe = new Probe(Probe.WithRestart(Probe.Options) with { Passive = true }).InEstablished(peer);
        probe.Receive(Probe.In1, Vectors.UpdateIPv4);
        _ = probe.Take();
        probe.Do(SessionEvent.Accepted(2));
        probe.Receive(Probe.In2, Probe.Open(peer with { GracefulRestart = Probe.Restart with { Restarting = true } }));
        Assert.Equal("in2 OPEN; close in1 Abort; RoutesStale ipv4-unicast 1; Down in1; in2 KEEPALIVE", probe.Take());
        Assert.Equal(SessionEndReason.PeerRestarted, probe.Ends[^1].Reason);
        probe.Receive(Probe.In2, Vectors.Keepalive);
        Assert.Equal("Up in2; SendRoutes ipv4-unicast; SendRoutes ipv6-unicast", probe.Take());
    }

    [Fact]
    [Trait("Scenario", "F28")]
    public void Collision_WithTheOtherInOpenSent_KeepsBoth()
    {
        Probe probe = Both(Probe.Options);
        probe.Receive(Probe.In1, Probe.Open(Probe.PeerOpen));
        Assert.Equal("in1 KEEPALIVE", probe.Take());
        probe.Do(SessionEvent.Closed(Probe.In1, "reset"));
        Assert.Equal(SessionState.OpenSent, probe.State);
        probe.Receive(Probe.Out1, Probe.Open(Probe.PeerOpen));
        probe.Receive(Probe.Out1, Vectors.Keepalive);
        Assert.Equal(SessionState.Established, probe.State);
    }

    [Fact]
    [Trait("Scenario", "F30")]
    public void Accepted_TwentyTimes_TakesTwo()
    {
        Probe probe = new Probe(Probe.Options with { Passive = true }).Started();
        for (int i = 1; i <= 20; i++)
        {
            probe.Do(SessionEvent.Accepted(i));
        }

        Assert.Equal((2, 18), (probe.Session.Counters.Accepted, probe.Session.Counters.Refused));
        Assert.Equal(2, probe.Log.Count(line => line.EndsWith("OPEN", StringComparison.Ordinal)));
        probe = new Probe().InEstablished();
        probe.Do(SessionEvent.Accepted(1));
        probe.Do(SessionEvent.Accepted(2));
        Assert.Equal((1, 1), (probe.Session.Counters.Accepted, probe.Session.Counters.Refused));
    }

    [Theory]
    [InlineData(Probe.HigherId)]
    [InlineData(Probe.LowerId)]
    public void SecondIncoming_WhileTheFirstIsUnconfirmed_IsKept(uint peerId)
    {
        SpeakerOpen peer = Probe.PeerOpen with { Identifier = peerId };
        Probe probe = new Probe(Probe.Options with { Passive = true }).InOpenConfirm(peer);
        probe.Do(SessionEvent.Accepted(2));
        _ = probe.Take();
        probe.Receive(Probe.In2, Probe.Open(peer));
        Assert.Equal($"in1 {Lost}; close in1 Graceful; in2 KEEPALIVE", probe.Take());
    }

    /// <summary>Two connections of the peer's are no collision: who is Established stays, whichever OPEN of ours went out first.</summary>
    [Fact]
    public void SecondIncoming_OfAnEstablishedPeer_IsEndedAlsoWhenItWasOpenedBefore()
    {
        Probe probe = new Probe(Probe.Options with { Passive = true }).InOpenSent();
        probe.Do(SessionEvent.Accepted(2));
        probe.Receive(Probe.In1, Probe.Open(Probe.PeerOpen));
        probe.Receive(Probe.In1, Vectors.Keepalive);
        _ = probe.Take();
        probe.Receive(Probe.In2, Probe.Open(Probe.PeerOpen));
        Assert.Equal($"in2 {Lost}; close in2 Graceful", probe.Take());
        Assert.Equal(Probe.In1, probe.Session.EstablishedConnection);
    }

    [Fact]
    public void CollisionCease_Received_WaitsForThePeersConnection()
    {
        Probe probe = new Probe().InOpenConfirm();
        probe.Receive(Probe.Out1, Probe.Notification(NotificationCode.Cease, 7));
        Assert.Equal(SessionState.Active, probe.State);
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal(SessionState.OpenSent, probe.State);
        Assert.Equal(0, probe.Session.Counters.Refused);
    }

    [Fact]
    public void PendingDial_WhenAnIncomingConnectionIsConfirmed_IsGivenUp()
    {
        Probe probe = new Probe().Started();
        probe.Do(SessionEvent.Accepted(1));
        _ = probe.Take();
        probe.Receive(Probe.In1, Probe.Open(Probe.PeerOpen));
        Assert.Equal("close out1 Abort; in1 KEEPALIVE", probe.Take());
        probe.Do(SessionEvent.Connected(Probe.Out1));
        Assert.Equal("close out1 Abort", probe.Take());
        Assert.Equal(1, probe.Session.Counters.Late);
    }

    // Dialled and accepted, both in OpenSent.
    private static Probe Both(SessionOptions options)
    {
        Probe probe = new Probe(options).InOpenSent();
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal("connect out1; out1 OPEN; in1 OPEN", probe.Take());
        return probe;
    }
}
