// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>RFC 9687, and when a KEEPALIVE is not needed.</summary>
public sealed class SendHoldTests
{
    private static readonly SessionOptions NoHold = Probe.Options with { Open = Probe.Options.Open with { HoldSeconds = 0 } };

    /// <summary>Without a hold time eight minutes hold (RFC 9687 4), also for the KEEPALIVE that went out before the session was up.</summary>
    [Fact]
    public void Peer_WithoutAHoldTimeThatTakesNothing_IsGivenUpAfterEightMinutes()
    {
        Probe probe = new Probe(NoHold) { TakesWhatIsSent = false }.InEstablished();
        probe.Run(479);
        Assert.Equal(SessionState.Established, probe.State);
        probe.Run(2);
        Assert.Equal(SessionEndReason.SendHoldTimerExpired, probe.Ends[^1].Reason);
    }

    [Fact]
    public void Peer_ThatTookAll_OwesNothing()
    {
        Probe probe = new Probe(NoHold) { TakesWhatIsSent = false }.InEstablished();
        probe.Do(SessionEvent.Sent(Probe.Out1, drained: true));
        probe.Run(10_000);
        Assert.Equal(SessionState.Established, probe.State);
        probe.Do(SessionEvent.UpdatesWritten(Probe.Out1));
        probe.Run(479);
        Assert.Equal(SessionState.Established, probe.State);
        probe.Run(2);
        Assert.Equal(SessionEndReason.SendHoldTimerExpired, probe.Ends[^1].Reason);
    }

    [Fact]
    public void SendHoldTime_OfZero_IsNone()
    {
        Probe probe = new Probe(NoHold with { SendHoldTime = TimeSpan.Zero }) { TakesWhatIsSent = false }.InEstablished();
        probe.Do(SessionEvent.UpdatesWritten(Probe.Out1));
        probe.Run(10_000);
        Assert.Equal(SessionState.Established, probe.State);
    }

    /// <summary>RFC 4271 4.4: each UPDATE puts the next KEEPALIVE off.</summary>
    [Fact]
    public void Keepalive_BesideUpdates_IsNotSent()
    {
        Probe probe = new Probe().InEstablished();
        _ = probe.Take();
        for (int i = 0; i < 10; i++)
        {
            probe.Run(20);
            probe.Do(SessionEvent.UpdatesWritten(Probe.Out1));
            probe.Receive(Probe.Out1, Vectors.Keepalive);
        }

        Assert.Equal("", probe.Take());
        probe.Run(31);
        Assert.Equal("out1 KEEPALIVE", probe.Take());
    }

    /// <summary>A timer that comes before what it was set for is spent: it is set again.</summary>
    [Fact]
    public void Timer_ThatComesEarly_IsSetAgain()
    {
        Probe probe = new Probe().InEstablished();
        probe.Wait(1);
        Assert.Equal(probe.Session.NextDeadline, probe.Armed);
    }
}
