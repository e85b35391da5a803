// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vrrp.Groups;

/// <summary>
/// Instances that are master together or not at all: one becomes master when every one wants to, one that stops being master
/// takes the others along, one fault holds all. A driver reports a member after each of its steps, then takes actions, steps
/// the member each names and reports it, until there are none. It asks for nothing before every member has been reported, so
/// start them all first. The members' parameters say <see cref="VrrpParameters.Grouped"/>.
/// </summary>
public sealed class SyncGroup
{
    private readonly Member[] _members;

    /// <summary>A group of so many members, none of which runs.</summary>
    public SyncGroup(int members)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(members);
        _members = new Member[members];
    }

    /// <summary>How many members it has.</summary>
    public int Count => _members.Length;

    /// <summary>Whether the group is, or is becoming, master.</summary>
    public bool IsMaster { get; private set; }

    /// <summary>Whether a member has a fault of its own.</summary>
    public bool IsFaulty { get; private set; }

    /// <summary>What a member is now.</summary>
    public void Report(int member, VrrpInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        Report(member, instance.State, instance.WantsMaster, instance.Holds);
    }

    /// <summary>What a member is now; the hold for a fault elsewhere in the group does not count as its own.</summary>
    public void Report(int member, VrrpState state, bool wantsMaster, VrrpHolds holds)
    {
        ref Member place = ref _members[member];
        VrrpState before = place.State;
        place = place with { IsReported = true, State = state, Wants = wantsMaster, Holds = holds };
        if (IsMaster && before == VrrpState.Master && state != VrrpState.Master)
        {
            IsMaster = false;
        }

        // Who became master unasked was resumed or claimed by hand: the others follow it.
        IsMaster |= before != VrrpState.Master && state == VrrpState.Master;
        IsFaulty = Any(static m => m.HasFault);
        IsMaster = !IsFaulty && (IsMaster || All(static m => m.IsReported && (m.State == VrrpState.Master || m.Wants)));
    }

    /// <summary>The next thing to do; the member it names is to be stepped and reported before the next call.</summary>
    public bool TryNext(out SyncAction action)
    {
        for (int i = 0; i < _members.Length && All(static m => m.IsReported); i++)
        {
            if (Wanted(_members[i]) is { } kind && _members[i].Asked != kind)
            {
                _members[i].Asked = kind;
                action = new SyncAction(i, kind);
                return true;
            }

            if (Wanted(_members[i]) is null)
            {
                _members[i].Asked = null;
            }
        }

        action = default;
        return false;
    }

    private SyncActionKind? Wanted(in Member member)
    {
        bool heldByGroup = (member.Holds & VrrpHolds.GroupFault) != 0;
        if (IsFaulty != heldByGroup && !(IsFaulty && member.HasFault))
        {
            return IsFaulty ? SyncActionKind.Fault : SyncActionKind.ClearFault;
        }

        return IsMaster && member.State == VrrpState.Backup ? SyncActionKind.Promote
            : !IsMaster && member.State == VrrpState.Master ? SyncActionKind.Demote
            : null;
    }

    private bool Any(Func<Member, bool> holds)
    {
        foreach (Member member in _members)
        {
            if (holds(member))
            {
                return true;
            }
        }

        return false;
    }

    private bool All(Func<Member, bool> holds)
    {
        foreach (Member member in _members)
        {
            if (!holds(member))
            {
                return false;
            }
        }

        return true;
    }

    private record struct Member
    {
        public bool IsReported { get; set; }

        public VrrpState State { get; set; }

        public bool Wants { get; set; }

        public VrrpHolds Holds { get; set; }

        public SyncActionKind? Asked { get; set; }

        /// <summary>Anything that would keep it from being master, but for the group itself.</summary>
        public readonly bool HasFault => (Holds & ~VrrpHolds.GroupFault) != 0;
    }
}
