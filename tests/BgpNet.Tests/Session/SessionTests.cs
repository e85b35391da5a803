// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Session;

public sealed class SessionTests
{
    private const string UpdateInOpen = Vectors.EndOfRibIPv4;

    [Fact]
    [Trait("Scenario", "F03")]
    public void Dial_Refused_IsTriedAgainAfterTheConnectRetryTime()
    {
        Probe probe = new Probe().Started();
        Assert.Equal(SessionState.Connect, probe.State);
        probe.Do(SessionEvent.ConnectFailed(Probe.Out1, "connection refused"));
        Assert.Equal(SessionState.Active, probe.State);
        Assert.InRange((probe.Session.Snapshot().NextAttempt - probe.Now).TotalSeconds, 3.75, 5);
        probe.Run(5);
        Assert.Equal("connect out1; connect out2", probe.Take());
        Assert.StartsWith("BGPPeer tor1: cannot connect: connection refused; check", probe.LastText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Scenario", "F04")]
    public void Dial_ThatHangs_IsGivenUpAndTriedAgain()
    {
        Probe probe = new Probe(Probe.Options with { ConnectRetryTime = TimeSpan.FromSeconds(20) }).Started();
        probe.Run(5);
        Assert.Equal("connect out1; close out1 Abort", probe.Take());
        Assert.Contains("TCP password", probe.LastText, StringComparison.Ordinal);
        probe.Run(20);
        Assert.Equal("connect out2", probe.Take()[..12]);
        probe = new Probe(Probe.Options with { ConnectRetryTime = TimeSpan.FromSeconds(2) }).Started();
        probe.Run(2);
        Assert.Equal("connect out1; close out1 Abort; connect out2", probe.Take());
    }

    [Fact]
    [Trait("Scenario", "F05")]
    public void Jitter_OfAThousandArms_IsThreeQuartersToAll()
    {
        Jitter jitter = new(1);
        double[] draws = [.. Enumerable.Range(0, 1000).Select(_ => jitter.Of(TimeSpan.FromSeconds(100)).TotalSeconds)];
        Assert.All(draws, draw => Assert.InRange(draw, 75, 100));
        Assert.InRange(draws.Average(), 86.5, 88.5);
        Assert.InRange(draws.Min(), 75, 75.5);
        Assert.InRange(draws.Max(), 99.5, 100);
        Assert.True(draws.Distinct().Count() > 990);
    }

    [Fact]
    [Trait("Scenario", "F06")]
    public void Peer_ThatSendsNoOpen_IsGivenUp()
    {
        Probe probe = new Probe().InOpenSent();
        probe.Run(29.9);
        Assert.Equal(SessionState.OpenSent, probe.State);
        _ = probe.Take();
        probe.Run(0.2);
        Assert.Equal("out1 NOTIFICATION 4/0:; close out1 Graceful", probe.Take());
        Assert.Equal(SessionState.Idle, probe.State);
    }

    /// <summary>RFC 6608: the data are the type.</summary>
    [Theory]
    [Trait("Scenario", "F07")]
    [Trait("Scenario", "F08")]
    [Trait("Scenario", "F09")]
    [InlineData("OpenSent", Vectors.Keepalive, "5/1:04")]
    [InlineData("OpenSent", UpdateInOpen, "5/1:02")]
    [InlineData("OpenSent", Vectors.RefreshIPv4, "5/1:05")]
    [InlineData("OpenConfirm", UpdateInOpen, "5/2:02")]
    [InlineData("OpenConfirm", Vectors.Open, "5/2:01")]
    [InlineData("OpenConfirm", Vectors.RefreshIPv4, "5/2:05")]
    [InlineData("Established", Vectors.Open, "5/3:01")]
    [InlineData("OpenSent", "00" + Vectors.Keepalive, "1/1:")]
    [InlineData("OpenConfirm", Vectors.Marker + "001201", "1/2:0012")]
    [InlineData("Established", Vectors.Marker + "001407", "1/3:07")]
    [InlineData("Established", Vectors.Marker + "00170200ff0000", "3/1:")]
    public void Message_WithoutAPlace_EndsTheSession(string state, string message, string notification)
    {
        Probe probe = new();
        _ = state == "OpenSent" ? probe.InOpenSent() : state == "OpenConfirm" ? probe.InOpenConfirm() : probe.InEstablished();
        _ = probe.Take();
        probe.Receive(Probe.Out1, message);
        Assert.StartsWith($"out1 NOTIFICATION {notification}; close out1 Graceful", probe.Take(), StringComparison.Ordinal);
        Assert.Equal(SessionState.Idle, probe.State);
        Assert.Equal(1, probe.Session.Snapshot().ConnectRetryCounter);
    }

    /// <summary>A NOTIFICATION is not answered, and what follows it changes nothing.</summary>
    [Theory]
    [Trait("Scenario", "F10")]
    [Trait("Scenario", "F11")]
    [Trait("Scenario", "S33")]
    [InlineData(false, 2, 2, 1)]
    [InlineData(true, 2, 1, 0)]
    [InlineData(true, 6, 2, 1)]
    public void Notification_Received_IsNotAnswered(bool confirmed, byte code, byte subcode, int counter)
    {
        Probe probe = confirmed ? new Probe().InOpenConfirm() : new Probe().InOpenSent();
        _ = probe.Take();
        probe.Receive(Probe.Out1, Probe.Notification((NotificationCode)code, subcode));
        Assert.Equal("close out1 Abort", probe.Take());
        probe.Do(SessionEvent.Closed(Probe.Out1, "connection reset"));
        SessionSnapshot snapshot = probe.Session.Snapshot();
        Assert.Equal((SessionState.Idle, SessionEndReason.PeerNotification, counter), (snapshot.State, snapshot.LastEnd!.Reason, snapshot.ConnectRetryCounter));
        Assert.Equal(1, snapshot.Counters.Late);
    }

    [Fact]
    [Trait("Scenario", "F12")]
    [Trait("Scenario", "F13")]
    [Trait("Scenario", "S32")]
    [Trait("Scenario", "I70")]
    public void Connection_ThatCloses_IsFollowedByWhatTheStateSays()
    {
        Probe probe = new Probe().InOpenSent();
        probe.Do(SessionEvent.Closed(Probe.Out1, "end of stream"));
        Assert.Equal(SessionState.Active, probe.State);
        Assert.InRange((probe.Session.Snapshot().NextAttempt - probe.Now).TotalSeconds, 3.75, 5);
        Assert.Contains("closed the connection in OpenSent", probe.LastText, StringComparison.Ordinal);
        Assert.Contains("no other session with this address", probe.LastText, StringComparison.Ordinal);
        foreach (Probe later in new[] { new Probe().InOpenConfirm(), new Probe().InEstablished() })
        {
            later.Do(SessionEvent.Closed(Probe.Out1, "end of stream"));
            Assert.Equal((SessionState.Idle, 1), (later.State, later.Session.Snapshot().ConnectRetryCounter));
        }
    }

    /// <summary>What came in time is seen before the timer is.</summary>
    [Fact]
    [Trait("Scenario", "F15")]
    public void HoldTimer_WithWaitingInput_DoesNotExpire()
    {
        Probe probe = new Probe(Probe.Options with { Open = Probe.Options.Open with { HoldSeconds = 9 } }).InEstablished();
        foreach (bool waits in new[] { true, false })
        {
            MonoTime late = probe.Now + TimeSpan.FromSeconds(10);
            if (waits)
            {
                probe.Session.Step(SessionEvent.Received(Probe.Out1, Vectors.Bytes(Vectors.Keepalive)), late, probe);
            }

            probe.Session.Step(SessionEvent.Sent(Probe.Out1, drained: true), late, probe);
            probe.Wait(10);
            Assert.Equal(waits ? SessionState.Established : SessionState.Idle, probe.State);
        }

        Assert.Contains(probe.Log, line => line == "out1 NOTIFICATION 4/0:");
    }

    /// <summary>What was agreed on, how often we speak, and how long we listen.</summary>
    [Theory]
    [Trait("Scenario", "F17")]
    [Trait("Scenario", "F18")]
    [Trait("Scenario", "F20")]
    [InlineData(30, null, 10)]
    [InlineData(30, 5, 5)]
    [InlineData(90, 30, 30)]
    [InlineData(30, 30, 10)]
    [InlineData(3, null, 1)]
    [InlineData(0, null, 0)]
    public void Timers_FollowWhatWasNegotiated(int hold, int? configured, int keepalive)
    {
        SessionOptions options = Probe.Options with { KeepaliveTime = configured is { } time ? TimeSpan.FromSeconds(time) : null };
        Probe probe = new Probe(options).InEstablished(Probe.PeerOpen with { HoldSeconds = (ushort)hold });
        Assert.Equal(hold, probe.Session.Negotiated!.HoldSeconds);
        _ = probe.Take();
        if (hold == 0)
        {
            probe.Run(10_000);
            Assert.Equal((SessionState.Established, ""), (probe.State, probe.Take()));
            return;
        }

        for (int i = 0; i < 20; i++)
        {
            probe.Run(hold - 0.1);
            probe.Receive(Probe.Out1, Vectors.EndOfRibIPv4);
        }

        int sent = probe.Log.Count(line => line == "out1 KEEPALIVE");
        Assert.InRange(sent, (int)(20 * (hold - 0.1) / keepalive) - 1, (int)(20 * (hold - 0.1) / (keepalive * 0.75)) + 1);
        probe.Run(hold);
        Assert.Equal(SessionState.Idle, probe.State);
    }

    [Fact]
    [Trait("Scenario", "F24")]
    public void PassivePeer_IsNotDialled()
    {
        Probe probe = new Probe(Probe.Options with { Passive = true }).Started();
        probe.Run(1000);
        Assert.Equal((SessionState.Active, ""), (probe.State, probe.Take()));
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal("in1 OPEN", probe.Take());
    }

    [Fact]
    public void DelayOpen_LetsThePeerSpeakFirst()
    {
        SessionOptions options = Probe.Options with { DelayOpenTime = TimeSpan.FromSeconds(5) };
        Probe probe = new Probe(options).InOpenSent();
        Assert.Equal((SessionState.Connect, "connect out1"), (probe.State, probe.Take()));
        probe.Receive(Probe.Out1, Probe.Open(Probe.PeerOpen));
        Assert.Equal((SessionState.OpenConfirm, "out1 OPEN; out1 KEEPALIVE"), (probe.State, probe.Take()));
        probe = new Probe(options).InOpenSent();
        probe.Run(5);
        Assert.Equal((SessionState.OpenSent, "connect out1; out1 OPEN"), (probe.State, probe.Take()));
        probe = new Probe(options).InOpenSent();
        probe.Do(SessionEvent.Closed(Probe.Out1, "reset"));
        Assert.Equal(SessionState.Active, probe.State);
    }

    /// <summary>Event 29: the notification is not waited for.</summary>
    [Fact]
    [Trait("Scenario", "F37")]
    public void SendHoldTimer_WhenNothingIsTaken_EndsTheSession()
    {
        Probe probe = new Probe(Probe.Options with { Open = Probe.Options.Open with { HoldSeconds = 9 } }) { TakesWhatIsSent = false }.InEstablished();
        double last = 0;
        for (int i = 0; probe.State == SessionState.Established && i < 1000; i++)
        {
            probe.Receive(Probe.Out1, Vectors.Keepalive);
            last = probe.Now.Nanoseconds / 1e9;
            probe.Run(0.5);
            if (i == 10)
            {
                probe.Do(SessionEvent.Sent(Probe.Out1, drained: false));
            }
        }

        Assert.InRange(last, 1 + 5 + 29, 1 + 5 + 31.5);
        Assert.EndsWith("out1 NOTIFICATION 8/0:; close out1 Abort; Down out1", probe.Take(), StringComparison.Ordinal);
        Assert.Equal(SessionEndReason.SendHoldTimerExpired, probe.Ends[^1].Reason);
    }

    /// <summary>The right NOTIFICATION, and a sentence with object, field and remedy.</summary>
    [Theory]
    [Trait("Scenario", "F45")]
    [InlineData("as", "2/2:", "of AS 64515, peerASN says 64514; correct peerASN")]
    [InlineData("hold", "2/6:0002", "hold time of 2 s, at least 3 s")]
    [InlineData("id", "2/3:00000000", "identifier is 0.0.0.0; set its router-id")]
    [InlineData("family", "2/7:010400010001010400020001", "none of the families wanted here (ipv4-unicast, ipv6-unicast)")]
    [InlineData("version", "2/1:0004", "speaks BGP version 3")]
    [InlineData("role", "2/11:", "role does not go with ours, Customer")]
    [InlineData("length", "2/0:", "OPEN is malformed (ParametersLength)")]
    public void Open_ThatIsNotAcceptable_IsAnsweredAndTold(string what, string notification, string text)
    {
        SessionOptions options = Probe.Options with { Open = Probe.Options.Open with { Role = what == "role" ? BgpRole.Customer : null } };
        SpeakerOpen peer = what switch
        {
            "as" => Probe.PeerOpen with { Asn = 64515 },
            "hold" => Probe.PeerOpen with { HoldSeconds = 2 },
            "id" => Probe.PeerOpen with { Identifier = 0 },
            "family" => Probe.PeerOpen with { Families = [new(Afi.IPv4, (Safi)2)] },
            "role" => Probe.PeerOpen with { Role = BgpRole.Peer },
            _ => Probe.PeerOpen,
        };
        byte[] open = Probe.Open(peer);
        open[19] = what == "version" ? (byte)3 : open[19];
        open[28] += what == "length" ? (byte)1 : (byte)0;
        Probe probe = new Probe(options).InOpenSent();
        _ = probe.Take();
        probe.Receive(Probe.Out1, open);
        Assert.Equal($"out1 NOTIFICATION {notification}; close out1 Graceful", probe.Take());
        Assert.StartsWith("BGPPeer tor1: the router", probe.LastText, StringComparison.Ordinal);
        Assert.Contains(text, probe.LastText, StringComparison.Ordinal);
        Assert.InRange((probe.Session.Snapshot().NextAttempt - probe.Now).TotalSeconds, 3.75, 5);
    }

    [Fact]
    public void States_OfAPlainSession_AreToldInOrder()
    {
        Probe probe = new Probe().InEstablished();
        Assert.Equal(
            [SessionState.Connect, SessionState.OpenSent, SessionState.OpenConfirm, SessionState.Established],
            probe.States.Select(change => change.To));
        Assert.Equal("connect out1; out1 OPEN; out1 KEEPALIVE; Up out1; SendRoutes ipv4-unicast; SendRoutes ipv6-unicast", probe.Take());
        SessionSnapshot snapshot = probe.Session.Snapshot();
        Assert.Equal((new MessageCounts(1, 0, 0, 1, 0), new MessageCounts(1, 0, 0, 1, 0)), (snapshot.Counters.Received, snapshot.Counters.Sent));
        Assert.Equal(probe.Now, snapshot.Since);
        Assert.Null(snapshot.LastEnd);
    }

    /// <summary>How each orderly end is said.</summary>
    [Theory]
    [Trait("Scenario", "F42")]
    [Trait("Scenario", "S28")]
    [Trait("Scenario", "S30")]
    [Trait("Scenario", "G10")]
    [InlineData(false, StopReason.Shutdown, "NOTIFICATION 6/2:03627965; ")]
    [InlineData(false, StopReason.Deconfigured, "NOTIFICATION 6/3:; ")]
    [InlineData(false, StopReason.Reset, "NOTIFICATION 6/4:03627965; ")]
    [InlineData(false, StopReason.ConfigurationChange, "NOTIFICATION 6/6:; ")]
    [InlineData(false, StopReason.OutOfResources, "NOTIFICATION 6/8:; ")]
    [InlineData(false, StopReason.Restart, "NOTIFICATION 6/2:03627965; ")]
    [InlineData(true, StopReason.Shutdown, "NOTIFICATION 6/9:060203627965; ")]
    [InlineData(true, StopReason.Deconfigured, "NOTIFICATION 6/9:0603; ")]
    [InlineData(true, StopReason.Reset, "NOTIFICATION 6/9:060403627965; ")]
    [InlineData(true, StopReason.Restart, "")]
    public void Stop_ForEachReason_SaysItsCease(bool restart, StopReason reason, string notification)
    {
        SessionOptions options = restart ? Probe.WithRestart(Probe.Options) : Probe.Options;
        Probe probe = new Probe(options).InEstablished(Probe.PeerOpen with { GracefulRestart = restart ? Probe.Restart : null });
        _ = probe.Take();
        probe.Do(SessionEvent.Stop(reason, "bye"));
        Assert.Equal((notification.Length == 0 ? "" : "out1 " + notification) + "close out1 Graceful; Down out1", probe.Take());
        probe.Run(1000);
        Assert.Equal((SessionState.Idle, ""), (probe.State, probe.Take()));
        Assert.Equal(0, probe.Session.Snapshot().ConnectRetryCounter);
    }

    /// <summary>A session that is taken away on its way up says so where there is somebody to hear it, and dials no more.</summary>
    [Theory]
    [Trait("Scenario", "F42")]
    [InlineData(SessionState.Connect, "close out1 Abort")]
    [InlineData(SessionState.Active, "")]
    [InlineData(SessionState.OpenSent, "out1 NOTIFICATION 6/3:; close out1 Graceful")]
    [InlineData(SessionState.OpenConfirm, "out1 NOTIFICATION 6/3:; close out1 Graceful")]
    public void Stop_BeforeTheSessionIsUp_EndsTheDialling(SessionState state, string log)
    {
        Probe probe = new();
        _ = state == SessionState.OpenSent ? probe.InOpenSent() : state == SessionState.OpenConfirm ? probe.InOpenConfirm() : probe.Started();
        if (state == SessionState.Active)
        {
            probe.Do(SessionEvent.ConnectFailed(Probe.Out1, "refused"));
        }

        Assert.Equal(state, probe.State);
        _ = probe.Take();
        probe.Do(SessionEvent.Stop(StopReason.Deconfigured));
        Assert.Equal(log, probe.Take());
        probe.Run(1000);
        Assert.Equal((SessionState.Idle, ""), (probe.State, probe.Take()));
    }

    /// <summary>Before routes are there is nothing that a hard reset would take back (RFC 8538 3), and nothing said is no text.</summary>
    [Fact]
    public void Stop_WithoutAText_BeforeTheSessionIsUp_IsAPlainCease()
    {
        SpeakerOpen peer = Probe.PeerOpen with { GracefulRestart = Probe.Restart };
        Probe probe = new Probe(Probe.WithRestart(Probe.Options)).InOpenConfirm(peer);
        _ = probe.Take();
        probe.Do(SessionEvent.Stop(StopReason.Shutdown));
        Assert.Equal("out1 NOTIFICATION 6/2:; close out1 Graceful", probe.Take());
        probe = new Probe(Probe.WithRestart(Probe.Options)).InOpenConfirm(peer);
        _ = probe.Take();
        probe.Do(SessionEvent.Stop(StopReason.Restart));
        Assert.Equal("out1 NOTIFICATION 6/2:; close out1 Graceful", probe.Take());
    }

    /// <summary>What is opened anew for a restart is closed without a word, and opened at once.</summary>
    [Fact]
    public void Reset_ForARestart_IsSilentAndOpensAnew()
    {
        Probe probe = new Probe(Probe.WithRestart(Probe.Options)).InEstablished(Probe.PeerOpen with { GracefulRestart = Probe.Restart });
        _ = probe.Take();
        probe.Do(SessionEvent.Reset(StopReason.Restart));
        probe.Run(1);
        Assert.Equal("close out1 Graceful; Down out1; connect out2", probe.Take());
    }

    /// <summary>Only what the peer would see resets the session.</summary>
    [Fact]
    [Trait("Scenario", "F41")]
    [Trait("Scenario", "G23")]
    public void Configure_ResetsOnlyForWhatThePeerSees()
    {
        SpeakerOpen open = Probe.Options.Open;
        (SessionOptions Options, string Cease)[] changes =
        [
            (Probe.Options with { Name = "BGPPeer other", KeepaliveTime = TimeSpan.FromSeconds(3), MaxPrefixes = 9 }, ""),
            (Probe.Options with { Open = open with { Families = [.. open.Families] } }, ""),
            (Probe.Options with { Open = open with { HoldSeconds = 30 } }, "6/6:"),
            (Probe.WithRestart(Probe.Options), "6/6:"),
            (Probe.Options with { Open = open with { Asn = 64600 } }, "6/4:15636f6e66696775726174696f6e206368616e676564"),
        ];
        foreach ((SessionOptions next, string cease) in changes)
        {
            Probe probe = new Probe().InEstablished();
            _ = probe.Take();
            probe.Do(SessionEvent.Configure(next));
            Assert.Equal(cease.Length == 0 ? "" : $"out1 NOTIFICATION {cease}; close out1 Graceful; Down out1", probe.Take());
            probe.Run(1);
            Assert.Equal(cease.Length == 0 ? "" : "connect out2", probe.Take());
        }
    }

    /// <summary>A path that is gone ends the session at once and without a penalty; one that is not watched does not.</summary>
    [Theory]
    [Trait("Scenario", "B21")]
    [Trait("Scenario", "B23")]
    [Trait("Scenario", "B30")]
    [InlineData(PathStatus.Down, false, "out1 NOTIFICATION 6/10:; close out1 Graceful; Down out1")]
    [InlineData(PathStatus.Down, true, "out1 NOTIFICATION 6/9:060a; close out1 Graceful; Down out1")]
    [InlineData(PathStatus.AdminDown, false, "")]
    [InlineData(PathStatus.Up, false, "")]
    public void Path_ThatIsDown_EndsTheSession(PathStatus status, bool restart, string log)
    {
        SessionOptions options = restart ? Probe.WithRestart(Probe.Options) : Probe.Options;
        Probe probe = new Probe(options).InEstablished(Probe.PeerOpen with { GracefulRestart = restart ? Probe.Restart : null });
        _ = probe.Take();
        probe.Do(SessionEvent.Path(status));
        Assert.Equal(log, probe.Take());
        Assert.InRange((probe.Session.Snapshot().NextAttempt - probe.Now).TotalSeconds, 0, log.Length > 0 ? 1 : double.MaxValue);
    }

    [Fact]
    public void RequiredPath_IsWaitedFor()
    {
        Probe probe = new Probe(Probe.Options with { RequirePath = true }).Started();
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal((SessionState.Idle, "ConnectionRefused in1; close in1 Abort"), (probe.State, probe.Take()));
        probe.Do(SessionEvent.Path(PathStatus.Up));
        Assert.Equal("connect out1", probe.Take());
        probe.Do(SessionEvent.Path(PathStatus.Down));
        Assert.Equal((SessionState.Idle, "close out1 Abort"), (probe.State, probe.Take()));
        probe.Do(SessionEvent.Path(PathStatus.AdminDown));
        Assert.Equal("connect out2", probe.Take());
    }

    [Fact]
    [Trait("Scenario", "S09")]
    public void Announcements_WaitForTheInterval()
    {
        Probe probe = new Probe(Probe.Options with { MinRouteAdvertisementInterval = TimeSpan.FromSeconds(5) }).InEstablished();
        Assert.Equal(probe.Now, probe.Session.AdvertiseFrom);
        probe.Do(SessionEvent.UpdatesWritten(Probe.Out1));
        Assert.InRange((probe.Session.AdvertiseFrom - probe.Now).TotalSeconds, 3.75, 5);
    }

    [Fact]
    [Trait("Scenario", "G02")]
    public void Options_WithErrors_AreRefusedEachByItsSentence()
    {
        SessionOptions wrong = Probe.Options with
        {
            Open = new() { Asn = 0, Identifier = 0, HoldSeconds = 2, Families = [], GracefulRestart = new() { RestartSeconds = 5000 } },
            KeepaliveTime = TimeSpan.FromSeconds(40),
            ConnectRetryTime = TimeSpan.Zero,
            MaxPrefixes = -1,
            PrefixWarningPercent = 101,
            DelayOpenTime = TimeSpan.FromSeconds(-1),
            OpenTimeout = TimeSpan.Zero,
        };
        IReadOnlyList<string> errors = wrong.Errors();
        Assert.Equal(12, errors.Count);
        Assert.All(errors, error => Assert.StartsWith("BGPPeer tor1: ", error, StringComparison.Ordinal));
        _ = Assert.Throws<ArgumentException>(() => new BgpSession(wrong, 1));
        Assert.Empty(Probe.Options.Errors());
    }
}
