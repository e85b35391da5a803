// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>What another configuration does to dials that are under way, to none, and to what is counted.</summary>
public sealed class ConfigureTests
{
    private static readonly SessionOptions Passive = Probe.Options with { Passive = true };

    [Fact]
    public void Name_ChangedWhileTheNextDialWaits_LeavesItsTime()
    {
        Probe probe = new Probe().Started();
        probe.Do(SessionEvent.ConnectFailed(Probe.Out1, "refused"));
        _ = probe.Take();
        MonoTime next = probe.Session.Snapshot().NextAttempt;
        probe.Do(SessionEvent.Configure(Probe.Options with { Name = "BGPPeer other" }));
        Assert.Equal(("", next), (probe.Take(), probe.Session.Snapshot().NextAttempt));
    }

    [Fact]
    public void Passive_FromNowOn_GivesUpTheDialAndTheNext()
    {
        Probe dials = new Probe().Started();
        dials.Do(SessionEvent.Configure(Passive));
        Assert.Equal((SessionState.Active, "connect out1; close out1 Abort"), (dials.State, dials.Take()));
        Probe waits = new Probe().Started();
        waits.Do(SessionEvent.ConnectFailed(Probe.Out1, "refused"));
        waits.Do(SessionEvent.Configure(Passive));
        waits.Run(100);
        Assert.Equal((SessionState.Active, "connect out1", MonoTime.Never), (waits.State, waits.Take(), waits.Session.Snapshot().NextAttempt));
    }

    [Fact]
    public void Passive_NoLonger_DialsWhereNothingIsOpenOrWaits()
    {
        Probe free = new Probe(Passive).Started();
        free.Do(SessionEvent.Configure(Probe.Options));
        Assert.Equal((SessionState.Connect, "connect out1"), (free.State, free.Take()));
        Probe opens = new Probe(Passive).InOpenSent();
        _ = opens.Take();
        opens.Do(SessionEvent.Configure(Probe.Options));
        Assert.Equal((SessionState.OpenSent, ""), (opens.State, opens.Take()));
        Probe stopped = new(Passive);
        stopped.Do(SessionEvent.Configure(Probe.Options));
        Assert.Equal((SessionState.Idle, ""), (stopped.State, stopped.Take()));
        Probe waits = new Probe(Passive).InEstablished();
        waits.Receive(Probe.In1, Probe.Notification(Messages.NotificationCode.Cease, 3));
        _ = waits.Take();
        waits.Do(SessionEvent.Configure(Probe.Options));
        Assert.Equal((SessionState.Idle, ""), (waits.State, waits.Take()));
    }
}
