// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>Dials, what is counted of them, and what one of two connections does to the other.</summary>
public sealed class DialTests
{
    [Fact]
    public void Start_OfASessionThatRuns_ChangesNothing()
    {
        Probe probe = new Probe().Started();
        Assert.Equal("connect out1", probe.Take());
        probe.Do(SessionEvent.Start);
        Assert.Equal("", probe.Take());
    }

    [Fact]
    [Trait("Scenario", "F05")]
    public void Retry_OfEachSession_IsJittered()
    {
        HashSet<TimeSpan> drawn = [];
        for (ulong seed = 1; seed <= 20; seed++)
        {
            Probe probe = new Probe(Probe.Options with { ConnectTimeout = TimeSpan.FromSeconds(60) }, seed).Started();
            TimeSpan wait = probe.Armed - probe.Now;
            Assert.InRange(wait.TotalSeconds, 3.75, 5);
            _ = drawn.Add(wait);
        }

        Assert.Equal(20, drawn.Count);
    }

    [Fact]
    [Trait("Scenario", "F30")]
    public void Accepted_BesideADialAndAnother_IsRefused()
    {
        Probe probe = new Probe().Started();
        probe.Do(SessionEvent.Accepted(1));
        _ = probe.Take();
        probe.Do(SessionEvent.Accepted(2));
        Assert.Equal("ConnectionRefused in2; close in2 Abort", probe.Take());
    }

    [Fact]
    [Trait("Scenario", "F03")]
    public void Dial_RefusedOrUnanswered_IsCounted()
    {
        Probe refused = new Probe().Started();
        refused.Do(SessionEvent.ConnectFailed(Probe.Out1, "refused"));
        Assert.Equal(1, refused.Session.Snapshot().ConnectRetryCounter);
        Probe unanswered = new Probe(Probe.Options with { ConnectTimeout = TimeSpan.FromSeconds(60) }).Started();
        unanswered.Wait(5);
        Assert.Equal(1, unanswered.Session.Snapshot().ConnectRetryCounter);
    }

    [Fact]
    public void Collision_WithASurvivor_IsNoEndOfTheSession()
    {
        Probe probe = new Probe().InOpenSent();
        probe.Do(SessionEvent.Accepted(1));
        probe.Receive(Probe.Out1, Probe.Open(Probe.PeerOpen));
        probe.Receive(Probe.In1, Probe.Open(Probe.PeerOpen));
        Assert.Equal(SessionEndReason.Collision, Assert.Single(probe.Ends).Reason);
        Assert.Null(probe.Session.Snapshot().LastEnd);
        Assert.Equal(SessionState.OpenConfirm, probe.State);
    }

    [Fact]
    public void Failure_OfOneOfTwoConnections_DoesNotMakeTheOtherWait()
    {
        Probe probe = new Probe().InOpenSent();
        probe.Do(SessionEvent.Accepted(1));
        probe.Receive(Probe.Out1, Probe.Open(Probe.PeerOpen));
        probe.Receive(Probe.In1, new byte[19]);
        Assert.Equal(SessionEndReason.MalformedMessage, Assert.Single(probe.Ends).Reason);
        Assert.Equal(MonoTime.Never, probe.Session.Snapshot().NextAttempt);
        probe.Receive(Probe.Out1, Vectors.Keepalive);
        Assert.Equal(SessionState.Established, probe.State);
    }

    /// <summary>RFC 4271 8.2.2, Active: a connection that is there stops the ConnectRetryTimer.</summary>
    [Fact]
    [Trait("Rfc", "4271-8.2.2")]
    public void Accepted_WhileTheNextDialWaits_MakesItNeedless()
    {
        Probe probe = new Probe().Started();
        probe.Do(SessionEvent.ConnectFailed(Probe.Out1, "refused"));
        _ = probe.Take();
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal(MonoTime.Never, probe.Session.Snapshot().NextAttempt);
        probe.Run(10);
        Assert.Equal("in1 OPEN", probe.Take());
    }

    [Fact]
    public void Accepted_WhileADialIsUnanswered_LetsItBeTriedAgain()
    {
        Probe probe = new Probe(Probe.Options with { ConnectTimeout = TimeSpan.FromSeconds(60) }).Started();
        probe.Do(SessionEvent.Accepted(1));
        probe.Run(5);
        Assert.Equal("connect out1; in1 OPEN; close out1 Abort; connect out2", probe.Take());
    }

    [Fact]
    public void Dial_ThatFailsBesideAConnection_IsNotRepeated()
    {
        Probe probe = new Probe().Started();
        probe.Do(SessionEvent.Accepted(1));
        probe.Do(SessionEvent.ConnectFailed(Probe.Out1, "refused"));
        _ = probe.Take();
        probe.Run(10);
        Assert.Equal("", probe.Take());
        probe.Do(SessionEvent.Closed(Probe.In1, "reset"));
        probe.Run(5);
        Assert.Equal("close in1 Abort; connect out2", probe.Take());
    }

    [Fact]
    public void Dial_GivenUpForAConfirmedConnection_IsNotRepeated()
    {
        Probe probe = new Probe().Started();
        probe.Do(SessionEvent.Accepted(1));
        probe.Receive(Probe.In1, Probe.Open(Probe.PeerOpen));
        _ = probe.Take();
        Assert.Equal(MonoTime.Never, probe.Session.Snapshot().NextAttempt);
        probe.Run(10);
        Assert.Equal("", probe.Take());
    }

    [Fact]
    public void Connection_LostBesideADial_LeavesTheTimeOfTheNextDial()
    {
        Probe probe = new Probe().Started();
        probe.Do(SessionEvent.Accepted(1));
        MonoTime next = probe.Session.Snapshot().NextAttempt;
        probe.Run(3);
        probe.Do(SessionEvent.Closed(Probe.In1, "reset"));
        Assert.Equal(next, probe.Session.Snapshot().NextAttempt);
    }

    [Fact]
    [Trait("Scenario", "F24")]
    public void PassivePeer_LosingItsConnectionBeforeTheOpen_IsStillNotDialled()
    {
        Probe probe = new Probe(Probe.Options with { Passive = true }).InOpenSent();
        probe.Do(SessionEvent.Closed(Probe.In1, "reset"));
        _ = probe.Take();
        probe.Run(100);
        Assert.Equal((SessionState.Active, ""), (probe.State, probe.Take()));
    }

    [Fact]
    public void Octets_OfEachRead_AreCounted()
    {
        Probe probe = new Probe().InOpenSent();
        byte[] open = Probe.Open(Probe.PeerOpen);
        probe.Receive(Probe.Out1, open[..7]);
        probe.Receive(Probe.Out1, open[7..]);
        probe.Receive(Probe.Out1, Vectors.Keepalive + Vectors.Keepalive);
        Assert.Equal(open.Length + 38, probe.Session.Counters.OctetsReceived);
        probe.Receive(Probe.Out2, Vectors.Keepalive);
        Assert.Equal(open.Length + 38, probe.Session.Counters.OctetsReceived);
    }
}
