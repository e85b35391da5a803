// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Vrrp.Groups;

namespace LoadBalancer.Vrrp.Tests;

public sealed class SyncGroupTests
{
    private readonly Bench[] _members = [Member(100), Member(100), Member(255)];
    private readonly SyncGroup _group = new(3);

    [Fact]
    [Trait("Scenario", "MIX-34")]
    public void Group_OneMemberHearsAMaster_WaitsForIt()
    {
        Begin();
        _members[0].RunFor(TimeSpan.FromSeconds(1));
        _members[2].RunFor(TimeSpan.FromSeconds(1));
        _members[1].Hear(200);
        Settle();
        Assert.All(_members, member => Assert.Equal(VrrpState.Backup, member.State));
        Assert.Equal([true, false, true], _members.Select(member => member.Instance.WantsMaster));
        Assert.Single(_members[0].Seen.Notices, notice => notice.Kind == VrrpNoticeKind.WantsMaster);
        _members[1].RunFor(TimeSpan.FromSeconds(1));
        Settle();
        Assert.All(_members, member => Assert.Equal((VrrpState.Master, VrrpReason.GroupPromoted), (member.State, member.Instance.Reason)));
    }

    [Fact]
    public void Group_MemberThatHearsItsMasterAgain_WantsNoMore()
    {
        Begin();
        _members[0].RunFor(TimeSpan.FromSeconds(1));
        Assert.True(_members[0].Instance.WantsMaster);
        _members[0].Hear(200);
        Assert.False(_members[0].Instance.WantsMaster);
        Assert.NotEqual(MonoTime.Never, _members[0].Instance.NextDeadline);
    }

    [Fact]
    public void Group_OneLosesMastership_AllDoWithAFarewell()
    {
        Masters();
        _members[1].Hear(200);
        Settle();
        Assert.All(_members, member => Assert.Equal(VrrpState.Backup, member.State));
        Assert.Equal(["send 0", "let go", "Master to Backup: GroupDemoted"], _members[0].Seen.Log);
    }

    [Fact]
    public void Group_OneFaulty_HoldsAllAndLetsThemGoTogether()
    {
        Masters();
        _members[0].Step(VrrpEvent.Fault(true));
        Settle();
        Assert.True(_group.IsFaulty);
        Assert.All(_members, member => Assert.Equal(VrrpState.Initialize, member.State));
        Assert.Equal(VrrpHolds.GroupFault, _members[1].Instance.Holds);
        _members[1].Step(VrrpEvent.SourceLost);
        Settle();
        _members[0].Step(VrrpEvent.Fault(false));
        Settle();
        Assert.All(_members, member => Assert.Equal(VrrpState.Initialize, member.State));
        _members[1].Step(VrrpEvent.Source(Bench.Own, 24));
        Settle();
        Assert.All(_members, member => Assert.Equal((VrrpState.Backup, VrrpHolds.None), (member.State, member.Instance.Holds)));
    }

    [Fact]
    public void Group_OneClaimed_TakesTheOthersAlong()
    {
        Begin();
        _members[1].Step(VrrpEvent.Claim);
        Settle();
        Assert.All(_members, member => Assert.Equal(VrrpState.Master, member.State));
    }

    [Fact]
    [Trait("Scenario", "FI-08")]
    public void Group_Resumed_StaysMaster()
    {
        foreach (Bench member in _members)
        {
            member.Step(VrrpEvent.Source(Bench.Own, 24));
            member.Step(VrrpEvent.Resume(TimeSpan.FromMilliseconds(100)));
        }

        Settle();
        Assert.True(_group.IsMaster);
        Assert.All(_members, member => Assert.Equal(VrrpReason.Resumed, member.Instance.Reason));
    }

    private static Bench Member(byte priority) => new(Bench.Parameters() with { Grouped = true, Priority = priority });

    private void Begin()
    {
        foreach (Bench member in _members)
        {
            member.Start();
        }

        Settle();
        Assert.All(_members, member => Assert.Equal(VrrpState.Backup, member.State));
    }

    private void Masters()
    {
        Begin();
        foreach (Bench member in _members)
        {
            member.RunFor(TimeSpan.FromSeconds(1));
        }

        Settle();
        Assert.True(_group.IsMaster);
        Assert.All(_members, member => Assert.Equal(VrrpState.Master, member.State));
    }

    // As a driver does it, with a bound that a livelock would pass.
    private void Settle()
    {
        for (int i = 0; i < _members.Length; i++)
        {
            _group.Report(i, _members[i].Instance);
        }

        for (int steps = 0; _group.TryNext(out SyncAction action); steps++)
        {
            Assert.InRange(steps, 0, 20);
            _members[action.Member].Step(action.ToEvent());
            _group.Report(action.Member, _members[action.Member].Instance);
        }
    }
}
