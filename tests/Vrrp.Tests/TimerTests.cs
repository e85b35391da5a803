// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tests;

[Trait("Rfc", "9568-6.1")]
public sealed class TimerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(VrrpVersion.V2, 1000, 254, 7.8125, 3007.8125)]
    [InlineData(VrrpVersion.V2, 1000, 100, 609.375, 3609.375)]
    [InlineData(VrrpVersion.V2, 10000, 100, 609.375, 30609.375)]
    [InlineData(VrrpVersion.V3, 1000, 100, 609.375, 3609.375)]
    [InlineData(VrrpVersion.V3, 100, 254, 0.78125, 300.7812)]
    [InlineData(VrrpVersion.V3, 100, 1, 99.6094, 399.6094)]
    [InlineData(VrrpVersion.V3, 10, 100, 6.0938, 36.0938)]
    [InlineData(VrrpVersion.V3, 10000, 100, 6093.75, 36093.75)]
    [InlineData(VrrpVersion.V3, 40950, 100, 24953.9062, 147803.9062)]
    [Trait("Scenario", "STM-05")]
    [Trait("Scenario", "STM-34")]
    [Trait("Scenario", "STM-35")]
    public void SkewAndDownInterval_AreThoseOfTheRfc(VrrpVersion version, int milliseconds, byte priority, double skew, double down)
    {
        VrrpInstance instance = new Bench(Bench.Parameters(version: version) with
        {
            Interval = TimeSpan.FromMilliseconds(milliseconds),
            Priority = priority,
        }).Instance;
        Assert.Equal(skew, instance.SkewTime.TotalMilliseconds, 0.001);
        Assert.Equal(down, instance.MasterDownInterval.TotalMilliseconds, 0.001);
    }

    [Fact]
    [Trait("Scenario", "FI-15")]
    public void DownInterval_OtherCount_CountsThatMany()
    {
        VrrpInstance instance = new Bench(Bench.Parameters(new VrrpPolicy { DownAdvertisements = 5 })).Instance;
        Assert.Equal(560.9375, instance.MasterDownInterval.TotalMilliseconds, 0.001);
    }

    [Fact]
    [Trait("Scenario", "STM-21")]
    [Trait("Scenario", "STM-22")]
    [Trait("Scenario", "STM-23")]
    public void Interval_OfTheMaster_IsLearnedAndForgotten()
    {
        Bench bench = new Bench(Bench.Parameters() with { Interval = TimeSpan.FromSeconds(1) }).In(VrrpState.Backup);
        bench.Hear(200, centiseconds: 10);
        Assert.Equal(360.9375, (bench.Instance.NextDeadline - bench.Now).TotalMilliseconds, 0.001);
        bench.Hear(200, centiseconds: 200);
        Assert.Equal(7218.75, (bench.Instance.NextDeadline - bench.Now).TotalMilliseconds, 0.001);
        bench.Hear(200, centiseconds: 10);
        bench.AtDeadline();
        Assert.Equal(VrrpState.Master, bench.State);
        Assert.Equal(TimeSpan.FromSeconds(1), bench.Instance.MasterInterval);
        byte[] sent = bench.Seen.Sent[0].Octets;
        Assert.Equal(100, (sent[4] << 8) | sent[5]);
    }

    [Fact]
    [Trait("Scenario", "RX-24")]
    public void Interval_OfTheMaster_TheLongestThereIs_IsLearned()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        Assert.Equal(VrrpDiscard.None, bench.Hear(200, centiseconds: 4095));
        Assert.Equal(TimeSpan.FromSeconds(40.95), bench.Instance.MasterInterval);
        Assert.Equal(147803.9062, (bench.Instance.NextDeadline - bench.Now).TotalMilliseconds, 0.001);
    }

    [Fact]
    [Trait("Scenario", "STM-24")]
    [Trait("Scenario", "MIX-25")]
    public void Interval_OfAVersion2Master_IsRefused()
    {
        Bench strict = new Bench(Bench.Parameters(version: VrrpVersion.V2)).In(VrrpState.Backup);
        MonoTime deadline = strict.Instance.NextDeadline;
        strict.Now += Interval;
        Assert.Equal(VrrpDiscard.IntervalMismatch, strict.Hear(200, centiseconds: 200));
        Assert.Equal([VrrpMismatch.Interval], strict.Seen.Mismatches());
        Assert.Equal(deadline, strict.Instance.NextDeadline);
    }

    [Fact]
    [Trait("Scenario", "TX-10")]
    public void Cadence_LateTimers_DoNotAddUp()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        MonoTime began = bench.Now;
        for (int i = 1; i <= 1000; i++)
        {
            MonoTime due = began + (Interval * i);
            bench.RunFor(due + TimeSpan.FromMilliseconds(i % 7) - bench.Now);
        }

        Assert.Equal(1001, bench.Instance.Counters.Sent);
        Assert.Equal(VrrpState.Master, bench.State);
    }

    [Fact]
    [Trait("Scenario", "ARP-01")]
    public void Announcements_FollowTheSchedule()
    {
        Bench bench = new Bench(Bench.Parameters(new VrrpPolicy { Refresh = TimeSpan.FromSeconds(60) })).In(VrrpState.Backup);
        bench.AtDeadline();
        MonoTime began = bench.Now;
        List<double> at = bench.Seen.Log.Contains("announce 1") ? [0] : [];
        while (bench.Now < began + TimeSpan.FromSeconds(130))
        {
            bench.AtDeadline();
            if (bench.Seen.Log.Exists(line => line is "announce 1" or "refresh 1"))
            {
                at.Add((bench.Now - began).TotalSeconds);
            }
        }

        Assert.Equal([0, 0.1, 0.3, 1, 5, 65, 125], at.Select(seconds => Math.Round(seconds, 3)));
    }

    [Fact]
    [Trait("Scenario", "STM-25")]
    public void Priority_RaisedInBackup_MovesTheTimerByTheSkew()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Hear(150);
        MonoTime before = bench.Instance.NextDeadline;
        bench.Step(VrrpEvent.Priority(200));
        Assert.Equal(-39.0625, (bench.Instance.NextDeadline - before).TotalMilliseconds, 0.001);
        Assert.Equal(VrrpDiscard.InferiorPriority, bench.Hear(150));
        bench.AtDeadline();
        Assert.Equal(VrrpState.Master, bench.State);
    }

    [Fact]
    [Trait("Scenario", "STM-26")]
    [Trait("Scenario", "MIX-43")]
    public void Priority_LoweredInMaster_GoesOutWithTheNextAdvertisement()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Step(VrrpEvent.Priority(40));
        Assert.Equal(VrrpState.Master, bench.State);
        bench.AtDeadline();
        Assert.Equal("send 40", bench.Seen.Log[0]);
        bench.Hear(90);
        Assert.Equal(VrrpState.Backup, bench.State);
    }

    [Theory]
    [InlineData(300.7, VrrpState.Master)]
    [InlineData(301.0, VrrpState.Backup)]
    [InlineData(5000.0, VrrpState.Backup)]
    [Trait("Scenario", "FI-12")]
    [Trait("Scenario", "FI-28")]
    public void Master_TimerLate_LetsGoBeforeItSends(double milliseconds, VrrpState expected)
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.After(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(expected, bench.State);
        if (expected == VrrpState.Backup)
        {
            Assert.Equal(["let go", "Master to Backup: Overslept"], bench.Seen.Log);
            Assert.Equal(bench.Now + TimeSpan.FromMilliseconds(160.9375), bench.Instance.NextDeadline);
            Assert.Equal(1u, bench.Instance.Counters.Fenced);
        }
        else
        {
            Assert.Equal("send 100", bench.Seen.Log[0]);
        }
    }

    [Fact]
    [Trait("Scenario", "FI-12")]
    public void Master_WokenByAnything_LetsGoFirst()
    {
        Bench heard = new Bench().In(VrrpState.Master);
        heard.Now += TimeSpan.FromSeconds(5);
        Assert.Equal(VrrpDiscard.InferiorPriority, heard.Hear(50));
        Assert.Equal(["let go", "Master to Backup: Overslept"], heard.Seen.Log);
        Bench stopped = new Bench().In(VrrpState.Master);
        stopped.Now += TimeSpan.FromSeconds(5);
        stopped.Step(VrrpEvent.Stop);
        Assert.Equal(["let go", "Master to Backup: Overslept", "Backup to Initialize: Stopped"], stopped.Seen.Log);
        Bench claimed = new Bench().In(VrrpState.Master);
        claimed.Step(VrrpEvent.Claim);
        claimed.Now += TimeSpan.FromSeconds(5);
        claimed.Step(VrrpEvent.Timer);
        Assert.Equal((VrrpState.Backup, 100), (claimed.State, claimed.Instance.EffectivePriority));
    }

    [Fact]
    public void Backup_TimerLaterThanADownInterval_ListensOnceMore()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.After(TimeSpan.FromMilliseconds(723));
        Assert.Equal(VrrpState.Backup, bench.State);
        Assert.Equal(VrrpNoticeKind.Overslept, bench.Seen.Notices.Single().Kind);
        Assert.Equal(bench.Now + TimeSpan.FromMilliseconds(160.9375), bench.Instance.NextDeadline);
        Assert.Equal(VrrpState.Master, bench.AtDeadline().State);
    }

    [Fact]
    [Trait("Scenario", "FI-30")]
    public void Master_NothingLeaves_LetsGoAfterADownInterval()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        MonoTime began = bench.Now;
        while (bench.State == VrrpState.Master)
        {
            bench.RunFor(Interval);
            bench.Step(VrrpEvent.SendFailed);
            Assert.InRange((bench.Now - began).TotalMilliseconds, 0, 500);
        }

        Assert.Equal(VrrpReason.SendFailing, bench.Instance.Reason);
        Assert.InRange((bench.Instance.Since - began).TotalMilliseconds, 300, 401);
    }

    [Fact]
    public void Master_OneSendFails_GoesOn()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        for (int i = 0; i < 30; i++)
        {
            bench.RunFor(Interval);
            if (i % 3 != 0)
            {
                bench.Step(VrrpEvent.SendFailed);
            }
        }

        Assert.Equal(VrrpState.Master, bench.State);
        Assert.Equal(20u, bench.Instance.Counters.SendFailures);
    }

    [Fact]
    public void Timer_EarlyOrTwice_DoesNothing()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.RunFor(Interval);
        bench.Step(VrrpEvent.Timer);
        bench.After(TimeSpan.FromMilliseconds(50));
        Assert.Empty(bench.Seen.Log);
    }
}
