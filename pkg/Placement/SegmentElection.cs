// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Membership;
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement;

/// <summary>The election on one interface; driven by <see cref="Election"/>, read by the status.</summary>
public sealed partial class SegmentElection
{
    /// <summary>Claims that touch nothing of ours are looked at together: a takeover brings one from every node.</summary>
    private static readonly TimeSpan Coalescing = TimeSpan.FromMilliseconds(20);

    private readonly ElectionOptions _options;
    private readonly SortedDictionary<IpAddr, OwnClaim> _own = [];
    private readonly List<ElectionChange> _pending = [];
    private readonly List<byte[]> _datagrams = [];
    private readonly List<Claim> _claims = [];
    private DemandTable _demands = new([]);
    private MonoTime _evaluateAt = MonoTime.Never;
    private MonoTime _leaveBy = MonoTime.Never;
    private bool _claimsChanged;

    internal SegmentElection(ElectionOptions options, string interfaceName, ulong seed)
    {
        _options = options;
        Membership = new SegmentMembership(options.Membership, interfaceName, seed);
    }

    private readonly record struct OwnClaim(uint Epoch, MonoTime YieldedSince)
    {
        public bool Yielded => YieldedSince != MonoTime.Never;
    }

    /// <summary>Who lives on the segment.</summary>
    public SegmentMembership Membership { get; }

    /// <summary>Addresses this node answers for here.</summary>
    public IReadOnlyCollection<IpAddr> Announced => _own.Keys;

    internal bool HasLeft => Membership.IsLeaving && _own.Count == 0;

    internal MonoTime NextDeadline => _pending.Count > 0 || Membership.ChangedUrgently
        ? new MonoTime(long.MinValue)
        : MonoTime.Min(Membership.NextDeadline, Membership.IsUp ? _evaluateAt : MonoTime.Never);

    internal bool Announces(IpAddr address) => _own.ContainsKey(address);

    internal void SetLink(bool up, IReadOnlyList<IpPrefix> prefixes, MonoTime now)
    {
        if (up)
        {
            Membership.LinkUp(prefixes, now);
        }
        else if (Membership.IsUp)
        {
            Membership.LinkDown();
            DropAll(ElectionReason.LinkDown);
            ForgetTimers();
        }
    }

    internal void SetDemands(DemandTable demands, MonoTime now)
    {
        _demands = demands;
        _evaluateAt = now;
        ForgetUnwanted();
    }

    internal void Leave(MonoTime now)
    {
        if (!Membership.IsLeaving)
        {
            Membership.Leave(now);
            _leaveBy = now + _options.HandoverLimit;
            _evaluateAt = now;
        }
    }

    internal DropReason Receive(ReadOnlySpan<byte> datagram, MonoTime now)
    {
        CheckStall(now);
        DropReason reason = Membership.Receive(datagram, now);
        if (Membership.Changed)
        {
            _evaluateAt = MonoTime.Min(_evaluateAt, now + (Membership.ChangedUrgently ? TimeSpan.Zero : Coalescing));
        }

        return reason;
    }

    internal void Tick(MonoTime now, ElectionOutput output)
    {
        CheckStall(now);
        Membership.Advance(now);
        if (Membership.ChangedUrgently || now >= _evaluateAt)
        {
            Membership.ClearChanged();
            _evaluateAt = MonoTime.Never;
            Evaluate(now);
            if (_claimsChanged)
            {
                TellClaims(now);
            }
        }

        Membership.Send(now, _datagrams);
        Flush(output);
    }

    private void Flush(ElectionOutput output)
    {
        foreach (ElectionChange change in _pending)
        {
            output.Changes.Add(change);
        }

        foreach (byte[] datagram in _datagrams)
        {
            output.Heartbeats.Add(new(Membership.Interface, datagram));
        }

        foreach (MemberEvent member in Membership.Events)
        {
            output.Members.Add(member);
        }

        _pending.Clear();
        _datagrams.Clear();
        Membership.Events.Clear();
    }

    private void CheckStall(MonoTime now)
    {
        if (Membership.NoteRun(now))
        {
            DropAll(ElectionReason.Stalled);
            ForgetTimers();
        }
    }

    private void TellClaims(MonoTime now)
    {
        _claimsChanged = false;
        _claims.Clear();
        foreach ((IpAddr address, OwnClaim own) in _own)
        {
            _claims.Add(new(address, own.Epoch, own.Yielded));
        }

        Membership.SetClaims(_claims, now);
    }

    private void Take(IpAddr address, uint epoch, ElectionReason reason)
    {
        bool fresh = !_own.ContainsKey(address);
        _own[address] = new(epoch, MonoTime.Never);
        _epochs[address] = epoch;
        _claimsChanged = true;
        if (fresh)
        {
            _pending.Add(new(Membership.Interface, address, true, reason, epoch));
        }
    }

    private void Drop(IpAddr address, ElectionReason reason)
    {
        if (_own.Remove(address, out OwnClaim own))
        {
            _claimsChanged = true;
            _pending.Add(new(Membership.Interface, address, false, reason, own.Epoch));
        }
    }

    private void DropAll(ElectionReason reason)
    {
        foreach ((IpAddr address, OwnClaim own) in _own)
        {
            _pending.Add(new(Membership.Interface, address, false, reason, own.Epoch));
        }

        _own.Clear();
        _claimsChanged = true;
    }
}
