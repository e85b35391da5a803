// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tests;

/// <summary>Failover by hand, maintenance, and other parameters while it runs.</summary>
public sealed class OperatorTests
{
    [Fact]
    public void Yield_ToAnybody_DefersUntilReleased()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Step(VrrpEvent.Yield());
        Assert.Equal(["send 0", "let go", "Master to Backup: Yielded"], bench.Seen.Log);
        for (int i = 0; i < 20; i++)
        {
            bench.RunFor(TimeSpan.FromMilliseconds(100));
            bench.Hear(50);
        }

        Assert.Equal(VrrpState.Backup, bench.State);
        bench.Step(VrrpEvent.Release);
        bench.RunFor(TimeSpan.FromMilliseconds(100));
        bench.Hear(50);
        bench.RunFor(TimeSpan.FromMilliseconds(300));
        Assert.Equal((VrrpState.Master, VrrpReason.Preempted), (bench.State, bench.Instance.Reason));
    }

    [Fact]
    public void Yield_NobodyThere_ComesBackAndSaysSo()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Step(VrrpEvent.Yield());
        bench.RunFor(TimeSpan.FromMilliseconds(361));
        Assert.Equal(VrrpState.Master, bench.State);
        Assert.Contains(bench.Seen.Notices, notice => notice.Kind == VrrpNoticeKind.YieldUnanswered);
    }

    [Fact]
    public void Yield_ToAUnicastPeer_IsSaidToItAlone()
    {
        VrrpParameters parameters = Bench.Parameters() with { Peers = [new(Bench.Lower), new(Bench.Higher)] };
        Bench bench = new Bench(parameters).In(VrrpState.Master);
        bench.Step(VrrpEvent.Yield(Bench.Lower));
        Assert.Equal(["send 0 to 192.0.2.9"], bench.Seen.Log);
        bench.RunFor(TimeSpan.FromMilliseconds(60));
        Assert.Equal(["send 0 to 192.0.2.9", "send 0 to 192.0.2.9"], bench.Seen.Log);
        bench.RunFor(TimeSpan.FromMilliseconds(41));
        Assert.Equal(["send 100 to 192.0.2.11"], bench.Seen.Log.Where(line => line.StartsWith("send", StringComparison.Ordinal)));
        bench.Hear(40, Bench.Lower, to: Bench.Own);
        Assert.Equal(["let go", "Master to Backup: Yielded"], bench.Seen.Log);
        bench.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.Equal(VrrpDiscard.None, bench.Hear(40, Bench.Lower, to: Bench.Own));
    }

    [Fact]
    public void Yield_ToAPeerThatIsDead_KeepsMastership()
    {
        VrrpParameters parameters = Bench.Parameters() with { Peers = [new(Bench.Lower), new(Bench.Higher)] };
        Bench bench = new Bench(parameters).In(VrrpState.Master);
        bench.Step(VrrpEvent.Yield(Bench.Lower));
        bench.RunFor(TimeSpan.FromMilliseconds(420));
        Assert.Equal(VrrpState.Master, bench.State);
        Assert.Contains(bench.Seen.Notices, notice => notice.Kind == VrrpNoticeKind.YieldUnanswered && notice.Peer == Bench.Lower);
        Assert.Contains("send 100 to 192.0.2.9", bench.Seen.Log);
    }

    [Fact]
    public void Claim_Backup_IsMasterAtOnceAtTheHighestPriority()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Hear(200);
        bench.Step(VrrpEvent.Claim);
        Assert.Equal(["send 254", "hold", "announce 1", "Backup to Master: Claimed"], bench.Seen.Log);
        bench.Hear(200);
        Assert.Equal(VrrpState.Master, bench.State);
        bench.Hear(255);
        Assert.Equal((VrrpState.Backup, 100), (bench.State, bench.Instance.EffectivePriority));
    }

    [Fact]
    public void Claim_WhileHeld_DoesNothing()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Step(VrrpEvent.Maintenance(true));
        bench.Step(VrrpEvent.Claim);
        Assert.Equal((VrrpState.Initialize, 100), (bench.State, bench.Instance.EffectivePriority));
    }

    [Fact]
    public void Maintenance_Master_SaysFarewellAndStaysOut()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Step(VrrpEvent.Maintenance(true));
        Assert.Equal(["send 0", "let go", "Master to Initialize: Maintenance"], bench.Seen.Log);
        bench.Step(VrrpEvent.Stop);
        bench.Step(VrrpEvent.Start);
        Assert.Equal((VrrpState.Initialize, VrrpHolds.Maintenance), (bench.State, bench.Instance.Holds));
        bench.Step(VrrpEvent.Maintenance(false));
        Assert.Equal(VrrpState.Backup, bench.State);
    }

    [Fact]
    [Trait("Scenario", "CFG-06")]
    public void Configure_FewerAddresses_AdvertisesThemWithoutATransition()
    {
        VrrpParameters both = Bench.Parameters() with { Addresses = [Bench.Virtual, IpAddr.Parse("192.0.2.101")] };
        Bench bench = new Bench(both).In(VrrpState.Master);
        bench.Step(VrrpEvent.Configure(Bench.Parameters()));
        Assert.Equal(VrrpState.Master, bench.State);
        Assert.DoesNotContain("send 0", bench.Seen.Log);
        Assert.Equal((12, 1), (bench.Seen.Sent[0].Octets.Length, bench.Seen.Sent[0].Octets[3]));
    }

    [Fact]
    [Trait("Scenario", "STM-25")]
    public void Configure_HigherPriorityInBackup_TakesOverWithinItsDownInterval()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        bench.Hear(150);
        bench.Step(VrrpEvent.Configure(Bench.Parameters() with { Priority = 200 }));
        MonoTime configured = bench.Now;
        while (bench.State == VrrpState.Backup)
        {
            bench.RunFor(TimeSpan.FromMilliseconds(100));
            bench.Hear(150);
            Assert.InRange((bench.Now - configured).TotalMilliseconds, 0, 400);
        }

        Assert.Equal((VrrpReason.Preempted, 321.875), (bench.Instance.Reason, Math.Round((bench.Instance.Since - configured).TotalMilliseconds, 3)));
    }

    [Fact]
    [Trait("Scenario", "CFG-05")]
    public void Configure_OtherAddresses_HoldsAndAnnouncesWithoutATransition()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.RunFor(TimeSpan.FromSeconds(10));
        bench.Step(VrrpEvent.Configure(Bench.Parameters() with { Addresses = [Bench.Virtual, IpAddr.Parse("192.0.2.101")] }));
        Assert.Equal(["send 100", "hold", "announce 1"], bench.Seen.Log);
        Assert.Equal(16, bench.Seen.Sent[0].Octets.Length);
    }

    [Fact]
    [Trait("Scenario", "MIX-41")]
    public void Configure_NothingNew_DoesNothing()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        MonoTime deadline = bench.Instance.NextDeadline;
        bench.Step(VrrpEvent.Configure(Bench.Parameters()));
        Assert.Empty(bench.Seen.Log);
        Assert.Equal(deadline, bench.Instance.NextDeadline);
        Bench backup = new Bench().In(VrrpState.Backup);
        backup.Hear(200, centiseconds: 50);
        deadline = backup.Instance.NextDeadline;
        backup.Step(VrrpEvent.Configure(Bench.Parameters()));
        Assert.Equal(deadline, backup.Instance.NextDeadline);
    }

    [Fact]
    [Trait("Scenario", "CFG-09")]
    public void Configure_LongerInterval_IsAdvertisedAtOnce()
    {
        Bench bench = new Bench().In(VrrpState.Master);
        bench.Step(VrrpEvent.Configure(Bench.Parameters() with { Interval = TimeSpan.FromMilliseconds(500) }));
        Assert.Equal(["send 100"], bench.Seen.Log);
        Assert.Equal(50, bench.Seen.Sent[0].Octets[5]);
    }

    [Fact]
    [Trait("Scenario", "CFG-07")]
    public void Configure_OtherRouterOrVersion_IsRefused()
    {
        Bench bench = new Bench().In(VrrpState.Backup);
        Assert.Throws<ArgumentException>(() => bench.Step(VrrpEvent.Configure(Bench.Parameters() with { VirtualRouterId = 52 })));
        Assert.Throws<ArgumentException>(() => bench.Step(VrrpEvent.Configure(Bench.Parameters(version: VrrpVersion.V2))));
    }

    [Fact]
    [Trait("Scenario", "STM-35")]
    public void Parameters_Wrong_EachHasASentence()
    {
        VrrpParameters wrong = new()
        {
            Version = VrrpVersion.V2,
            Family = IpFamily.IPv6,
            VirtualRouterId = 0,
            Priority = 0,
            Interval = TimeSpan.FromMilliseconds(400),
            Addresses = [],
            Peers = [new(Bench.Own)],
            Group = VrrpWire.IPv4Group,
            Policy = new VrrpPolicy { DownAdvertisements = 0, Farewells = 0, Announcements = [TimeSpan.FromSeconds(1)], Refresh = TimeSpan.FromMilliseconds(1) },
        };
        IReadOnlyList<string> errors = wrong.Errors();
        Assert.Equal(11, errors.Count);
        Assert.Empty(Bench.Parameters().Errors());
        Assert.Empty((Bench.Parameters() with { Interval = TimeSpan.FromMilliseconds(40950) }).Errors());
        Assert.Single((Bench.Parameters() with { Interval = TimeSpan.FromMilliseconds(40960) }).Errors());
        Assert.Throws<ArgumentException>(() => new Bench(wrong));
    }
}
