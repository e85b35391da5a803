// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership;

public sealed partial class SegmentMembership
{
    /// <summary>Takes a datagram heard on the segment; what is dropped is named.</summary>
    public DropReason Receive(ReadOnlySpan<byte> datagram, MonoTime now)
    {
        if (!IsUp)
        {
            return DropReason.LinkDown;
        }

        if (!HeartbeatCodec.TryRead(datagram, _options.Key, _incoming, out DropReason reason))
        {
            return reason;
        }

        if (string.Equals(_incoming.Node, _options.Node, StringComparison.Ordinal))
        {
            return _incoming.Incarnation == _incarnation ? DropReason.OwnHeartbeat : DropReason.DuplicateName;
        }

        if (!_members.TryGetValue(_incoming.Incarnation, out Member? member))
        {
            if (_members.Count >= _options.MaxMembers)
            {
                return DropReason.TooManyMembers;
            }

            member = new Member(_incoming);
            _members.Add(member.Incarnation, member);
            member.LastEcho = MonoTime.Never;

            // Our echo lets the newcomer prove itself: do not make it wait for the next regular heartbeat.
            _nextBurst = MonoTime.Min(_nextBurst, SoonestBurst(now));
        }
        else if (_incoming.Sequence <= member.LastSequence)
        {
            return member.IsCopy(_incoming.Sequence, now, _options.Interval) ? DropReason.Copy : DropReason.OldSequence;
        }

        return Take(member, now);
    }

    private DropReason Take(Member member, MonoTime now)
    {
        if (!string.Equals(member.Node, _incoming.Node, StringComparison.Ordinal))
        {
            return DropReason.DuplicateName;
        }

        member.Heard(_incoming.Sequence, now, _options.Interval);
        _nextExpiry = MonoTime.Min(_nextExpiry, now + _options.DeadTime);
        if (EchoesUs())
        {
            member.LastEcho = now;
            if (!member.IsAlive)
            {
                Join(member, now);
            }
        }

        if (!member.IsAlive)
        {
            return DropReason.NotTwoWay;
        }

        return TakeState(member);
    }

    private DropReason TakeState(Member member)
    {
        if (_claimsOfOthers + _incoming.Claims.Count > _options.MaxClaims && _incoming.TotalClaims > member.Claims.Count)
        {
            return DropReason.TooManyClaims;
        }

        bool moved = member.TakePrefixes(_incoming.Prefixes);
        bool left = _incoming.Leaving && !member.IsLeaving;
        if (left)
        {
            _events.Add(new(MemberEventKind.Leaving, Interface, member.Node));
        }

        if (moved || left || member.IsReady != _incoming.Ready || member.IsLeaving != _incoming.Leaving)
        {
            Touch(urgent: left);
        }

        member.IsReady = _incoming.Ready;
        member.IsLeaving = _incoming.Leaving;
        member.TotalClaims = _incoming.TotalClaims;
        int before = member.Claims.Count;
        if (member.TakePage(_incoming))
        {
            _claimsOfOthers += member.Claims.Count - before;
            Touch(urgent: member.Claims.Count <= before || TouchesOurs());
        }

        return DropReason.None;
    }

    private bool TouchesOurs()
    {
        foreach (Claim claim in _incoming.Claims)
        {
            if (ClaimSearch.Contains(_claims, claim.Address))
            {
                return true;
            }
        }

        return false;
    }

    private bool EchoesUs()
    {
        ulong oldest = _sentSequences[_ticks % EchoMemory];
        foreach (PeerEcho echo in _incoming.Echoes)
        {
            // Both numbers are compared as 32 bits: at ten heartbeats a second they wrap after years.
            if (echo.Incarnation == (uint)_incarnation)
            {
                return (uint)_sequence - echo.Sequence <= (uint)(_sequence - oldest);
            }
        }

        return false;
    }

    private void Join(Member member, MonoTime now)
    {
        bool restarted = _alive.Remove(member.Node, out Member? former);
        if (former is not null)
        {
            _claimsOfOthers -= former.Claims.Count;
            former.IsAlive = false;
            former.ClearClaims();
        }

        member.IsAlive = true;
        _alive.Add(member.Node, member);
        _events.Add(new(restarted ? MemberEventKind.Restarted : MemberEventKind.Joined, Interface, member.Node));
        Touch(urgent: restarted);

        // It knows nothing of our claims yet.
        _nextBurst = MonoTime.Min(_nextBurst, SoonestBurst(now));
    }
}
