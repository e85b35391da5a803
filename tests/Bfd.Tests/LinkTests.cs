// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Bfd.Tests;

/// <summary>Two machines joined by a virtual wire: what the protocol promises, held over virtual hours.</summary>
public sealed class LinkTests
{
    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static BfdParameters Every(int intervalMs, byte multiplier = 3, bool passive = false) => new()
    {
        TransmitInterval = Ms(intervalMs),
        ReceiveInterval = Ms(intervalMs),
        DetectMultiplier = multiplier,
        Passive = passive,
    };

    [Theory]
    [Trait("Scenario", "B26")]
    [InlineData(10, 3, 1, 10)]
    [InlineData(50, 3, 2, 60)]
    [InlineData(300, 3, 10, 120)]
    [InlineData(300, 3, 500, 1)]
    [InlineData(300, 1, 10, 120)]
    public void Sessions_NoLoss_ComeUpAndNeverFlapOverHours(int intervalMs, byte multiplier, int sessions, int minutes)
    {
        // With a multiplier of one the margin is a tenth of the interval; the delay here varies by two milliseconds.
        Link link = new(seed: 3, sessions, Every(intervalMs, multiplier));
        link.Run(Ms(10));
        Assert.Equal(2 * sessions, link.UpCount);
        link.Run(TimeSpan.FromMinutes(minutes));
        Assert.Equal(2 * sessions, link.UpCount);
        Assert.DoesNotContain(link.Transitions, one => one.Transition.From == BfdState.Up);
        Assert.Empty(link.Discards);
        Assert.Equal(Ms(intervalMs), link.Session(0).TransmitInterval);
        Assert.Equal(Ms(intervalMs * multiplier), link.Session(1).DetectionTime);
    }

    [Fact]
    public void Sessions_TwoHundredAtTenMilliseconds_StayUpOnOneHeap()
    {
        Link link = new(seed: 4, sessions: 200, Every(10));
        link.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(400, link.UpCount);
        Assert.DoesNotContain(link.Transitions, one => one.Transition.From == BfdState.Up);
        // 200 sessions, both ways, for 10 s, one packet per 8.75 ms on average.
        Assert.InRange(link.Delivered, 450_000, 465_000);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(300)]
    public void Wire_Cut_IsDetectedWithinMultiplierTimesInterval(int intervalMs)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Link link = new(seed, sessions: 1, Every(intervalMs));
            link.Run(TimeSpan.FromSeconds(10) + Ms(seed * 17));
            link.CutTowards[0] = link.CutTowards[1] = true;
            link.Transitions.Clear();
            link.Run(Ms(intervalMs * 3) + link.MaxDelay);
            foreach (int host in new[] { 0, 1 })
            {
                (MonoTime at, _, BfdTransition transition) = Assert.Single(link.Transitions, one => one.Host == host);
                Assert.Equal(BfdCause.DetectionTimeExpired, transition.Cause);
                Assert.Equal(Ms(intervalMs * 3), at - link.LastDeliveryTo(host));
            }

