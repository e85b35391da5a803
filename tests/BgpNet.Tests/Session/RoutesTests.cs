// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Session;

/// <summary>Routes both ways: graceful restart, route refresh, counting and its limit.</summary>
public sealed class RoutesTests
{
    private static readonly SpeakerOpen Restarting = Probe.PeerOpen with { GracefulRestart = Probe.Restart };

    /// <summary>Our routes wait for nothing of the peer's.</summary>
    [Fact]
    [Trait("Scenario", "G07")]
    public void Routes_AreAskedForAtOnceAndKnownAsWritten()
    {
        Probe probe = new Probe().InEstablished();
        Assert.Contains("SendRoutes ipv4-unicast", probe.Take(), StringComparison.Ordinal);
        probe.Do(SessionEvent.RoutesWritten(Probe.Out1, AfiSafi.IPv4Unicast));
        probe.Do(SessionEvent.RoutesWritten(Probe.Out1, AfiSafi.IPv4Unicast));
        Assert.Equal("", probe.Take());
        Assert.Equal([true, false], probe.Session.Snapshot().Families.Select(family => family.EndOfRibSent));
    }

    /// <summary>A request before End-of-RIB, or during an answer, waits for its turn and is answered once.</summary>
    [Fact]
    [Trait("Scenario", "G12")]
    [Trait("Scenario", "G13")]
    public void Refresh_Asked_IsAnsweredOneAtATime()
    {
        const string Again = "SendRoutes ipv4-unicast again";
        Probe probe = new Probe().InOpenSent();
        probe.Receive(Probe.Out1, Probe.Open(Probe.PeerOpen));
        probe.Receive(Probe.Out1, Vectors.Keepalive + Vectors.RefreshIPv4 + Vectors.RefreshIPv4);
        _ = probe.Take();
        probe.Do(SessionEvent.RoutesWritten(Probe.Out1, AfiSafi.IPv4Unicast));
        Assert.Equal(Again, probe.Take());
        probe.Receive(Probe.Out1, Vectors.RefreshIPv4 + Vectors.RefreshIPv4);
        Assert.Equal("", probe.Take());
        probe.Do(SessionEvent.RoutesWritten(Probe.Out1, AfiSafi.IPv4Unicast));
        Assert.Equal(Again, probe.Take());
        probe.Do(SessionEvent.RoutesWritten(Probe.Out1, AfiSafi.IPv4Unicast));
        Assert.Equal("", probe.Take());
        probe.Receive(Probe.Out1, Vectors.Marker + "00170500020080");
        Assert.Equal("", probe.Take());
    }

    [Fact]
    public void Refresh_OfThePeer_SweepsWhatDidNotComeAgain()
    {
        Probe probe = new Probe().InEstablished();
        probe.Receive(Probe.Out1, Announce("198.51.100.0/24", "203.0.113.0/24"));
        probe.Receive(Probe.Out1, Vectors.Marker + "00170500010101");
        Assert.Equal(2, Family(probe).Stale);
        probe.Receive(Probe.Out1, Announce("203.0.113.0/24"));
        probe.Receive(Probe.Out1, Vectors.Marker + "00170500010201");
        Assert.Equal((1, 0), (Family(probe).Prefixes, Family(probe).Stale));
    }

    [Fact]
    public void RefreshMarker_OfTheWrongLength_IsAnsweredWithTheMessage()
    {
        Probe probe = new Probe().InEstablished();
        probe.Receive(Probe.Out1, Vectors.Marker + "0018050001010100");
        Assert.Contains($"NOTIFICATION 7/1:{Vectors.Marker}0018050001010100", probe.Take(), StringComparison.Ordinal);
    }

