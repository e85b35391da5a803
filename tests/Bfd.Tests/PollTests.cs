// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd.Tests;

/// <summary>Poll sequences: what is in force before the peer has confirmed, and after (RFC 5880 6.5, 6.8.3).</summary>
public sealed class PollTests
{
    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static BfdParameters Every(int transmitMs, int receiveMs) => new() { TransmitInterval = Ms(transmitMs), ReceiveInterval = Ms(receiveMs) };

    [Fact]
    [Trait("Scenario", "B14")]
    public void Session_ComesUp_PollsWithTheFastIntervalUntilTheAnswer()
    {
        Bench bench = new Bench().In(BfdState.Up);
        Assert.Equal((BfdState.Up, true, Ms(300)), (bench.Sent!.Value.State, bench.Sent.Value.Poll, bench.Sent.Value.DesiredMinTransmit));
        Assert.Equal(Ms(300), bench.Session.TransmitInterval);
        for (int i = 0; i < 5; i++)
        {
            _ = bench.Receive(bench.From(BfdState.Up));
            Assert.True(bench.Tick(Ms(300)).Sent!.Value.Poll);
        }

        _ = bench.Receive(bench.From(BfdState.Up) with { Final = true });
        Assert.False(bench.Session.IsPolling);
        Assert.False(bench.Tick(Ms(300)).Sent!.Value.Poll);
    }

    [Fact]
    public void Session_ComesUpWithASlowInterval_HasNothingToPoll() =>
        Assert.False(new Bench(Every(2000, 300)).In(BfdState.Up).Session.IsPolling);

    [Fact]
    [Trait("Scenario", "B15")]
    public void Poll_Received_IsAnsweredAtOnceAndNotAsThePeriodicPacket()
    {
        Bench bench = new Bench().Settled();
        Primitives.MonoTime due = bench.Session.NextDeadline;
        _ = bench.Receive(bench.From(BfdState.Up) with { Poll = true });
        Assert.Equal((true, false), (bench.Sent!.Value.Final, bench.Sent.Value.Poll));
        Assert.Equal(due, bench.Session.NextDeadline);
    }

    [Fact]
    public void Poll_ReceivedWhilePolling_IsAnsweredWithoutPolling()
    {
        Bench bench = new Bench().In(BfdState.Up);
        _ = bench.Receive(bench.From(BfdState.Up) with { Poll = true });
        Assert.Equal((true, false), (bench.Sent!.Value.Final, bench.Sent.Value.Poll));
        Assert.True(bench.Session.IsPolling);
        Assert.True(bench.Tick(Ms(300)).Sent!.Value.Poll);
    }

    [Theory]
    [InlineData(BfdState.Down)]
    [InlineData(BfdState.Init)]
    public void Poll_ReceivedWhileNotUp_IsAnswered(BfdState state)
    {
        Bench bench = new Bench().In(state);
        Assert.True(bench.Receive(bench.From(BfdState.Down) with { Poll = true }).Sent!.Value.Final);
    }

    [Fact]
    [Trait("Scenario", "B16")]
    public void Configure_SendSlower_KeepsTheOldIntervalUntilTheAnswer()
    {
        Bench bench = new Bench(Every(300, 300)).Settled().Step(BfdEvent.Configure(Every(800, 300)));
        Assert.Equal((true, Ms(800)), (bench.Sent!.Value.Poll, bench.Sent.Value.DesiredMinTransmit));
        Assert.Equal(Ms(300), bench.Session.TransmitInterval);
        _ = bench.Receive(Answer(bench, final: true));
        Assert.Equal(Ms(800), bench.Session.TransmitInterval);
        Assert.Contains(new BfdEffect(BfdEffectKind.IntervalsChanged), bench.Effects);
    }

    [Fact]
    public void Configure_SendFaster_IsInForceAtOnce()
    {
        Bench bench = new Bench(Every(300, 300)).Settled();
        BfdPacket peer = bench.From(BfdState.Up) with { RequiredMinReceive = Ms(10) };
        _ = bench.Receive(peer).Step(BfdEvent.Configure(Every(50, 300)));
        Assert.Equal((true, Ms(50)), (bench.Session.IsPolling, bench.Session.TransmitInterval));
    }

