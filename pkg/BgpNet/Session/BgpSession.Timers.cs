// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

public sealed partial class BgpSession
{
    private const int LeastSendHoldSeconds = 30;
    private const int SendHoldSecondsWithoutHold = 480;

    private void OnTimer()
    {
        // The driver's timer is spent, even when it came before what it was set for.
        _armed = MonoTime.Never;
        OnTimer(_first);
        OnTimer(_second);
        foreach (FamilyState family in _families)
        {
            OnTimer(family);
        }

        if (_dialTimeoutAt <= _now)
        {
            string text = EndText.NotAnswered(_options, _options.ConnectTimeout);
            GiveUpDial();
            DialFailed(text);
        }

        if (_retryAt <= _now && FsmTable.React(_ownState, FsmEvent.ConnectRetryTimerExpires) == FsmReaction.Dial)
        {
            // The timer is often the shorter one: what it cuts off was not answered either, and that must not go untold.
            if (_dial is not null)
            {
                NoteUnansweredDial();
            }

            Dial();
        }

        if (_idleHoldAt <= _now && FsmTable.React(_ownState, FsmEvent.IdleHoldTimerExpires) == FsmReaction.Start)
        {
            Begin();
        }
    }

    private void OnTimer(Connection connection)
    {
        if (connection.HoldAt <= _now)
        {
            React(connection, FsmEvent.HoldTimerExpires, HoldExpired(connection));
        }

        if (connection.SendHoldAt <= _now)
        {
            React(connection, FsmEvent.SendHoldTimerExpires, SendHoldExpired());
        }

        if (connection.KeepaliveAt <= _now)
        {
            React(connection, FsmEvent.KeepaliveTimerExpires, default);
        }

        if (connection.DelayOpenAt <= _now)
        {
            React(connection, FsmEvent.DelayOpenTimerExpires, default);
        }
    }

    private static void RestartHold(Connection connection, MonoTime now)
    {
        int seconds = connection.Negotiated!.HoldSeconds;
        connection.HoldAt = seconds == 0 ? MonoTime.Never : now + TimeSpan.FromSeconds(seconds);
    }

    // RFC 4271 4.4: a third of the hold time, or what is configured when that is less; the least of either is a second.
    private void RestartKeepalive(Connection connection)
    {
        NegotiatedSession negotiated = connection.Negotiated!;
        if (negotiated.HoldSeconds == 0)
        {
            connection.KeepaliveAt = MonoTime.Never;
            return;
        }

        TimeSpan third = TimeSpan.FromSeconds(negotiated.KeepaliveSeconds);
        TimeSpan time = _options.KeepaliveTime is { } configured && configured < third ? configured : third;
        connection.KeepaliveAt = _now + _jitter.Of(time);
    }

    // RFC 9687: runs while octets wait to be taken.
    private TimeSpan? SendHold(Connection connection)
    {
        int hold = connection.Negotiated!.HoldSeconds;
        TimeSpan time = _options.SendHoldTime
            ?? TimeSpan.FromSeconds(hold == 0 ? SendHoldSecondsWithoutHold : Math.Max(2 * hold, LeastSendHoldSeconds));
        return time == TimeSpan.Zero ? null : time;
    }

    private void ExpectSent(Connection connection)
    {
        if (connection.State == SessionState.Established && connection.SendHoldAt == MonoTime.Never && SendHold(connection) is { } time)
        {
            connection.SendHoldAt = _now + time;
        }
    }

    private void OnSent(ConnectionId id, bool drained)
    {
        if (Find(id) is { } connection && connection.SendHoldAt != MonoTime.Never)
        {
            connection.SendHoldAt = !drained && SendHold(connection) is { } time ? _now + time : MonoTime.Never;
        }
    }

    // RFC 4271 4.4: an UPDATE says as well as a KEEPALIVE that we are there.
    private void OnUpdatesWritten(ConnectionId id)
    {
        if (Find(id) is { State: SessionState.Established } connection)
        {
            RestartKeepalive(connection);
            ExpectSent(connection);
            AdvertiseFrom = _options.MinRouteAdvertisementInterval > TimeSpan.Zero
                ? _now + _jitter.Of(_options.MinRouteAdvertisementInterval)
                : _now;
        }
    }

    /// <summary>Before this the driver announces nothing more (RFC 4271 9.2.1.1), so changes gather; what it withdraws does not wait.</summary>
    public MonoTime AdvertiseFrom { get; private set; }
}
