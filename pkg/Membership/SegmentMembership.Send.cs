// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership;

public sealed partial class SegmentMembership
{
    private const int PagesPerInterval = 2;

    /// <summary>Expires the silent and becomes ready; then the owner decides what it claims, and calls <see cref="Send"/>.</summary>
    public void Advance(MonoTime now)
    {
        if (!IsUp)
        {
            return;
        }

        NoteRun(now);
        if (now >= _nextExpiry)
        {
            Expire(now);
        }

        if (!IsReady && now >= _readyAt && (AllComplete() || now >= _readyAt + _options.DeadTime))
        {
            IsReady = true;
            Touch(urgent: true);
            _nextBurst = now;
        }
        else if (!IsReady && now >= _readyAt)
        {
            // Looked at again with each heartbeat; the limit above stays where it is.
            _recheckReadyAt = now + (_options.Interval / 10);
        }
    }

    /// <summary>Appends the heartbeats that are due.</summary>
    public void Send(MonoTime now, IList<byte[]> datagrams)
    {
        ArgumentNullException.ThrowIfNull(datagrams);
        if (!IsUp)
        {
            return;
        }

        if (now >= _nextRegular)
        {
            _sentSequences[_ticks % EchoMemory] = _sequence;
            _ticks++;
            TimeSpan early = _random.Below(_options.Interval / 20);
            _nextRegular = now + (_options.Interval - early);
            if (now < _nextBurst)
            {
                for (int page = 0; page < PagesPerInterval && (page == 0 || _cursor > 0); page++)
                {
                    datagrams.Add(NextPage());
                }
            }
        }

        if (now >= _nextBurst)
        {
            _nextBurst = MonoTime.Never;
            _lastBurst = now;
            _cursor = 0;
            do
            {
                datagrams.Add(NextPage());
            }
            while (_cursor > 0);
        }
    }

    private bool AllComplete()
    {
        foreach (Member member in _alive.Values)
        {
            if (!member.IsComplete)
            {
                return false;
            }
        }

        return true;
    }

    private byte[] NextPage()
    {
        _outgoing.Sequence = ++_sequence;
        _outgoing.Leaving = IsLeaving;
        _outgoing.Ready = IsReady;
        _outgoing.TotalClaims = _claims.Count;
        _cursor = Math.Min(_cursor, _claims.Count);
        _outgoing.After = _cursor == 0 ? null : _claims[_cursor - 1].Address;
        FillEchoes();
        int room = HeartbeatCodec.MaxLength - HeartbeatWriter.LengthWithoutClaims(_outgoing, _options.Key is not null);
        _outgoing.Claims.Clear();
        while (_cursor < _claims.Count && room >= HeartbeatWriter.LengthOf(_claims[_cursor]))
        {
            room -= HeartbeatWriter.LengthOf(_claims[_cursor]);
            _outgoing.Claims.Add(_claims[_cursor++]);
        }

        _outgoing.LastPage = _cursor == _claims.Count;
        _cursor = _outgoing.LastPage ? 0 : _cursor;
        Span<byte> buffer = stackalloc byte[HeartbeatCodec.MaxLength];
        int length = HeartbeatWriter.Write(_outgoing, _options.Key, buffer);
        return buffer[..length].ToArray();
    }

    private void FillEchoes()
    {
        _outgoing.Echoes.Clear();
        int skip = _members.Count > HeartbeatCodec.MaxEchoes ? _echoCursor : 0;
        int index = 0;
        foreach (Member member in _members.Values)
        {
            if (index++ >= skip && _outgoing.Echoes.Count < HeartbeatCodec.MaxEchoes && _lastRun - member.LastHeard < _options.DeadTime)
            {
                _outgoing.Echoes.Add(new((uint)member.Incarnation, (uint)member.LastSequence));
                _echoCursor = index;
            }
        }

        _echoCursor = _echoCursor >= index || _outgoing.Echoes.Count < HeartbeatCodec.MaxEchoes ? 0 : _echoCursor;
    }

    /// <summary>How long a member may go without echoing us; more peers than fit one heartbeat take turns.</summary>
    private TimeSpan EchoTime => _options.DeadTime * (1 + ((_members.Count + HeartbeatCodec.MaxEchoes - 1) / HeartbeatCodec.MaxEchoes));

    private void Expire(MonoTime now)
    {
        _nextExpiry = MonoTime.Never;
        _expired.Clear();
        TimeSpan echoTime = EchoTime;
        TimeSpan memory = _options.Interval * EchoMemory * 2;
        foreach (Member member in _members.Values)
        {
            if (member.IsAlive)
            {
                bool silent = now >= member.LastHeard + _options.DeadTime;
                if (silent || now >= member.LastEcho + echoTime)
                {
                    Bury(member, silent ? MemberEventKind.TimedOut : MemberEventKind.OneWay);
                }
                else
                {
                    _nextExpiry = MonoTime.Min(_nextExpiry, MonoTime.Min(member.LastHeard + _options.DeadTime, member.LastEcho + echoTime));
                    continue;
                }
            }

            // The dead are remembered for longer than an echo stays fresh, so that no recording outlives their sequence.
            if (now >= member.LastHeard + memory)
            {
                _expired.Add(member.Incarnation);
            }
            else
            {
                _nextExpiry = MonoTime.Min(_nextExpiry, member.LastHeard + memory);
            }
        }

        foreach (ulong incarnation in _expired)
        {
            _members.Remove(incarnation);
        }
    }

    private void Bury(Member member, MemberEventKind kind)
    {
        _claimsOfOthers -= member.Claims.Count;
        member.IsAlive = false;
        member.ClearClaims();
        _alive.Remove(member.Node);
        _events.Add(new(kind, Interface, member.Node));
        Touch(urgent: true);
    }
}