    /// <summary>R until the first session, not after.</summary>
    [Fact]
    [Trait("Scenario", "G01")]
    [Trait("Scenario", "G05")]
    public void Restart_IsSaidUntilASessionWasUp()
    {
        Probe probe = new Probe(Probe.WithRestart(Probe.Options) with { Restarted = true }).InOpenSent();
        Assert.Equal("c078", Flags(probe));
        probe.Do(SessionEvent.Closed(Probe.Out1, "reset"));
        probe.Run(5);
        probe.Do(SessionEvent.Connected(Probe.Out2));
        Assert.Equal("c078", Flags(probe));
        probe.Receive(Probe.Out2, Probe.Open(Restarting));
        probe.Receive(Probe.Out2, Vectors.Keepalive);
        probe.Do(SessionEvent.Closed(Probe.Out2, "reset"));
        probe.Run(1);
        probe.Do(SessionEvent.Connected(new(ConnectionOrigin.Outgoing, 3)));
        Assert.Equal("4078", Flags(probe));
        probe = new Probe(Probe.WithRestart(Probe.Options) with { Restarted = true }).Started();
        probe.Run(121);
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal("4078", Flags(probe));
    }

    /// <summary>Deferral, when it is wanted, ends with the peer's marker or the time, and is not for a peer that restarted too.</summary>
    [Fact]
    [Trait("Scenario", "G06")]
    [Trait("Scenario", "G07")]
    public void Deferral_EndsWithTheMarkerOrTheTime()
    {
        SessionOptions options = Probe.WithRestart(Probe.Options) with { Restarted = true, DeferralTime = TimeSpan.FromSeconds(10) };
        Probe probe = new Probe(options).InEstablished(Restarting);
        Assert.DoesNotContain(probe.Log, line => line.StartsWith("SendRoutes", StringComparison.Ordinal));
        _ = probe.Take();
        probe.Receive(Probe.Out1, Vectors.EndOfRibIPv6Long);
        Assert.Equal("EndOfRib ipv6-unicast 0; SendRoutes ipv6-unicast", probe.Take());
        probe.Run(10);
        Assert.Equal("SendRoutes ipv4-unicast", probe.Take());
        probe = new Probe(options).InEstablished(Restarting with { GracefulRestart = Probe.Restart with { Restarting = true } });
        Assert.Equal(2, probe.Log.Count(line => line.StartsWith("SendRoutes", StringComparison.Ordinal)));
    }

    /// <summary>RFC 4724 4.2, RFC 8538: what keeps the peer's routes and what does not.</summary>
    [Theory]
    [Trait("Rfc", "8538-4")]
    [InlineData("close", true, true)]
    [InlineData("6/2", false, true)]
    [InlineData("6/9", false, false)]
    [InlineData("hold", false, true)]
    [InlineData("path", false, false)]
    [InlineData("header", false, true)]
    [InlineData("update", false, true)]
    [InlineData("refresh", false, true)]
    [InlineData("open", false, true)]
    public void Helper_KeepsRoutes_OnlyWhenThePeerRestarts(string how, bool keptWithoutN, bool keptWithN)
    {
        Assert.Equal(keptWithN ? (2, 2) : (0, 0), LeftAfter(Helper(), how));
        GracefulRestartTerms terms = Probe.Restart with { NotificationPreserves = false };
        Probe without = new Probe(Probe.WithRestart(Probe.Options)).InEstablished(Probe.PeerOpen with { GracefulRestart = terms });
        without.Receive(Probe.Out1, Announce("198.51.100.0/24", "203.0.113.0/24"));
        Assert.Equal(keptWithoutN ? (2, 2) : (0, 0), LeftAfter(without, how));
    }

