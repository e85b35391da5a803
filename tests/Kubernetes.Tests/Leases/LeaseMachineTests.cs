// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Leases;
using LoadBalancer.Primitives;

namespace LoadBalancer.Kubernetes.Tests.Leases;

public sealed class LeaseMachineTests
{
    private static readonly LeaseOptions Options = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2));
    private readonly LeaseMachine _machine = new("me", Options, new Random(1));

    [Fact]
    public void Contender_NoLease_CreatesItAndLeads()
    {
        Assert.Equal(LeaseRequest.Read, Tick(0).Request);
        Assert.Equal(LeaseRequest.Create, Observed(0.1, null).Request);
        Assert.Equal(LeaseChange.BecameLeader, Written(0.5, "1").Change);
        Assert.True(_machine.IsLeader(At(10.05)));
        // Counted from the sending of the create at 0.1, not from its answer.
        Assert.False(_machine.IsLeader(At(10.1)));
    }

    [Fact]
    public void Contender_FreeLease_AcquiresTheVersionSeen()
    {
        Tick(0);
        var step = Observed(0.1, Record("7", ""));
        Assert.Equal((LeaseRequest.Acquire, "7", 4), (step.Request, step.Version, step.Transitions));
    }

    [Fact]
    public void Contender_HeldLease_WaitsItsWholeDurationFromTheLastChangeSeen()
    {
        Tick(0);
        Observed(0, Record("7", "other"));
        var at = 0.0;
        while (at < 14.9)
        {
            var step = Tick(at += 0.1);
            if (step.Request == LeaseRequest.None) continue;
            Assert.Equal(LeaseRequest.Read, step.Request);
            Observed(at, Record("7", "other"));
        }
        LeaseRequest request;
        do request = Tick(at += 0.1).Request;
        while (request == LeaseRequest.None);
        Assert.Equal(LeaseRequest.Acquire, request);
        Assert.InRange(at, 15, 17.5);
    }

    [Fact]
    public void Contender_RecordNamesALongerDuration_WaitsThatLong()
    {
        Tick(0);
        Observed(0, Record("7", "other") with { Duration = TimeSpan.FromSeconds(60) });
        Assert.Equal(LeaseRequest.Read, Tick(30).Request);
        Observed(30, Record("7", "other") with { Duration = TimeSpan.FromSeconds(60) });
        Assert.Equal(LeaseRequest.Acquire, Tick(61).Request);
    }

    [Fact]
    public void Contender_HolderRenews_CountsAnew()
    {
        Tick(0);
        Observed(0, Record("7", "other"));
        Tick(14);
        Observed(14, Record("8", "other"));
        Assert.Equal(LeaseRequest.Read, Tick(20).Request);
    }

    [Fact]
    public void Contender_AcquireRefused_LooksAgain()
    {
        Tick(0);
        Observed(0, Record("7", ""));
        Assert.Equal(LeaseRequest.Read, Step(LeaseInputKind.Refused, 0.1).Request);
    }

    [Fact]
    public void Leader_RenewsEveryRetryPeriod()
    {
        Lead();
        Assert.Equal(LeaseRequest.None, Tick(1.9).Request);
        Assert.Equal(LeaseRequest.Renew, Tick(2).Request);
        Assert.Equal(LeaseChange.None, Written(2.1, "2").Change);
        Assert.True(_machine.IsLeader(At(11.9)));
        Assert.False(_machine.IsLeader(At(12)));
    }

    [Fact]
    public void Leader_RenewalHangs_EndsAtItsDeadline()
    {
        Lead();
        var step = Tick(2);
        Assert.Equal(At(10), step.WakeAt);
        Assert.Equal(LeaseChange.Expired, Tick(10).Change);
        Assert.False(_machine.IsLeader(At(10)));
    }

    [Fact]
    public void Leader_AnswerAfterItsLeaseButWithinRenewOfSending_IsToldOfTheGapAndLeadsAnew()
    {
        Lead();
        Tick(2);
        // From 10 on it did not lead, and what asked in that time was turned away.
        Assert.False(_machine.IsLeader(At(10.5)));
        var step = Written(11, "2");
        Assert.Equal((LeaseChange.Expired, LeaseRequest.Renew, "2"), (step.Change, step.Request, step.Version));
        Assert.False(_machine.IsLeader(At(11)));
        Assert.Equal(LeaseChange.BecameLeader, Written(11.1, "3").Change);
        Assert.True(_machine.IsLeader(At(20.9)));
        Assert.False(_machine.IsLeader(At(21)));
    }

    [Fact]
    public void Leader_PausedPastItsLease_DoesNotLeadAndSaysSo()
    {
        Lead();
        Assert.False(_machine.IsLeader(At(1000)));
        var step = Tick(1000);
        Assert.Equal((LeaseChange.Expired, LeaseRequest.Renew), (step.Change, step.Request));
        Assert.Equal(LeaseRequest.Read, Step(LeaseInputKind.Refused, 1001).Request);
        Assert.Equal(LeaseRequest.None, Observed(1002, Record("9", "other")).Request);
    }

    [Fact]
    public void Leader_SomebodyElseHolds_EndsAtOnce()
    {
        Lead();
        Tick(2);
        Assert.Equal(LeaseRequest.Read, Step(LeaseInputKind.Refused, 2.1).Request);
        Assert.Equal(LeaseChange.Taken, Observed(2.2, Record("9", "other")).Change);
        Assert.False(_machine.IsLeader(At(2.2)));
    }

    [Fact]
    public void Leader_RenewalCarriedOutButAnswerLost_GoesOn()
    {
        Lead();
        Tick(2);
        Assert.Equal(LeaseChange.None, Step(LeaseInputKind.Failed, 3).Change);
        Assert.Equal(LeaseRequest.Renew, Tick(6).Request);
        Assert.Equal(LeaseRequest.Read, Step(LeaseInputKind.Refused, 6.1).Request);
        var step = Observed(6.2, Record("2", "me"));
        Assert.Equal((LeaseRequest.Renew, "2"), (step.Request, step.Version));
        Written(6.3, "3");
        Assert.True(_machine.IsLeader(At(16)));
    }

    [Fact]
    public void Leader_Stopped_EndsBeforeItReleases()
    {
        Lead();
        var step = Step(LeaseInputKind.Stop, 1);
        Assert.Equal((LeaseChange.Stopped, LeaseRequest.Release, "1"), (step.Change, step.Request, step.Version));
        Assert.False(_machine.IsLeader(At(1)));
        Assert.True(Step(new LeaseInput(LeaseInputKind.Written, Record("2", "")), 1.1).Done);
    }

    [Fact]
    public void Leader_StoppedDuringARenewal_ReleasesTheRenewedVersion()
    {
        Lead();
        Tick(2);
        Assert.Equal((LeaseChange.Stopped, LeaseRequest.None), (Step(LeaseInputKind.Stop, 2.1) is var stop ? stop.Change : default, stop.Request));
        var step = Written(2.2, "2");
        Assert.Equal((LeaseRequest.Release, "2", LeaseChange.None), (step.Request, step.Version, step.Change));
        Assert.False(_machine.IsLeader(At(2.2)));
    }

    [Fact]
    public void Stopping_ServerDoesNotAnswer_GivesUp()
    {
        Lead();
        var step = Step(LeaseInputKind.Stop, 1);
        for (var attempts = 0; !step.Done; attempts++)
        {
            Assert.InRange(attempts, 0, 5);
            step = Step(LeaseInputKind.Failed, 2 + attempts);
        }
    }

    [Fact]
    public void Follower_Stopped_WritesNothing()
    {
        Tick(0);
        Observed(0, Record("7", "other"));
        var step = Step(LeaseInputKind.Stop, 1);
        Assert.Equal((LeaseRequest.None, true), (step.Request, step.Done));
    }

    [Theory]
    [InlineData(15, 15, 2, "renew")]
    [InlineData(15, 10, 10, "retry")]
    [InlineData(15, 10, 0, "retry")]
    [InlineData(0.5, 0.3, 0.1, "lease")]
    [InlineData(1.5, 1, 0.1, "lease")]
    public void Options_ThatCouldGiveTwoLeaders_AreRefused(double lease, double renew, double retry, string parameter) =>
        Assert.Throws<ArgumentException>(
            parameter, () => new LeaseOptions(TimeSpan.FromSeconds(lease), TimeSpan.FromSeconds(renew), TimeSpan.FromSeconds(retry)));

    private void Lead()
    {
        Tick(0);
        Observed(0, null);
        Assert.Equal(LeaseChange.BecameLeader, Written(0, "1").Change);
    }

    private LeaseStep Tick(double at) => Step(LeaseInputKind.Tick, at);

    private LeaseStep Observed(double at, LeaseRecord? record) => Step(new LeaseInput(LeaseInputKind.Observed, record), at);

    private LeaseStep Written(double at, string version) => Step(new LeaseInput(LeaseInputKind.Written, Record(version, "me")), at);

    private LeaseStep Step(LeaseInputKind kind, double at) => Step(new LeaseInput(kind), at);

    private LeaseStep Step(LeaseInput input, double at) => _machine.Step(input, At(at));

    private static LeaseRecord Record(string version, string holder) => new(version, holder, TimeSpan.FromSeconds(15), 3);

    private static MonoTime At(double seconds) => new((long)Math.Round(seconds * 1e9));
}
