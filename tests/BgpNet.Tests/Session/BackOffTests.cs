// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Session;

public sealed class BackOffTests
{
    /// <summary>A peer that comes up and dies is left alone for longer each time.</summary>
    [Fact]
    [Trait("Scenario", "F31")]
    [Trait("Scenario", "F32")]
    public void Session_DyingSoonAgainAndAgain_IsTriedMoreSeldom()
    {
        Probe probe = new Probe(Probe.Options with { Passive = true }).Started();
        int[] expected = [1, 2, 4, 8, 16, 32, .. Enumerable.Repeat(60, 34)];
        for (int i = 0; i < expected.Length; i++)
        {
            UpAndDown(probe, i + 1, upForSeconds: 5);
            InRange(Delay(probe), expected[i]);
            probe.Run(61);
        }
    }

    [Fact]
    [Trait("Scenario", "F33")]
    public void Session_ThatWasStable_IsTriedAtOnce()
    {
        Probe probe = new Probe(Probe.Options with { Passive = true }).Started();
        for (int i = 1; i <= 4; i++)
        {
            UpAndDown(probe, i, upForSeconds: 5);
            probe.Run(61);
        }

        UpAndDown(probe, 5, upForSeconds: 179);
        InRange(Delay(probe), 16);
        probe.Run(61);
        UpAndDown(probe, 6, upForSeconds: 180);
        InRange(Delay(probe), 1);
    }

    [Theory]
    [Trait("Scenario", "F34")]
    [Trait("Scenario", "F35")]
    [Trait("Scenario", "F36")]
    [InlineData(6, 1, "00010100000003", 30, 40)]
    [InlineData(6, 2, "", 30, 40)]
    [InlineData(6, 3, "", 30, 40)]
    [InlineData(6, 5, "", 30, 40)]
    [InlineData(6, 8, "", 30, 40)]
    [InlineData(6, 4, "", 0.75, 1)]
    [InlineData(6, 6, "", 0.75, 1)]
    [InlineData(6, 9, "0602", 30, 40)]
    [InlineData(6, 9, "", 0.75, 1)]
    [InlineData(6, 9, "0609", 0.75, 1)]
    [InlineData(6, 9, "06090602", 0.75, 1)]
    [InlineData(6, 10, "", 0.75, 1)]
    [InlineData(2, 2, "", 3.75, 5)]
    [InlineData(3, 1, "", 3.75, 5)]
    [InlineData(4, 0, "", 0.75, 1)]
    [InlineData(99, 99, "", 0.75, 1)]
    public void Notification_Received_DecidesHowLongToWait(byte code, byte subcode, string data, double least, double most)
    {
        Probe probe = new Probe().InEstablished();
        probe.Receive(Probe.Out1, Probe.Notification((NotificationCode)code, subcode, data));
        Assert.Equal(SessionState.Idle, probe.State);
        Assert.InRange(Delay(probe), least, most);
        Assert.True(probe.Session.Snapshot().LastEnd is { FromPeer: true } end && (byte)end.Code! == code && end.Subcode == subcode);
    }

    [Fact]
    [Trait("Scenario", "F34")]
    public void PrefixLimit_Received_IsTold()
    {
        Probe probe = new Probe().InEstablished();
        probe.Receive(Probe.Out1, Probe.Notification(NotificationCode.Cease, 1, "00010100000003"));
        Assert.Contains("ipv4-unicast, at most 3 prefixes", probe.LastText, StringComparison.Ordinal);
        Assert.Contains("announce fewer", probe.LastText, StringComparison.Ordinal);
    }

    /// <summary>From 5 s to 120 s.</summary>
    [Fact]
    [Trait("Scenario", "F36")]
    [Trait("Scenario", "I33")]
    public void WrongConfiguration_AgainAndAgain_IsTriedEveryTwoMinutes()
    {
        Probe probe = new Probe(Probe.Options with { Passive = true }).Started();
        int[] expected = [5, 10, 20, 40, 80, 120, 120];
        for (int i = 0; i < expected.Length; i++)
        {
            probe.Do(SessionEvent.Accepted(i + 1));
            probe.Receive(new(ConnectionOrigin.Incoming, i + 1), Probe.Notification(NotificationCode.OpenMessage, 2));
            InRange(Delay(probe), expected[i]);
            Assert.Contains("correct myASN", probe.LastText, StringComparison.Ordinal);
            probe.Run(121);
        }
    }