            link.CutTowards[0] = link.CutTowards[1] = false;
            link.Run(TimeSpan.FromSeconds(3));
            Assert.Equal(2, link.UpCount);
        }
    }

    [Fact]
    public void Wire_CutOneWay_TakesBothDownAndNeitherComesUp()
    {
        Link link = new(seed: 5, sessions: 1, Every(50));
        link.Run(TimeSpan.FromSeconds(5));
        link.Transitions.Clear();
        link.CutTowards[0] = true;
        link.Run(TimeSpan.FromMinutes(10));
        Assert.Equal((BfdCause.DetectionTimeExpired, 0), (link.Transitions[0].Transition.Cause, link.Transitions[0].Host));
        Assert.Equal((BfdCause.PeerDown, 1), (link.Transitions[1].Transition.Cause, link.Transitions[1].Host));
        Assert.DoesNotContain(link.Transitions, one => one.Transition.To == BfdState.Up);
        link.CutTowards[0] = false;
        link.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(2, link.UpCount);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(300)]
    public void Wire_Loses_SessionsStillComeUpAndEndUpUp(int lossPerMille)
    {
        Link link = new(seed: 6, sessions: 10, Every(50)) { LossPerMille = lossPerMille };
        link.Run(TimeSpan.FromMinutes(10));
        Assert.True(link.Transitions.Exists(one => one.Transition.To == BfdState.Up));
        link.LossPerMille = 0;
        link.Run(TimeSpan.FromSeconds(10));
        link.Transitions.Clear();
        Assert.Equal(20, link.UpCount);
        link.Run(TimeSpan.FromMinutes(5));
        Assert.Empty(link.Transitions);
        Assert.False(link.Session(0).IsPolling);
    }

    [Fact]
    public void Intervals_DifferOnBothSides_EachDirectionHasItsOwn()
    {
        Link link = new(seed: 7, sessions: 1, Every(50, multiplier: 5), Every(200));
        link.Run(TimeSpan.FromHours(1));
        Assert.Equal((Ms(200), Ms(600)), (link.Session(0).TransmitInterval, link.Session(0).DetectionTime));
        Assert.Equal((Ms(200), Ms(1000)), (link.Session(1).TransmitInterval, link.Session(1).DetectionTime));
        Assert.DoesNotContain(link.Transitions, one => one.Transition.From == BfdState.Up);
    }

    [Fact]
    public void Intervals_ChangedWhileUp_NeverEndTheSessionEvenWithLoss()
    {
        Link link = new(seed: 8, sessions: 1, Every(50, multiplier: 10)) { LossPerMille = 100 };
        link.Run(TimeSpan.FromSeconds(10));
        Random random = new(8);
        for (int i = 0; i < 500; i++)
        {
            int host = random.Next(2);
            link.Tell(host, link.Session(host), BfdEvent.Configure(Every(random.Next(10, 1000), multiplier: 10)));
            link.Run(Ms(random.Next(3000)));
        }

        link.LossPerMille = 0;
        link.Run(TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(link.Transitions, one => one.Transition.From == BfdState.Up);
        foreach (int host in new[] { 0, 1 })
        {
            BfdSession session = link.Session(host);
            BfdSession peer = link.Session(1 - host);
            Assert.False(session.IsPolling);
            long expected = Math.Max(session.Parameters.TransmitInterval.Ticks, peer.Parameters.ReceiveInterval.Ticks);
            Assert.Equal(new TimeSpan(expected), session.TransmitInterval);
            Assert.Equal(session.TransmitInterval * 10, peer.DetectionTime);
        }
    }

    [Fact]
    public void Passive_WithActive_ComesUpAndTwoPassivesStaySilent()
    {
        Link mixed = new(seed: 9, sessions: 1, Every(50, passive: true), Every(50));
        mixed.Run(Ms(50));
        Assert.Equal(2, mixed.UpCount);
        Link silent = new(seed: 9, sessions: 1, Every(50, passive: true));
        silent.Run(TimeSpan.FromHours(1));
        Assert.Equal((0, 0L), (silent.UpCount, silent.Delivered));
    }

    [Fact]
    [Trait("Scenario", "B21")]
    public void AdminDown_OnOneSide_IsNoFailureOnTheOther()
    {
        Link link = new(seed: 10, sessions: 1, Every(50));
        link.Run(TimeSpan.FromSeconds(5));
        link.Transitions.Clear();
        link.Tell(0, link.Session(0), BfdEvent.Disable());
        link.Run(TimeSpan.FromMinutes(1));
        (_, int host, BfdTransition transition) = Assert.Single(link.Transitions, one => one.Host == 1);
        Assert.Equal((1, BfdCause.PeerAdminDown, false), (host, transition.Cause, transition.IsFailure));
        link.Tell(0, link.Session(0), BfdEvent.Enable);
        link.Run(TimeSpan.FromSeconds(2));
        Assert.Equal(2, link.UpCount);
    }

    [Theory]
    [InlineData(BfdAuthenticationType.SimplePassword)]
    [InlineData(BfdAuthenticationType.KeyedMd5)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedMd5)]
    [InlineData(BfdAuthenticationType.KeyedSha1)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedSha1)]
    public void Authenticated_WithLossAndCuts_ComesUpEveryTimeAndRefusesNothing(BfdAuthenticationType type)
    {
        BfdParameters parameters = Every(50) with { Authentication = new(type, new BfdKey(1, "a key"u8)) };
        Link link = new(seed: 11, sessions: 2, parameters) { LossPerMille = 20, MaxDelay = TimeSpan.Zero };
        for (int i = 0; i < 50; i++)
        {
            link.Run(TimeSpan.FromSeconds(10));
            Assert.Equal(4, link.UpCount);
            link.CutTowards[0] = link.CutTowards[1] = true;
            link.Run(TimeSpan.FromSeconds(i % 5));
            link.CutTowards[0] = link.CutTowards[1] = false;
        }

        Assert.Empty(link.Discards);
    }
}
