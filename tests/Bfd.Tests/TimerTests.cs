// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd.Tests;

/// <summary>When packets go out and when silence is death (RFC 5880 6.8.2, 6.8.4, 6.8.7), to the microsecond.</summary>
public sealed class TimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static BfdParameters Every(int transmitMs, int receiveMs, byte multiplier = 3) =>
        new() { TransmitInterval = Ms(transmitMs), ReceiveInterval = Ms(receiveMs), DetectMultiplier = multiplier };

    [Fact]
    [Trait("Scenario", "B01")]
    public void Session_Made_IsSilentUntilEnabled()
    {
        Bench bench = new();
        Assert.Equal((BfdState.AdminDown, MonoTime.Never), (bench.Session.State, bench.Session.NextDeadline));
        Assert.Null(bench.Tick(TimeSpan.FromDays(1)).Sent);
        _ = bench.Enable();
        Assert.Equal(Vectors.Down.Replace("0a0b0c0d", "11111111", StringComparison.Ordinal), Convert.ToHexStringLower(bench.Octets));
    }

    [Theory]
    [Trait("Scenario", "B13")]
    [Trait("Rfc", "5880-6.8.3")]
    [InlineData(300, 1000)]
    [InlineData(5000, 5000)]
    public void Session_NotUp_SendsAndSaysASecondOrMore(int configuredMs, int expectedMs)
    {
        foreach (BfdState state in new[] { BfdState.Down, BfdState.Init })
        {
            Bench bench = new Bench(Every(configuredMs, 300)).In(state);
            Assert.Equal((Ms(expectedMs), Ms(300)), (bench.Sent!.Value.DesiredMinTransmit, bench.Sent.Value.RequiredMinReceive));
            Assert.Equal(Ms(expectedMs), bench.Session.TransmitInterval);
        }
    }

    [Theory]
    [Trait("Scenario", "B11")]
    [Trait("Rfc", "5880-6.8.7")]
    [InlineData(3, 0.75, 1.00)]
    [InlineData(2, 0.75, 1.00)]
    [InlineData(1, 0.75, 0.90)]
    public void Transmission_TenThousandIntervals_FillTheJitterRangeAndNoMore(byte multiplier, double least, double most)
    {
        Bench bench = new Bench(Every(100, 100, multiplier)).Settled();
        (double min, double max, double sum) = (double.MaxValue, 0, 0);
        for (int i = 0; i < 10_000; i++)
        {
            _ = bench.Receive(bench.From(BfdState.Up));
            MonoTime before = bench.Now;
            Assert.NotNull(bench.TickAtDeadline().Sent);
            if (i > 0)
            {
                double share = (bench.Now - before) / Ms(100);
                (min, max, sum) = (Math.Min(min, share), Math.Max(max, share), sum + share);
            }
        }

        Assert.InRange(min, least, least + 0.001);
        Assert.InRange(max, most - 0.001, most);
        Assert.InRange(sum / 9_999, ((least + most) / 2) - 0.002, ((least + most) / 2) + 0.002);
    }

    [Fact]
    public void Transmission_SameSeed_RepeatsTheSameInstants()
    {
        Assert.Equal(Instants(7), Instants(7));
        Assert.NotEqual(Instants(7), Instants(8));

        static List<MonoTime> Instants(ulong seed)
        {
            Bench bench = new Bench(seed: seed).Enable();
            List<MonoTime> instants = [];
            for (int i = 0; i < 20; i++)
            {
                instants.Add(bench.TickAtDeadline().Now);
            }

            return instants;
        }
    }

    [Theory]
    [Trait("Scenario", "B11")]
    [Trait("Rfc", "5880-6.8.2")]
    [InlineData(300, 500, 500)]
    [InlineData(300, 100, 300)]
    public void Transmission_PeerAsksForAnInterval_TheLargerIsUsed(int ownMs, int peerMs, int expectedMs)
    {
        Bench bench = new Bench(Every(ownMs, 300)).Settled();
        _ = bench.Receive(bench.From(BfdState.Up) with { RequiredMinReceive = Ms(peerMs) });
        Assert.Equal(Ms(expectedMs), bench.Session.TransmitInterval);
        _ = bench.TickAtDeadline();
        MonoTime sent = bench.Now;
        TimeSpan gap = bench.TickAtDeadline().Now - sent;
        Assert.InRange(gap, Ms(expectedMs) * 0.75, Ms(expectedMs));
    }

    [Fact]
    [Trait("Rfc", "5880-6.8.3")]
    public void Transmission_PeerAsksForMoreOften_IsHonouredFromTheLastPacketOn()
    {
        Bench bench = new Bench(Every(10, 300)).Settled();
        _ = bench.Receive(bench.From(BfdState.Up) with { RequiredMinReceive = Second });
        _ = bench.TickAtDeadline();
        bench.Now += Ms(200);
        Assert.NotNull(bench.Receive(bench.From(BfdState.Up) with { RequiredMinReceive = Ms(50) }).Sent);
    }

    [Fact]
    public void Transmission_TimerComesEarlyOrTwice_SendsNothing()
    {
        Bench bench = new Bench().Settled();
        _ = bench.TickAtDeadline();
        Assert.Null(bench.Tick(TimeSpan.Zero).Sent);
        Assert.Null(bench.Tick(Ms(224)).Sent);
        Assert.NotNull(bench.Tick(Ms(76)).Sent);
    }

    [Fact]
    [Trait("Scenario", "B18")]
    [Trait("Rfc", "5880-6.8.1")]
    public void Transmission_PeerWantsNothing_StopsButAnswersPolls()
    {
        Bench bench = new Bench().Settled();
        BfdPacket cease = bench.From(BfdState.Up) with { RequiredMinReceive = TimeSpan.Zero };
        _ = bench.Receive(cease);
        for (int i = 0; i < 100; i++)
        {
            Assert.Null(bench.Tick(Ms(100)).Sent);
            Assert.Null(bench.Receive(cease).Sent);
        }

        Assert.True(bench.Receive(cease with { Poll = true }).Sent!.Value.Final);
        Assert.NotNull(bench.Receive(cease with { RequiredMinReceive = Ms(300) }).Sent);
    }

    [Fact]
    [Trait("Rfc", "5880-6.8.1")]
    public void Transmission_PeerWantedNothingAndDied_IsSpokenToAgain()
    {
        Bench bench = new Bench().Settled();
        _ = bench.Receive(bench.From(BfdState.Up) with { RequiredMinReceive = TimeSpan.Zero });
        Assert.Equal(BfdState.Down, bench.TickAtDeadline().Session.State);
        Assert.NotNull(bench.Sent);
        Assert.NotNull(bench.Tick(Second).Sent);
    }

    [Fact]
    [Trait("Rfc", "5880-6.6")]
    public void Transmission_PeerInDemandMode_StopsWhileBothAreUpExceptForPolls()
    {
        Bench bench = new Bench().Settled();
        BfdPacket demand = bench.From(BfdState.Up) with { Demand = true };
        _ = bench.Receive(demand);
        Assert.Null(bench.Tick(Ms(500)).Sent);
        _ = bench.Receive(demand).Step(BfdEvent.Configure(Every(300, 200)));
        Assert.True(bench.Sent!.Value.Poll);
        Assert.True(bench.Tick(Ms(300)).Sent!.Value.Poll);
        _ = bench.Receive(demand with { Final = true });
        Assert.Null(bench.Tick(Ms(300)).Sent);
    }

    [Theory]
    [Trait("Scenario", "B19")]
    [Trait("Rfc", "5880-6.8.4")]
    [InlineData(3, 300, 300, 900)]
    [InlineData(5, 300, 100, 1500)]
    [InlineData(2, 100, 400, 800)]
    [InlineData(3, 10, 10, 30)]
    [InlineData(255, 60000, 1, 15300000)]
    public void Detection_Silence_EndsTheSessionToTheMicrosecond(byte peerMultiplier, int receiveMs, int peerTransmitMs, int expectedMs)
    {
        Bench bench = new Bench(Every(60000, receiveMs, multiplier: 7)).Settled();
        _ = bench.Receive(bench.From(BfdState.Up) with { DetectMultiplier = peerMultiplier, DesiredMinTransmit = Ms(peerTransmitMs) });
        Assert.Equal(Ms(expectedMs), bench.Session.DetectionTime);
        Assert.Null(bench.Tick(Ms(expectedMs) - TimeSpan.FromMicroseconds(1)).Transition);
        Assert.Equal(
            new BfdTransition(BfdState.Up, BfdState.Down, BfdCause.DetectionTimeExpired), bench.Tick(TimeSpan.FromMicroseconds(1)).Transition);
        Assert.Equal(
            (BfdState.Down, BfdDiagnostic.DetectionTimeExpired, 0u),
            (bench.Sent!.Value.State, bench.Sent.Value.Diagnostic, bench.Sent.Value.YourDiscriminator));
        Assert.Equal(Ms(60000), bench.Session.TransmitInterval);
    }

    [Fact]
    [Trait("Rfc", "5880-6.8.6")]
    public void Detection_DiscardedPackets_DoNotKeepItAlive()
    {
        Bench bench = new Bench().Settled();
        for (int i = 0; i < 8; i++)
        {
            bench.Now += Ms(100);
            Assert.Equal(BfdDiscard.HopLimitTooLow, bench.Receive(bench.From(BfdState.Up), hopLimit: 254).Discard);
        }

        Assert.Equal(BfdCause.DetectionTimeExpired, bench.Tick(Ms(100)).Transition!.Value.Cause);
    }

    [Fact]
    [Trait("Scenario", "B20")]
    public void Detection_LossShorterThanDetectionTime_ChangesNothing()
    {
        Bench bench = new Bench().Settled();
        for (int i = 0; i < 1000; i++)
        {
            _ = bench.Tick(Ms(899)).Receive(bench.From(BfdState.Up));
            Assert.Null(bench.Transition);
        }
    }

    [Fact]
    public void Detection_ProcessStoodStill_APacketReadFirstKeepsTheSession()
    {
        Bench bench = new Bench().Settled();
        bench.Now += TimeSpan.FromSeconds(5);
        Assert.Null(bench.Receive(bench.From(BfdState.Up)).Transition);
        Assert.Null(bench.Tick(TimeSpan.Zero).Transition);
    }

    [Fact]
    [Trait("Rfc", "5880-6.1")]
    public void Passive_NotYetSpokenTo_IsSilent()
    {
        Bench bench = new Bench(new BfdParameters { Passive = true }).Enable();
        Assert.Null(bench.Sent);
        Assert.Equal(MonoTime.Never, bench.Session.NextDeadline);
        Assert.Equal(BfdState.Init, bench.Receive(bench.From(BfdState.Down, 0)).Sent!.Value.State);
        _ = bench.Tick(TimeSpan.FromSeconds(3));
        Assert.Equal((BfdState.Down, MonoTime.Never), (bench.Session.State, bench.Session.NextDeadline));
        Assert.Null(bench.Sent);
        Assert.Null(bench.Step(BfdEvent.Disable()).Sent);
    }

    [Fact]
    [Trait("Scenario", "B22")]
    [Trait("Rfc", "5880-6.8.16")]
    public void Disable_WhileUp_SaysAdminDownForADetectionTimeAndThenNothing()
    {
        Bench bench = new Bench().Settled().Step(BfdEvent.Disable());
        Assert.Equal((BfdState.AdminDown, BfdDiagnostic.AdministrativelyDown), (bench.Sent!.Value.State, bench.Sent.Value.Diagnostic));
        MonoTime since = bench.Now;
        int packets = 1;
        while (!bench.Effects.Contains(new BfdEffect(BfdEffectKind.Silent)))
        {
            packets += bench.TickAtDeadline().Sent is null ? 0 : 1;
        }

        Assert.Equal(3 * Second, bench.Now - since);
        Assert.InRange(packets, 4, 5);
        Assert.Equal(MonoTime.Never, bench.Session.NextDeadline);
        Assert.Equal(BfdDiscard.SessionAdminDown, bench.Receive(bench.From(BfdState.Up) with { Poll = true }).Discard);
        Assert.Null(bench.Sent);
        Assert.Equal((BfdState.Down, 0u), (bench.Enable().Sent!.Value.State, bench.Sent.Value.YourDiscriminator));
    }

    [Fact]
    public void Timer_Armed_IsNeverLaterThanTheDeadlineAndReceivedPacketsDoNotMoveIt()
    {
        Bench bench = new Bench(Every(60000, 300)).Settled();
        int before = bench.TimesArmed;
        for (int i = 0; i < 1000; i++)
        {
            bench.Now += Ms(10);
            _ = bench.Receive(bench.From(BfdState.Up) with { DesiredMinTransmit = Ms(300) });
            Assert.True(bench.Armed <= bench.Session.NextDeadline);
            _ = bench.Armed <= bench.Now ? bench.Step(BfdEvent.Timer) : bench;
        }

        Assert.InRange(bench.TimesArmed - before, 1, 12);
    }
}
