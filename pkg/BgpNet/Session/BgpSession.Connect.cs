// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>Before a connection is there: dialling, waiting, taking what comes.</summary>
public sealed partial class BgpSession
{
    private ConnectionId? _dial;
    private long _dials;
    private MonoTime _retryAt = MonoTime.Never;
    private MonoTime _dialTimeoutAt = MonoTime.Never;
    private MonoTime _idleHoldAt = MonoTime.Never;
    private bool _peerMayEndIdle;
    private PathStatus _path;

    private bool IsPathMissing => _options.RequirePath && _path is PathStatus.Unknown or PathStatus.Down;

    private void OnStart()
    {
        if (!_isRunning)
        {
            _isRunning = true;
            _startedAt = _now;
            Begin();
        }
    }

    // From Idle to Connect or Active.
    private void Begin()
    {
        _idleHoldAt = MonoTime.Never;
        if (IsPathMissing)
        {
            return;
        }

        _ownState = SessionState.Active;
        if (!_options.Passive)
        {
            Dial();
        }
    }

    private void Dial()
    {
        GiveUpDial();
        ConnectionId id = new(ConnectionOrigin.Outgoing, ++_dials);
        _dial = id;
        _counters.Dials++;
        _ownState = SessionState.Connect;
        _retryAt = _now + _jitter.Of(_options.ConnectRetryTime);
        _dialTimeoutAt = _now + _options.ConnectTimeout;
        _sink.Do(new(SessionCommandKind.Connect) { Connection = id });
    }

    // Without a dial we are Active, unless Idle.
    private void GiveUpDial()
    {
        if (_dial is { } id)
        {
            _sink.Do(new(SessionCommandKind.Close) { Connection = id, Mode = CloseMode.Abort });
        }

        ForgetDial();
    }

    private void ForgetDial()
    {
        _dial = null;
        _dialTimeoutAt = MonoTime.Never;
        _retryAt = MonoTime.Never;
        _ownState = _ownState == SessionState.Connect ? SessionState.Active : _ownState;
    }

    // Nothing is open: to be asked again after a while, or when the path is there again.
    private void WaitToDial(TimeSpan time)
    {
        if (IsPathMissing)
        {
            GoIdle(MonoTime.Never);
        }
        else if (!_options.Passive && _dial is null)
        {
            _retryAt = _now + time;
        }
    }

    private void OnConnected(ConnectionId id)
    {
        if (_dial != id)
        {
            _counters.Late++;
            _sink.Do(new(SessionCommandKind.Close) { Connection = id, Mode = CloseMode.Abort });
            return;
        }

        ForgetDial();
        Take(id);
    }

    private void OnAccepted(ConnectionId id)
    {
        // A peer that said "not now" and comes by itself has changed its mind.
        if (_ownState == SessionState.Idle && _peerMayEndIdle && !IsPathMissing)
        {
            _idleHoldAt = MonoTime.Never;
            _ownState = SessionState.Active;
        }

        int taken = (_first.IsLive ? 1 : 0) + (_second.IsLive ? 1 : 0) + (_dial is null ? 0 : 1);
        FsmReaction reaction = taken >= 2 ? FsmReaction.Refuse : FsmTable.React(State, FsmEvent.TcpConnectionConfirmed);
        if (reaction is FsmReaction.Take or FsmReaction.TakeSecond)
        {
            _counters.Accepted++;
            Take(id);
            return;
        }

        _counters.Refused++;
        _sink.Tell(new(SessionNoticeKind.ConnectionRefused) { Connection = id });
        _sink.Do(new(SessionCommandKind.Close) { Connection = id, Mode = CloseMode.Abort });
    }

    // RFC 4271 8.2.2, events 16 and 17.
    private void Take(ConnectionId id)
    {
        Connection connection = _first.IsLive ? _second : _first;
        connection.Take(id);
        if (_dial is null)
        {
            _retryAt = MonoTime.Never;
        }

        if (_options.DelayOpenTime > TimeSpan.Zero)
        {
            connection.DelayOpenAt = _now + _options.DelayOpenTime;
        }
        else
        {
            SendOpen(connection);
        }
    }

    private void OnConnectFailed(ConnectionId id, string why)
    {
        if (_dial != id)
        {
            _counters.Late++;
            return;
        }

        ForgetDial();
        DialFailed($"{_options.Name}: cannot connect: {why}; check that the router's address and port are right and that it expects this node");
    }

    private void DialFailed(string text)
    {
        _connectRetryCounter++;
        Note(new(SessionEndReason.ConnectFailed, _now, text) { State = SessionState.Connect });
        if (!HasLiveConnection)
        {
            WaitToDial(_jitter.Of(_options.ConnectRetryTime));
        }
    }

    private void NoteUnansweredDial()
    {
        _connectRetryCounter++;
        TimeSpan waited = _now - _dialTimeoutAt + _options.ConnectTimeout;
        Note(new(SessionEndReason.ConnectFailed, _now, EndText.NotAnswered(_options, waited)) { State = SessionState.Connect });
    }

    private void OnPath(PathStatus status)
    {
        _path = status;
        if (status == PathStatus.Down)
        {
            EndForPath();
        }

        if (!_isRunning || HasLiveConnection)
        {
            return;
        }

        if (IsPathMissing)
        {
            GoIdle(MonoTime.Never);
        }
        else if (_ownState == SessionState.Idle && _idleHoldAt == MonoTime.Never)
        {
            Begin();
        }
    }

    private void GoIdle(MonoTime until)
    {
        GiveUpDial();
        _ownState = SessionState.Idle;
        _idleHoldAt = until;
        _peerMayEndIdle = false;
    }
}
