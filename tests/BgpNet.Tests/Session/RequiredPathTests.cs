// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Session;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>Connections are made and taken only while the path is there (RFC 5882 4.4); what it costs one that is open already.</summary>
public sealed class RequiredPathTests
{
    private static readonly SessionOptions Required = Probe.Options with { RequirePath = true };

    [Fact]
    public void RequiredPath_DemandedWhileASessionIsUp_LeavesIt()
    {
        Probe probe = new Probe().InEstablished();
        _ = probe.Take();
        probe.Do(SessionEvent.Configure(Required));
        probe.Do(SessionEvent.Path(PathStatus.Up));
        Assert.Equal((SessionState.Established, ""), (probe.State, probe.Take()));
    }

    /// <summary>The connection that opens may end well; what would follow it waits for the path.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RequiredPath_DemandedWhileAConnectionOpens_StopsWhatFollowsIt(bool passive)
    {
        Probe probe = new Probe(Probe.Options with { Passive = passive }).Started();
        probe.Do(SessionEvent.Accepted(1));
        _ = probe.Take();
        probe.Do(SessionEvent.Configure(Required with { Passive = passive }));
        Assert.Equal((SessionState.OpenSent, ""), (probe.State, probe.Take()));
        probe.Do(SessionEvent.Closed(Probe.In1, "reset"));
        Assert.Equal(SessionState.Idle, probe.State);
        Assert.Equal("close in1 Abort" + (passive ? "" : "; close out1 Abort"), probe.Take());
        probe.Run(100);
        probe.Do(SessionEvent.Accepted(2));
        Assert.Equal((SessionState.Idle, "ConnectionRefused in2; close in2 Abort"), (probe.State, probe.Take()));
        probe.Do(SessionEvent.Path(PathStatus.Up));
        Assert.Equal((passive ? SessionState.Active : SessionState.Connect, passive ? "" : "connect out2"), (probe.State, probe.Take()));
    }

    [Fact]
    public void RequiredPath_NoLongerDemanded_IsNotWaitedFor()
    {
        Probe probe = new Probe(Required).Started();
        probe.Do(SessionEvent.Configure(Probe.Options));
        Assert.Equal((SessionState.Connect, "connect out1"), (probe.State, probe.Take()));
    }

    [Fact]
    public void PeerThatShutUsDown_AndDialsOverAMissingPath_IsRefused()
    {
        Probe probe = new Probe().InEstablished();
        probe.Do(SessionEvent.Configure(Required));
        probe.Receive(Probe.Out1, Probe.Notification(NotificationCode.Cease, 2));
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal((SessionState.Idle, 1), (probe.State, probe.Session.Counters.Refused));
    }

    [Fact]
    public void Path_SeenUp_StartsNothingThatIsStoppedAndEndsNoWaiting()
    {
        Probe stopped = new(Required);
        stopped.Do(SessionEvent.Path(PathStatus.Up));
        Assert.Equal((SessionState.Idle, ""), (stopped.State, stopped.Take()));
        Probe waits = new Probe().InEstablished();
        waits.Receive(Probe.Out1, Probe.Notification(NotificationCode.Cease, 2));
        _ = waits.Take();
        waits.Do(SessionEvent.Path(PathStatus.Up));
        Assert.Equal((SessionState.Idle, ""), (waits.State, waits.Take()));
        Probe dials = new Probe().Started();
        _ = dials.Take();
        dials.Do(SessionEvent.Path(PathStatus.Up));
        Assert.Equal((SessionState.Connect, ""), (dials.State, dials.Take()));
    }
}