    private static (int Prefixes, int Stale) LeftAfter(Probe probe, string how)
    {
        switch (how)
        {
            case "close":
                probe.Do(SessionEvent.Closed(Probe.Out1, "reset"));
                break;
            case "hold":
                probe.Run(90.1);
                break;
            case "path":
                probe.Do(SessionEvent.Path(PathStatus.Down));
                break;
            case "header":
                probe.Receive(Probe.Out1, Vectors.Marker + "001407");
                break;
            case "update":
                probe.Receive(Probe.Out1, Vectors.Marker + "00170200ff0000");
                break;
            case "refresh":
                probe.Receive(Probe.Out1, Vectors.Marker + "0018050001010100");
                break;
            case "open":
                probe.Receive(Probe.Out1, Vectors.Open);
                break;
            default:
                probe.Receive(Probe.Out1, Probe.Notification(NotificationCode.Cease, (byte)(how[2] - '0')));
                break;
        }

        Assert.NotEqual(SessionState.Established, probe.State);
        return (Family(probe).Prefixes, Family(probe).Stale);
    }

    [Fact]
    public void Helper_SweepsAtTheRestartTime()
    {
        Probe probe = Helper();
        probe.Do(SessionEvent.Stop(StopReason.Restart));
        Assert.Equal(0, Family(probe).Prefixes);
        probe = Helper();
        probe.Do(SessionEvent.Closed(Probe.Out1, "reset"));
        probe.Run(119);
        Assert.Equal(2, Family(probe).Stale);
        probe.Run(2);
        Assert.Equal(0, Family(probe).Prefixes);
        Assert.Contains("StaleSwept ipv4-unicast 2", probe.Log);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Helper_WhenThePeerIsBack_SweepsAtItsMarkerOrAtOnce(bool forwarded)
    {
        Probe probe = Helper();
        probe.Do(SessionEvent.Closed(Probe.Out1, "reset"));
        probe.Run(1);
        probe.Do(SessionEvent.Connected(Probe.Out2));
        GracefulRestartTerms terms = Probe.Restart with { Restarting = true, Families = [new(AfiSafi.IPv4Unicast, forwarded)] };
        probe.Receive(Probe.Out2, Probe.Open(Probe.PeerOpen with { GracefulRestart = terms }));
        probe.Receive(Probe.Out2, Vectors.Keepalive);
        Assert.Equal(forwarded ? 2 : 0, Family(probe).Stale);
        probe.Receive(Probe.Out2, Announce("203.0.113.0/24"));
        probe.Receive(Probe.Out2, Vectors.EndOfRibIPv4);
        Assert.Equal((1, 0), (Family(probe).Prefixes, Family(probe).Stale));
    }

    [Fact]
    public void Helper_WithLongLivedRestart_KeepsForLonger()
    {
        SessionOptions options = Probe.WithRestart(Probe.Options);
        options = options with { Open = options.Open with { LongLivedGracefulRestart = [new(AfiSafi.IPv4Unicast, true, 1)] } };
        Probe probe = new Probe(options).InEstablished(Restarting with { LongLivedGracefulRestart = [new(AfiSafi.IPv4Unicast, true, 600)] });
        probe.Receive(Probe.Out1, Announce("198.51.100.0/24"));
        probe.Do(SessionEvent.Closed(Probe.Out1, "reset"));
        probe.Run(700);
        Assert.True(Family(probe) is { LongLivedStale: true, Stale: 1 });
        probe.Run(30);
        Assert.True(Family(probe) is { LongLivedStale: false, Stale: 0 });
    }

    /// <summary>RFC 9494 4.2: longer only when both sides said so.</summary>
    [Fact]
    public void Helper_WithLongLivedRestartOfThePeerAlone_SweepsAtTheRestartTime()
    {
        SpeakerOpen peer = Restarting with { LongLivedGracefulRestart = [new(AfiSafi.IPv4Unicast, true, 600)] };
        Probe probe = new Probe(Probe.WithRestart(Probe.Options)).InEstablished(peer);
        probe.Receive(Probe.Out1, Announce("198.51.100.0/24"));
        probe.Do(SessionEvent.Closed(Probe.Out1, "reset"));
        probe.Run(121);
        Assert.True(Family(probe) is { LongLivedStale: false, Prefixes: 0 });
    }

    /// <summary>A peer that is back has the stale path time to send its routes again, not the long time of one that stays away.</summary>
    [Fact]
    public void Helper_WithLongLivedRestartWhenThePeerIsBack_KeepsForTheStalePathTime()
    {
        SessionOptions options = Probe.WithRestart(Probe.Options) with { StalePathTime = TimeSpan.FromSeconds(30) };
        options = options with { Open = options.Open with { LongLivedGracefulRestart = [new(AfiSafi.IPv4Unicast, true, 1)] } };
        SpeakerOpen peer = Restarting with { LongLivedGracefulRestart = [new(AfiSafi.IPv4Unicast, true, 600)] };
        foreach (double away in new[] { 1.0, 200 })
        {
            Probe probe = new Probe(options with { Passive = true }).InEstablished(peer);
            probe.Receive(Probe.In1, Announce("198.51.100.0/24"));
            probe.Do(SessionEvent.Closed(Probe.In1, "reset"));
            probe.Run(away);
            Assert.Equal(away > 120, Family(probe).LongLivedStale);
            Back(probe, peer);
            Assert.True(Family(probe) is { LongLivedStale: false, Stale: 1 });
            probe.Run(31);
            Assert.True(Family(probe) is { LongLivedStale: false, Prefixes: 0 });
        }
    }

    [Fact]
    public void Helper_OfAFamilyThatThePeerDoesNotKeep_DropsItsRoutes()
    {
        GracefulRestartTerms terms = Probe.Restart with { Families = [new(AfiSafi.IPv6Unicast, true)] };
        Probe probe = new Probe(Probe.WithRestart(Probe.Options)).InEstablished(Probe.PeerOpen with { GracefulRestart = terms });
        probe.Receive(Probe.Out1, Announce("198.51.100.0/24"));
        probe.Do(SessionEvent.Closed(Probe.Out1, "reset"));
        Assert.Equal(0, Family(probe).Prefixes);
    }

    /// <summary>RFC 4724 4.2: what was not sent again between two restarts goes with the second.</summary>
    [Fact]
    public void Helper_OfAPeerThatRestartsTwice_DropsWhatDidNotComeBetween()
    {
        Probe probe = new Probe(Probe.WithRestart(Probe.Options) with { Passive = true }).InEstablished(Restarting);
        probe.Receive(Probe.In1, Announce("198.51.100.0/24", "203.0.113.0/24"));
        probe.Do(SessionEvent.Closed(Probe.In1, "reset"));
        probe.Run(61);
        Back(probe, Restarting);
        probe.Receive(Probe.In2, Announce("203.0.113.0/24"));
        Assert.Equal((2, 1), (Family(probe).Prefixes, Family(probe).Stale));
        probe.Do(SessionEvent.Closed(Probe.In2, "reset"));
        Assert.Equal((1, 1), (Family(probe).Prefixes, Family(probe).Stale));
        probe.Do(SessionEvent.Stop(StopReason.Shutdown));
        Assert.Equal((0, 0), (Family(probe).Prefixes, Family(probe).Stale));
    }

    [Fact]
    public void Deferral_BesideAPeerWithoutGracefulRestart_IsNone()
    {
        Probe probe = new Probe(Probe.WithRestart(Probe.Options) with { Restarted = true, DeferralTime = TimeSpan.FromSeconds(10) }).InEstablished();
        Assert.Equal(2, probe.Log.Count(line => line.StartsWith("SendRoutes", StringComparison.Ordinal)));
    }

    [Fact]
    public void PrefixLimit_Changed_HoldsForWhatIsThere()
    {
        Probe probe = new Probe(Probe.Options with { MaxPrefixes = 3 }).InEstablished();
        probe.Do(SessionEvent.Configure(Probe.Options with { MaxPrefixes = 10 }));
        probe.Receive(Probe.Out1, Announce("192.0.2.0/29", "192.0.2.8/29", "192.0.2.16/29", "192.0.2.24/29", "192.0.2.32/29", "192.0.2.40/29", "192.0.2.48/29", "192.0.2.56/29"));
        Assert.Equal(8, Family(probe).Prefixes);
        _ = probe.Take();
        probe.Do(SessionEvent.Configure(Probe.Options with { MaxPrefixes = 7 }));
        Assert.Contains("out1 NOTIFICATION 6/1:00010100000007; close out1 Graceful", probe.Take(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(75, true)]
    [InlineData(76, false)]
    [InlineData(0, false)]
    public void PrefixWarning_AtItsShare_IsToldOncePerSession(int percent, bool told)
    {
        Probe probe = new Probe(Probe.Options with { MaxPrefixes = 4, PrefixWarningPercent = percent, Passive = true }).InEstablished();
        probe.Receive(Probe.In1, Announce("198.51.100.0/26", "198.51.100.64/26", "198.51.100.128/26"));
        probe.Receive(Probe.In1, Announce("198.51.100.128/26"));
        Assert.Equal(told ? 1 : 0, probe.Log.Count(line => line == "PrefixWarning ipv4-unicast 3"));
        probe.Do(SessionEvent.Closed(Probe.In1, "reset"));
        probe.Run(61);
        Back(probe, Probe.PeerOpen);
        probe.Receive(Probe.In2, Announce("198.51.100.0/26", "198.51.100.64/26", "198.51.100.128/26"));
        Assert.Equal(told ? 2 : 0, probe.Log.Count(line => line == "PrefixWarning ipv4-unicast 3"));
    }

    /// <summary>A peer that restarts with other routes may have as many beside those that are still to be swept.</summary>
    [Fact]
    public void PrefixLimit_AfterARestart_CountsNoStaleRoutes()
    {
        Probe probe = new Probe(Probe.WithRestart(Probe.Options) with { MaxPrefixes = 3, Passive = true }).InEstablished(Restarting);
        probe.Receive(Probe.In1, Announce("198.51.100.0/26", "198.51.100.64/26", "198.51.100.128/26"));
        probe.Do(SessionEvent.Closed(Probe.In1, "reset"));
        probe.Run(61);
        Back(probe, Restarting);
        probe.Receive(Probe.In2, Announce("203.0.113.0/26", "203.0.113.64/26", "203.0.113.128/26"));
        Assert.Equal((SessionState.Established, 6, 3), (probe.State, Family(probe).Prefixes, Family(probe).Stale));
        probe.Receive(Probe.In2, Vectors.EndOfRibIPv4);
        Assert.Equal((3, 0), (Family(probe).Prefixes, Family(probe).Stale));
    }

    /// <summary>The limit, with its warning, data and hold-down.</summary>
    [Fact]
    [Trait("Scenario", "S27")]
    public void PrefixLimit_WhenPassed_EndsTheSession()
    {
        Probe probe = new Probe(Probe.Options with { MaxPrefixes = 3 }).InEstablished();
        _ = probe.Take();
        probe.Receive(Probe.Out1, Announce("198.51.100.0/26", "198.51.100.64/26"));
        Assert.Equal("", probe.Take());
        probe.Receive(Probe.Out1, Announce("198.51.100.64/26", "198.51.100.128/26"));
        Assert.Equal("PrefixWarning ipv4-unicast 3", probe.Take());
        probe.Receive(Probe.Out1, Announce("198.51.100.192/26"));
        Assert.Equal("out1 NOTIFICATION 6/1:00010100000003; close out1 Graceful; Down out1", probe.Take());
        Assert.InRange((probe.Session.Snapshot().NextAttempt - probe.Now).TotalSeconds, 30, 40);
        Assert.Contains("more than 3 prefixes of ipv4-unicast", probe.LastText, StringComparison.Ordinal);
        probe.Do(SessionEvent.Accepted(1));
        Assert.Equal(SessionState.Idle, probe.State);
    }

    /// <summary>RFC 7606: an error in the attributes costs the routes, one in a family's routes the family.</summary>
    [Fact]
    [Trait("Scenario", "S26")]
    public void FaultyUpdates_CostNoMoreThanTheyMust()
    {
        Probe probe = new Probe(Probe.Options with { Rules = Probe.Options.Rules with { DisableFamilies = true } }).InEstablished();
        probe.Receive(Probe.Out1, Announce("198.51.100.0/24"));
        Assert.Equal(["+198.51.100.0/24"], probe.Routes);
        _ = probe.Take();
        byte[] faulty = Announce("198.51.100.0/24");
        faulty[26] = 9;
        probe.Receive(Probe.Out1, faulty);
        Assert.Equal("UpdateFaulty Origin", probe.Take());
        Assert.Equal((0, "-198.51.100.0/24"), (Family(probe).Prefixes, probe.Routes[^1]));
        Assert.Equal((1, 1, 1), (probe.Session.Counters.TreatedAsWithdraw, probe.Session.Counters.PrefixesAnnounced, probe.Session.Counters.PrefixesWithdrawn));
        probe.Receive(Probe.Out1, Vectors.Marker + "001d02" + "00000000" + "21c633640000");
        Assert.Equal(SessionState.Established, probe.State);
        Assert.Equal("UpdateFaulty Prefix; FamilyDisabled ipv4-unicast", probe.Take());
        probe.Receive(Probe.Out1, Announce("203.0.113.0/24"));
        Assert.True(Family(probe) is { Disabled: true, Prefixes: 0 });
    }

    /// <summary>What a router says twice is one route, what it takes back unasked is none; nothing of it is answered.</summary>
    [Fact]
    [Trait("Scenario", "C066")]
    [Trait("Scenario", "C068")]
    [Trait("Scenario", "S26")]
    public void Routes_SaidTwiceOrTakenBackUnasked_AreCountedAsTheyAre()
    {
        Probe probe = new Probe(Probe.Options with { MaxPrefixes = 2 }).InEstablished();
        _ = probe.Take();
        probe.Receive(Probe.Out1, Announce("198.51.100.0/24", "198.51.100.0/24"));
        probe.Receive(Probe.Out1, Announce("198.51.100.0/24"));
        Assert.Equal(1, Family(probe).Prefixes);
        probe.Receive(Probe.Out1, Withdraw("203.0.113.0/24"));
        Assert.Equal((1, SessionState.Established, ""), (Family(probe).Prefixes, probe.State, probe.Take()));
        probe.Receive(Probe.Out1, Withdraw("198.51.100.0/24"));
        Assert.Equal(0, Family(probe).Prefixes);
    }

    /// <summary>A peer that hears nothing keeps our routes when it may (RFC 8538); we are back without having restarted.</summary>
    [Fact]
    [Trait("Scenario", "G11")]
    public void HoldTimer_ExpiredUnderGracefulRestart_IsNoRestartOfOurs()
    {
        Probe probe = new Probe(Probe.WithRestart(Probe.Options) with { Restarted = true }).InEstablished(Restarting);
        _ = probe.Take();
        probe.Run(91);
        Assert.Contains("out1 NOTIFICATION 4/0:; close out1 Graceful; Down out1; connect out2", probe.Take(), StringComparison.Ordinal);
        probe.Do(SessionEvent.Connected(Probe.Out2));
        Assert.Equal("4078", Flags(probe));
        probe.Receive(Probe.Out2, Probe.Open(Restarting));
        probe.Receive(Probe.Out2, Vectors.Keepalive);
        Assert.Equal("out2 OPEN; out2 KEEPALIVE; Up out2; SendRoutes ipv4-unicast; SendRoutes ipv6-unicast", probe.Take());
    }

    [Fact]
    public void PrefixSet_WithMoreStaleThanItsBound_CountsWhatIsNew()
    {
        PrefixSet counted = new(1);
        for (uint i = 0; i < 10; i++)
        {
            counted.Add(Numbered(i));
        }

        counted.MarkStale();
        counted.Most = 3;
        counted.Add(Numbered(0));
        counted.Add(Numbered(10));
        Assert.Equal((11, 9, false), (counted.Count, counted.StaleCount, counted.IsFull));
        counted.Add(Numbered(11));
        counted.Add(Numbered(12));
        Assert.Equal((12, 9, true), (counted.Count, counted.StaleCount, counted.IsFull));

        static PathPrefix Numbered(uint number) => new(new(IpAddr.FromUInt32(number << 8), 24), 0);
    }

    [Fact]
    public void PrefixSet_AfterAnyOperations_CountsAsASetDoes()
    {
        for (int seed = 1; seed <= 50; seed++)
        {
            Random random = new(seed);
            PrefixSet counted = new((ulong)seed);
            HashSet<PathPrefix> all = [];
            HashSet<PathPrefix> stale = [];
            for (int i = 0; i < 2000; i++)
            {
                PathPrefix prefix = new(new(IpAddr.FromUInt32((uint)random.Next(300) << 8), 24), (uint)random.Next(2));
                int kind = random.Next(500);
                if (kind == 0)
                {
                    counted.MarkStale();
                    stale = [.. all];
                }
                else if (kind == 1)
                {
                    Assert.Equal(stale.Count, counted.Sweep());
                    all.ExceptWith(stale);
                    stale.Clear();
                }
                else if (kind < 250)
                {
                    counted.Remove(prefix);
                    _ = all.Remove(prefix) | stale.Remove(prefix);
                }
                else
                {
                    counted.Add(prefix);
                    _ = all.Add(prefix) | stale.Remove(prefix);
                }

                Assert.Equal((all.Count, stale.Count), (counted.Count, counted.StaleCount));
            }
        }
    }

    private static FamilySnapshot Family(Probe probe) => probe.Session.Snapshot().Families[0];

    // The peer's second connection, up.
    private static void Back(Probe probe, SpeakerOpen peer)
    {
        probe.Run(1);
        probe.Do(SessionEvent.Accepted(2));
        probe.Receive(Probe.In2, Probe.Open(peer));
        probe.Receive(Probe.In2, Vectors.Keepalive);
        Assert.Equal(SessionState.Established, probe.State);
    }

    // Up, with the peer's graceful restart and two of its routes.
    private static Probe Helper()
    {
        Probe probe = new Probe(Probe.WithRestart(Probe.Options)).InEstablished(Restarting);
        probe.Receive(Probe.Out1, Announce("198.51.100.0/24", "203.0.113.0/24"));
        return probe;
    }

    // Flags and time of the graceful restart capability that we sent.
    private static string Flags(Probe probe)
    {
        ReadOnlySpan<byte> open = probe.LastOpen;
        int at = open.IndexOf([(byte)64, (byte)10]);
        return Vectors.Hex(open.Slice(at + 2, 2));
    }

    internal static byte[] Announce(params string[] prefixes) => Update([], Vectors.Bytes("40010100" + "40020602010000fc02" + "400304c0000202"), prefixes);

    internal static byte[] Withdraw(params string[] prefixes) => Update(prefixes, [], []);

    private static byte[] Update(string[] withdrawn, byte[] attributes, string[] announced)
    {
        byte[] before = Octets(withdrawn);
        byte[] behind = Octets(announced);
        int length = MessageFrame.HeaderLength + 4 + before.Length + attributes.Length + behind.Length;
        return
        [
            .. Vectors.Bytes(Vectors.Marker), (byte)(length >> 8), (byte)length, 2, 0, (byte)before.Length, .. before, 0, (byte)attributes.Length, .. attributes, .. behind,
        ];
    }

    private static byte[] Octets(string[] prefixes)
    {
        List<byte> routes = [];
        foreach (string text in prefixes)
        {
            IpPrefix prefix = IpPrefix.Parse(text);
            uint address = (uint)prefix.Address.Value;
            byte[] octets = [(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address];
            routes.AddRange([(byte)prefix.Length, .. octets[..((prefix.Length + 7) / 8)]]);
        }

        return [.. routes];
    }
}