    [Fact]
    public void Configure_DetectFaster_KeepsTheOldDetectionTimeUntilTheAnswer()
    {
        Bench bench = new Bench(Every(300, 300)).Settled();
        _ = bench.Receive(Answer(bench, final: false)).Step(BfdEvent.Configure(Every(300, 50)));
        Assert.Equal((true, Ms(50)), (bench.Sent!.Value.Poll, bench.Sent.Value.RequiredMinReceive));
        Assert.Equal(Ms(900), bench.Session.DetectionTime);
        _ = bench.Receive(Answer(bench, final: true));
        Assert.Equal(Ms(150), bench.Session.DetectionTime);
    }

    [Fact]
    public void Configure_DetectSlower_IsInForceAtOnce()
    {
        Bench bench = new Bench(Every(300, 300)).Settled().Step(BfdEvent.Configure(Every(300, 700)));
        Assert.Equal((true, Ms(2100)), (bench.Session.IsPolling, bench.Session.DetectionTime));
    }

    [Fact]
    public void Configure_WhilePolling_WaitsForTheAnswerAndOnePacketWithoutFinal()
    {
        Bench bench = new Bench(Every(300, 300)).Settled().Step(BfdEvent.Configure(Every(400, 300)));
        _ = bench.Step(BfdEvent.Configure(Every(500, 300)));
        Assert.Null(bench.Sent);
        Assert.Equal(Ms(400), bench.Tick(Ms(300)).Sent!.Value.DesiredMinTransmit);
        _ = bench.Receive(Answer(bench, final: true));
        Assert.Equal((false, Ms(400)), (bench.Session.IsPolling, bench.Session.TransmitInterval));
        _ = bench.Receive(Answer(bench, final: true));
        Assert.False(bench.Session.IsPolling);
        _ = bench.Receive(Answer(bench, final: false));
        Assert.Equal((true, Ms(500)), (bench.Sent!.Value.Poll, bench.Sent.Value.DesiredMinTransmit));
        Assert.Equal(Ms(400), bench.Session.TransmitInterval);
        _ = bench.Receive(Answer(bench, final: true));
        Assert.Equal(Ms(500), bench.Session.TransmitInterval);
    }

    [Fact]
    public void Configure_TakenBackWhilePolling_PollsForNothingMore()
    {
        Bench bench = new Bench(Every(300, 300)).Settled().Step(BfdEvent.Configure(Every(400, 300)));
        _ = bench.Step(BfdEvent.Configure(Every(500, 300))).Step(BfdEvent.Configure(Every(400, 300)));
        _ = bench.Receive(Answer(bench, final: true)).Receive(Answer(bench, final: false));
        Assert.False(bench.Session.IsPolling);
    }

    [Fact]
    public void Configure_Multiplier_IsToldAtOnceWithoutAPoll()
    {
        Bench bench = new Bench().Settled().Step(BfdEvent.Configure(new BfdParameters { DetectMultiplier = 1 }));
        Assert.Equal((false, (byte)1), (bench.Sent!.Value.Poll, bench.Sent.Value.DetectMultiplier));
        Assert.True(bench.Session.NextDeadline - bench.Now <= Ms(270));
    }

    [Fact]
    public void Session_GoesDownWhilePolling_PollsNoMoreAndIsSlow()
    {
        Bench bench = new Bench().Settled().Step(BfdEvent.Configure(Every(800, 200)));
        _ = bench.Receive(bench.From(BfdState.Down));
        Assert.Equal(
            (false, BfdState.Down, TimeSpan.FromSeconds(1)),
            (bench.Sent!.Value.Poll, bench.Sent.Value.State, bench.Sent.Value.DesiredMinTransmit));
        Assert.Equal(TimeSpan.FromSeconds(1), bench.Session.TransmitInterval);
    }

    private static BfdPacket Answer(Bench bench, bool final) => bench.From(BfdState.Up) with
    {
        Final = final,
        DesiredMinTransmit = Ms(50),
        RequiredMinReceive = Ms(50),
    };
}
