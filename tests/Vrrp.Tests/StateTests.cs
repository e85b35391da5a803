// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tests;

/// <summary>Interval 100 ms and priority 100 unless said otherwise: skew 60.9375 ms, master-down interval 360.9375 ms.</summary>
[Trait("Rfc", "9568-6.4")]
public sealed class StateTests
{
    private static readonly TimeSpan Skew = TimeSpan.FromMilliseconds(60.9375);
    private static readonly TimeSpan Down = TimeSpan.FromMilliseconds(360.9375);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    [Fact]
    [Trait("Scenario", "STM-06")]
    [Trait("Scenario", "ARP-14")]
    public void Start_NoOwner_SweepsAndListens()
    {
        Bench bench = new();
        bench.Step(VrrpEvent.Source(bench.Source, 24));
        Assert.Equal(MonoTime.Never, bench.Instance.NextDeadline);
        bench.Step(VrrpEvent.Start);
        Assert.Equal(["let go", "let go", "Initialize to Backup: Started"], bench.Seen.Log);
        Assert.Equal(bench.Now + Down, bench.Instance.NextDeadline);
        bench.After(Down - TimeSpan.FromTicks(1));
        Assert.Equal(VrrpState.Backup, bench.State);
        bench.AtDeadline();
        Assert.Equal(["send 100", "hold", "announce 1", "Backup to Master: MasterSilent"], bench.Seen.Log);
    }

    [Fact]
    [Trait("Scenario", "STM-03")]
    [Trait("Scenario", "ARP-02")]
    public void Start_Owner_IsMasterAtOnce()
    {
        Bench bench = new(Bench.Parameters() with { Priority = 255 });
        bench.Step(VrrpEvent.Start);
        Assert.Equal((VrrpState.Initialize, VrrpHolds.NoSource), (bench.State, bench.Instance.Holds));
        bench.Step(VrrpEvent.Source(bench.Source, 24));
        Assert.Equal(["send 255", "hold", "announce 1", "Initialize to Master: OwnerStarted"], bench.Seen.Log);
    }

    [Fact]
    [Trait("Scenario", "CFG-20")]
    public void Start_WithoutALink_WaitsAndRecovers()
    {
        Bench bench = new();
        bench.Step(VrrpEvent.Start);
        Assert.Equal((VrrpState.Initialize, VrrpHolds.NoSource), (bench.State, bench.Instance.Holds));
        Assert.Equal(MonoTime.Never, bench.Instance.NextDeadline);
        Assert.Equal(VrrpDiscard.NotRunning, bench.Hear(200));
        bench.Now += TimeSpan.FromHours(1);
        bench.Step(VrrpEvent.Source(bench.Source, 24));
        Assert.Equal((VrrpState.Backup, bench.Now + Down), (bench.State, bench.Instance.NextDeadline));
        Assert.Equal(VrrpState.Master, bench.AtDeadline().State);
    }

    [Theory]
    [InlineData(360.0, VrrpState.Backup)]
    [InlineData(300.7, VrrpState.Master)]
    [InlineData(0.0, VrrpState.Master)]
    [InlineData(-1.0, VrrpState.Backup)]
    [Trait("Scenario", "FI-08")]
    public void Resume_ByAgeOfTheLastAdvertisement(double ageMilliseconds, VrrpState expected)
    {
        Bench bench = new();
        bench.Step(VrrpEvent.Source(bench.Source, 24));
        bench.Step(VrrpEvent.Resume(TimeSpan.FromMilliseconds(ageMilliseconds)));
        Assert.Equal(expected, bench.State);
        string[] resumed = ["send 100", "hold", "announce 1", "Initialize to Master: Resumed"];
        Assert.Equal(expected == VrrpState.Master ? resumed : ["let go", "let go", "Initialize to Backup: Started"], bench.Seen.Log);
    }

    [Fact]
    public void Resume_SourceComesTooLate_IsABackup()
    {
        Bench bench = new();
        bench.Step(VrrpEvent.Resume(TimeSpan.FromMilliseconds(200)));
        Assert.Empty(bench.Seen.Log);
        bench.Now += TimeSpan.FromMilliseconds(150);
        bench.Step(VrrpEvent.Source(bench.Source, 24));
        Assert.Equal(["let go", "Initialize to Backup: Started"], bench.Seen.Log);
    }