    /// <summary>A router whose operator enables us again does not find us waiting.</summary>
    [Fact]
    public void PeerThatShutUsDown_AndDialsAgain_IsTaken()
    {
        Probe probe = new Probe().InEstablished();
        probe.Receive(Probe.Out1, Probe.Notification(NotificationCode.Cease, 2));
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal(SessionState.OpenSent, probe.State);
        Assert.Equal(MonoTime.Never, probe.Session.Snapshot().NextAttempt);
        probe = new Probe().InEstablished();
        probe.Receive(Probe.Out1, Probe.Notification(NotificationCode.HoldTimerExpired, 0));
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal(SessionState.Idle, probe.State);
        Assert.Equal(1, probe.Session.Counters.Refused);
    }

    /// <summary>Who said that it is not wanted, and comes after all, finds nobody when we were stopped, or wait for something else since.</summary>
    [Fact]
    public void PeerThatShutUsDown_AndDialsAfterWeStopped_IsRefused()
    {
        Probe probe = new Probe().InEstablished();
        probe.Receive(Probe.Out1, Probe.Notification(NotificationCode.Cease, 2));
        probe.Do(SessionEvent.Stop(StopReason.Shutdown));
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal((SessionState.Idle, 1), (probe.State, probe.Session.Counters.Refused));
    }

    /// <summary>What the peer may end by dialling is the waiting alone: once we dial again, its connection is one beside ours.</summary>
    [Fact]
    public void PeerThatShutUsDown_AndDialsWhenWeDoToo_LeavesOurDial()
    {
        Probe probe = new Probe(Probe.Options with { ConnectTimeout = TimeSpan.FromSeconds(60) }).InEstablished();
        probe.Receive(Probe.Out1, Probe.Notification(NotificationCode.Cease, 2));
        probe.Run(40);
        Assert.Equal(SessionState.Connect, probe.State);
        probe.Do(SessionEvent.Accepted(1));
        probe.Do(SessionEvent.Closed(Probe.In1, "reset"));
        Assert.Equal(SessionState.Connect, probe.State);
    }

    /// <summary>Whoever stops or resets a session has done something about it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Operator_WhoStopsOrResets_EndsTheWaiting(bool stops)
    {
        Probe probe = new Probe(Probe.Options with { Passive = true }).Started();
        for (int i = 1; i <= 4; i++)
        {
            UpAndDown(probe, i, upForSeconds: 5);
            Assert.Equal(i, probe.Session.Snapshot().ConnectRetryCounter);
            probe.Run(61);
        }

        probe.Do(stops ? SessionEvent.Stop(StopReason.Shutdown) : SessionEvent.Reset(StopReason.Reset));
        Assert.Equal(stops ? 0 : 4, probe.Session.Snapshot().ConnectRetryCounter);
        probe.Do(SessionEvent.Start);
        UpAndDown(probe, 5, upForSeconds: 5);
        InRange(Delay(probe), 1);
    }

    [Fact]
    public void Reset_OfASessionThatWaits_TriesAtOnce()
    {
        Probe probe = new Probe().InEstablished();
        probe.Receive(Probe.Out1, Probe.Notification(NotificationCode.Cease, 3));
        _ = probe.Take();
        probe.Do(SessionEvent.Reset(StopReason.Reset));
        Assert.Equal((SessionState.Connect, "connect out2"), (probe.State, probe.Take()));
    }

    [Fact]
    public void Reset_OfASessionThatIsStopped_StartsNothing()
    {
        Probe probe = new();
        probe.Do(SessionEvent.Reset(StopReason.Reset));
        Assert.Equal((SessionState.Idle, ""), (probe.State, probe.Take()));
    }

    /// <summary>A minute is the least that counts as stable, however short the hold time.</summary>
    [Theory]
    [InlineData(59, 2)]
    [InlineData(60, 1)]
    public void Session_WithAShortHoldTime_IsStableAfterAMinute(int upForSeconds, int expected)
    {
        Probe probe = new Probe(Probe.Options with { Passive = true, Open = Probe.Options.Open with { HoldSeconds = 9 } }).Started();
        UpAndDown(probe, 1, upForSeconds: 5);
        probe.Run(61);
        UpAndDown(probe, 2, upForSeconds);
        InRange(Delay(probe), expected);
    }

