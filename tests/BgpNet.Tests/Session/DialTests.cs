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
}