    [Fact]
    [Trait("Scenario", "STM-08")]
    public void Stop_Backup_SaysNothing()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Step(VrrpEvent.Stop);
        Assert.Equal(["Backup to Initialize: Stopped"], bench.Seen.Log);
        Assert.Equal(MonoTime.Never, bench.Instance.NextDeadline);
    }

    [Fact]
    [Trait("Scenario", "FI-38")]
    public void Stop_Master_SaysFarewellThreeTimes()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Step(VrrpEvent.Stop);
        Assert.Equal(["send 0", "let go", "Master to Initialize: Stopped"], bench.Seen.Log);
        bench.RunFor(TimeSpan.FromSeconds(10));
        Assert.Equal(["send 0", "send 0"], bench.Seen.Log);
        Assert.Equal(MonoTime.Never, bench.Instance.NextDeadline);
    }

    [Fact]
    public void Stop_SomebodyHasTakenOver_EndsTheFarewells()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Step(VrrpEvent.Stop);
        Assert.Equal(VrrpDiscard.NotRunning, bench.Hear(90));
        Assert.Equal(MonoTime.Never, bench.Instance.NextDeadline);
    }

    [Fact]
    [Trait("Scenario", "STM-09")]
    public void Backup_Farewell_TakesOverAfterTheSkew()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Hear(0);
        Assert.Equal(bench.Now + Skew, bench.Instance.NextDeadline);
        MonoTime first = bench.Instance.NextDeadline;
        bench.Now += TimeSpan.FromMilliseconds(5);
        bench.Hear(0);
        Assert.Equal(first, bench.Instance.NextDeadline);
        bench.AtDeadline();
        Assert.Equal((VrrpState.Master, VrrpReason.MasterResigned), (bench.State, bench.Instance.Reason));
    }

    [Fact]
    public void Backup_FarewellOfAnotherThanTheMaster_ChangesNothing()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Hear(200, Bench.Higher);
        MonoTime deadline = bench.Instance.NextDeadline;
        bench.Now += TimeSpan.FromMilliseconds(1);
        Assert.Equal(VrrpDiscard.ForeignFarewell, bench.Hear(0, Bench.Lower));
        Assert.Equal(deadline, bench.Instance.NextDeadline);
        Assert.Equal(VrrpDiscard.None, bench.Hear(0, Bench.Higher));
    }

    [Theory]
    [InlineData(101)]
    [InlineData(100)]
    [InlineData(255)]
    [Trait("Scenario", "STM-10")]
    [Trait("Scenario", "MIX-40")]
    public void Backup_EqualOrHigherPriority_StartsTheTimerAgain(byte priority)
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Now += TimeSpan.FromMilliseconds(300);
        Assert.Equal(VrrpDiscard.None, bench.Hear(priority, Bench.Lower));
        Assert.Equal(bench.Now + Down, bench.Instance.NextDeadline);
        Assert.Equal(Bench.Lower, bench.Instance.MasterAddress);
        bench.RunFor(Down - TimeSpan.FromTicks(1));
        Assert.Equal(VrrpState.Backup, bench.State);
        bench.AtDeadline();
        Assert.Equal((VrrpState.Master, VrrpReason.MasterSilent), (bench.State, bench.Instance.Reason));
    }

    [Fact]
    [Trait("Scenario", "STM-11")]
    public void Backup_LowerPriority_DoesNotHoldItBack()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        MonoTime deadline = bench.Instance.NextDeadline;
        bench.Now += TimeSpan.FromMilliseconds(300);
        Assert.Equal(VrrpDiscard.InferiorPriority, bench.Hear(99));
        Assert.Equal(deadline, bench.Instance.NextDeadline);
        bench.AtDeadline();
        Assert.Equal(VrrpReason.Preempted, bench.Instance.Reason);
    }

    [Fact]
    [Trait("Scenario", "STM-12")]
    [Trait("Scenario", "MIX-20")]
    public void Backup_LowerPriorityWithoutPreempt_IsFollowed()
    {
        Bench bench = new Bench(Bench.Parameters(new VrrpPolicy { Preempt = false })).In(VrrpState.Backup);
        for (int i = 0; i < 20; i++)
        {
            bench.Now += Interval;
            Assert.Equal(VrrpDiscard.None, bench.Hear(1));
            Assert.Equal(bench.Now + Down, bench.Instance.NextDeadline);
        }

        bench.AtDeadline();
        Assert.Equal((VrrpState.Master, VrrpReason.MasterSilent), (bench.State, bench.Instance.Reason));
    }

    [Fact]
    [Trait("Scenario", "STM-27")]
    public void Backup_PreemptDelay_PreemptsDelayAndDownIntervalLater()
    {
        Bench bench = new Bench(Bench.Parameters(new VrrpPolicy { PreemptDelay = TimeSpan.FromSeconds(2) })).In(VrrpState.Backup);
        MonoTime began = bench.Now;
        while (bench.State == VrrpState.Backup)
        {
            bench.Hear(50);
            bench.RunFor(Interval);
        }

        Assert.InRange((bench.Instance.Since - began).TotalSeconds, 2 + 0.26, 2 + 0.361);
    }

    [Fact]
    [Trait("Scenario", "STM-28")]
    public void Backup_MasterDiesDuringPreemptDelay_IsNotWaitedFor()
    {
        Bench bench = new Bench(Bench.Parameters(new VrrpPolicy { PreemptDelay = TimeSpan.FromSeconds(100) })).In(VrrpState.Backup);
        bench.Hear(50);
        Assert.Equal(bench.Now + Down, bench.Instance.NextDeadline);
        Assert.Equal(VrrpState.Master, bench.AtDeadline().State);
    }

    [Theory]
    [InlineData(101, true)]
    [InlineData(255, true)]
    [InlineData(100, false)]
    [InlineData(99, false)]
    [Trait("Scenario", "STM-13")]
    public void Master_OtherPriorityFromALowerAddress(byte priority, bool givesWay)
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Hear(priority, Bench.Lower);
        string[] expected = givesWay ? ["let go", "Master to Backup: SuperiorHeard"] : ["send 100"];
        Assert.Equal(expected, bench.Seen.Log);
        Assert.Equal(givesWay ? Bench.Lower : null, bench.Instance.MasterAddress);
        Assert.Equal(givesWay ? Down : Interval, bench.Instance.NextDeadline - bench.Now);
    }

    [Fact]
    [Trait("Scenario", "FI-22")]
    public void Master_GivesWayWhileItAnnounces_AnnouncesNoMore()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Hear(200);
        Assert.Equal(["let go", "Master to Backup: SuperiorHeard"], bench.Seen.Log);
        for (int i = 0; i < 60; i++)
        {
            bench.RunFor(Interval);
            Assert.Empty(bench.Seen.Log);
            bench.Hear(200);
        }
    }

    [Fact]
    [Trait("Scenario", "STM-14")]
    [Trait("Scenario", "MIX-23")]
    public void Master_EqualPriorityFromAHigherAddress_GivesWay()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Hear(100, Bench.Higher);
        Assert.Equal(VrrpState.Backup, bench.State);
    }

    [Fact]
    [Trait("Scenario", "R6-07")]
    [Trait("Scenario", "R6-01")]
    public void Master6_EqualPriorityFromAHigherAddress_GivesWay()
    {
        VrrpParameters parameters = Bench.Parameters() with
        {
            Family = IpFamily.IPv6,
            Addresses = [IpAddr.Parse("fe80::100"), IpAddr.Parse("2001:db8::100")],
        };
        Bench bench = new Bench(parameters).In(VrrpState.Master);
        bench.Hear(100, IpAddr.Parse("fe80::f"));
        Assert.Equal(VrrpState.Master, bench.State);
        bench.Hear(100, IpAddr.Parse("fe80::11"));
        Assert.Equal(VrrpState.Backup, bench.State);
    }

    [Fact]
    public void Master_Farewell_AdvertisesAndStartsItsTimerAgain()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Now += TimeSpan.FromMilliseconds(60);
        bench.Hear(0);
        Assert.Equal(["send 100"], bench.Seen.Log);
        Assert.Equal(bench.Now + TimeSpan.FromMilliseconds(40), bench.Instance.NextDeadline); // the announcement at 100 ms
        bench.RunFor(TimeSpan.FromMilliseconds(99));
        Assert.DoesNotContain("send 100", bench.Seen.Log);
        bench.RunFor(TimeSpan.FromMilliseconds(1));
        Assert.Contains("send 100", bench.Seen.Log);
    }

    [Fact]
    [Trait("Scenario", "STM-19")]
    public void Master_FloodOfLowerPriorities_AnswersTenTimesASecond()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.RunFor(TimeSpan.FromSeconds(30));
        long before = bench.Instance.Counters.Announcements;
        for (int i = 0; i < 100; i++)
        {
            bench.RunFor(TimeSpan.FromMilliseconds(10));
            bench.Hear(50);
        }

        Assert.InRange(bench.Instance.Counters.Asserted, 9u, 11u);
        Assert.InRange(bench.Instance.Counters.Announcements - before, 1, 4);
    }

    [Fact]
    [Trait("Scenario", "MIX-39")]
    public void Master_LowerPriority_KeepsItsCadence()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Now += TimeSpan.FromMilliseconds(37);
        bench.Hear(50);
        Assert.Equal(["send 100"], bench.Seen.Log);
        bench.RunFor(TimeSpan.FromMilliseconds(62));
        Assert.Empty(bench.Seen.Log);
        bench.RunFor(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["send 100", "announce 1"], bench.Seen.Log);
    }

    [Fact]
    [Trait("Scenario", "STM-20")]
    public void Master_LowerPriorityWithoutAssert_SaysNothing()
    {
        Bench bench = new Bench(Bench.Parameters(new VrrpPolicy { Assert = false })).In(VrrpState.Master);
        bench.Hear(50);
        Assert.Empty(bench.Seen.Log);
    }

    [Fact]
    [Trait("Scenario", "STM-32")]
    public void Initialize_AnyMessage_IsIgnored()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Step(VrrpEvent.Fault(true));
        Assert.Equal(["send 0", "let go", "Master to Initialize: Faulted"], bench.Seen.Log);
        Assert.Equal(VrrpDiscard.NotRunning, bench.Hear(200));
        Assert.Equal(VrrpDiscard.NotRunning, bench.Hear(0));
        bench.Step(VrrpEvent.Fault(false));
        Assert.Equal(VrrpState.Backup, bench.State);
        Assert.Equal(2, bench.Instance.Discarded(VrrpDiscard.NotRunning));
    }

    [Fact]
    [Trait("Scenario", "FI-01")]
    [Trait("Scenario", "FI-03")]
    [Trait("Scenario", "FI-07")]
    public void Master_SourceLost_LetsGoAndComesBackAsBackup()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Step(VrrpEvent.SourceLost);
        Assert.Equal(["let go", "Master to Initialize: SourceLost"], bench.Seen.Log);
        Assert.Equal(MonoTime.Never, bench.Instance.NextDeadline);
        bench.Step(VrrpEvent.Source(Bench.Own, 24));
        Assert.Equal(VrrpState.Backup, bench.State);
        Assert.Equal(bench.Now + Down, bench.Instance.NextDeadline);
    }

    [Fact]
    [Trait("Scenario", "STM-33")]
    public void Master_SourceChanges_KeepsMastershipAndDecidesTiesByTheNewOne()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Step(VrrpEvent.Source(Bench.Lower, 24));
        Assert.Empty(bench.Seen.Log);
        bench.AtDeadline();
        Assert.Equal(Bench.Lower, bench.Seen.Sent[0].To.Source);
        bench.Hear(100, Bench.Own);
        Assert.Equal(VrrpState.Backup, bench.State);
    }

    [Fact]
    [Trait("Scenario", "STM-38")]
    public void Owners_Two_OneSurvivesAndBothReport()
    {
        Bench lower = new Bench(Bench.Parameters() with { Priority = 255 }).In(VrrpState.Master);
        lower.Hear(255, Bench.Higher);
        Assert.Equal(VrrpState.Backup, lower.State);
        Assert.Contains(VrrpMismatch.SecondOwner, lower.Seen.Mismatches());
        Bench higher = new Bench(Bench.Parameters() with { Priority = 255 }).In(VrrpState.Master);
        higher.Hear(255, Bench.Lower);
        Assert.Equal(VrrpState.Master, higher.State);
        Assert.Contains(VrrpMismatch.SecondOwner, higher.Seen.Mismatches());
    }

    [Fact]
    [Trait("Scenario", "STM-37")]
    public void Owner_WithoutPreempt_PreemptsAnyway()
    {
        Bench bench = new Bench(Bench.Parameters(new VrrpPolicy { Preempt = false }) with { Priority = 255 }).In(VrrpState.Master);
        bench.Hear(255, Bench.Higher);
        Assert.Equal(VrrpDiscard.InferiorPriority, bench.Hear(254, Bench.Higher));
        Assert.Equal(VrrpState.Master, bench.AtDeadline().State);
    }
}