    /// <summary>Row F35: from 40 s to 120 s.</summary>
    [Fact]
    public void PeerThatDoesNotWantUs_AgainAndAgain_IsTriedEveryTwoMinutes()
    {
        Probe probe = new Probe(Probe.Options with { Passive = true }).Started();
        int[] expected = [40, 80, 120, 120];
        for (int i = 0; i < expected.Length; i++)
        {
            probe.Do(SessionEvent.Accepted(i + 1));
            probe.Receive(new(ConnectionOrigin.Incoming, i + 1), Probe.Notification(NotificationCode.Cease, 3));
            InRange(Delay(probe), expected[i]);
            probe.Run(121);
        }
    }

    /// <summary>A path that goes away is nobody's failure: the next attempt comes at once, and the waiting after failures stays what it was.</summary>
    [Fact]
    public void Path_ThatIsDown_IsNoFailureOfThePeer()
    {
        Probe probe = new Probe(Probe.Options with { Passive = true }).Started();
        UpAndDown(probe, 1, upForSeconds: 5);
        InRange(Delay(probe), 1);
        probe.Run(61);
        for (int i = 2; i < 6; i++)
        {
            probe.Do(SessionEvent.Accepted(i));
            probe.Do(SessionEvent.Path(PathStatus.Down));
            InRange(Delay(probe), 1);
            probe.Run(61);
        }

        UpAndDown(probe, 6, upForSeconds: 5);
        InRange(Delay(probe), 2);
    }

    /// <summary>A peer that asks for a new session again and again: from 1 s to 30 s.</summary>
    [Fact]
    public void Reset_AskedForAgainAndAgain_IsFollowedEveryThirtySeconds()
    {
        Probe probe = new Probe(Probe.Options with { Passive = true }).Started();
        int[] expected = [1, 2, 4, 8, 16, 30, 30];
        for (int i = 0; i < expected.Length; i++)
        {
            probe.Do(SessionEvent.Accepted(i + 1));
            probe.Receive(new(ConnectionOrigin.Incoming, i + 1), Probe.Notification(NotificationCode.Cease, i % 2 == 0 ? (byte)4 : (byte)6));
            InRange(Delay(probe), expected[i]);
            probe.Run(31);
        }
    }

    /// <summary>A peer that always prefers a connection of its own, which does not come: from 1 s to 5 s.</summary>
    [Fact]
    public void Collision_LostAgainAndAgain_IsTriedEveryFiveSeconds()
    {
        Probe probe = new Probe(Probe.Options with { ConnectTimeout = TimeSpan.FromSeconds(60), ConnectRetryTime = TimeSpan.FromSeconds(60) }).Started();
        int[] expected = [1, 2, 4, 5, 5];
        for (int i = 0; i < expected.Length; i++)
        {
            ConnectionId id = new(ConnectionOrigin.Outgoing, i + 1);
            probe.Do(SessionEvent.Connected(id));
            probe.Receive(id, Probe.Notification(NotificationCode.Cease, 7));
            Assert.Equal(SessionState.Active, probe.State);
            InRange(Delay(probe), expected[i]);
            probe.Run(5);
            Assert.Equal(SessionState.Connect, probe.State);
        }
    }

    private static void UpAndDown(Probe probe, int number, double upForSeconds)
    {
        ConnectionId id = new(ConnectionOrigin.Incoming, number);
        probe.Do(SessionEvent.Accepted(number));
        probe.Receive(id, Probe.Open(Probe.PeerOpen));
        probe.Receive(id, Vectors.Keepalive);
        for (double left = upForSeconds; left > 0; left -= 5)
        {
            probe.Run(Math.Min(left, 5));
            probe.Receive(id, Vectors.Keepalive);
        }

        Assert.Equal(SessionState.Established, probe.State);
        probe.Do(SessionEvent.Closed(id, "reset"));
        Assert.Equal(SessionState.Idle, probe.State);
    }

    private static double Delay(Probe probe) => (probe.Session.Snapshot().NextAttempt - probe.Now).TotalSeconds;

    private static void InRange(double delay, double nominal) => Assert.InRange(delay, nominal * 0.75, nominal);
}
