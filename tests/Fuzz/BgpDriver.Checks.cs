// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;

namespace LoadBalancer.Fuzz;

/// <summary>The rules.</summary>
internal sealed partial class BgpDriver : ISessionSink
{
    // Two connections may end in one step, each with its sentence; routes and faults come with messages only.
    private const int MostCommands = 8;
    private const int MostWrites = 8;
    private const int MostNotices = 16;
    private const int NoticesPerMessage = 4;
    private const int MostPrefixOctets = 4 * 8 * SessionOptions.MostPrefixesCounted;

    private readonly HashSet<PathPrefix>[] _routes = [[], []];
    private ConnectionId? _closedByPeer;
    private BgpWire? _lastClosed;
    private SessionCounters _before;
    private SessionState _told;
    private bool _hasMarkers;
    private int _commands;
    private int _writes;
    private int _notices;

    private BgpWire? Up => _open.Find(wire => wire.IsUp);

    private void Do(SessionEvent input)
    {
        _commands = _writes = _notices = 0;
        _lastClosed = null;
        _armed = input.Kind == SessionEventKind.Timer ? MonoTime.Never : _armed;
        _session.Step(input, _now, this);
        SessionCounters after = _session.Counters;
        long messages = after.Received.Total - _before.Received.Total;
        FuzzTarget.Require(_commands <= MostCommands && _writes <= MostWrites, "a step asks for little");
        FuzzTarget.Require(_notices <= MostNotices + (NoticesPerMessage * messages), "a step tells little");
        FuzzTarget.Require(_open.Count + (_dial is null ? 0 : 1) <= 2, "a peer has two connections at most");
        FuzzTarget.Require(input.Kind != SessionEventKind.Timer || _session.NextDeadline > _now, "a timer that is past would spin");
        FuzzTarget.Require(_session.NextDeadline == MonoTime.Never || _armed <= _session.NextDeadline, "the timer comes in time");
        FuzzTarget.Require(_session.State == _told, "every change of state is told");
        FuzzTarget.Require((_session.State == SessionState.Established) == (Up is not null), "Established is Up");
        FuzzTarget.Require(Up?.Id == _session.EstablishedConnection, "the connection that is up is the one told");
        FuzzTarget.Require(Up is not null == _session.Negotiated is not null, "what was agreed on goes with the session");
        FuzzTarget.Require(_session.BufferedOctets <= (2 * MessageFrame.MaxExtendedLength) + MostPrefixOctets, "what is held is bounded");
        bool took = input.Kind != SessionEventKind.Received || messages > 0 || _notices > 0;
        CheckCounters(after);
        if (took)
        {
            CheckSnapshot();
        }
    }

    private void CheckCounters(SessionCounters now)
    {
        SessionCounters before = _before;
        FuzzTarget.Require(NoneSank(before.Received, now.Received) && NoneSank(before.Sent, now.Sent), "counts of messages never sink");
        FuzzTarget.Require(
            now.OctetsReceived >= before.OctetsReceived && now.PrefixesAnnounced >= before.PrefixesAnnounced && now.PrefixesWithdrawn >= before.PrefixesWithdrawn
            && now.AttributesDiscarded >= before.AttributesDiscarded && now.TreatedAsWithdraw >= before.TreatedAsWithdraw
            && now.Established >= before.Established && now.Dropped >= before.Dropped && now.Dials >= before.Dials && now.Accepted >= before.Accepted
            && now.Refused >= before.Refused && now.Collisions >= before.Collisions && now.Late >= before.Late, "counters never sink");
        FuzzTarget.Require(now.Sent.Total - before.Sent.Total == _writes, "every message sent is counted once");
        FuzzTarget.Require(now.Established - now.Dropped == (Up is null ? 0 : 1), "every session that was up ended or is");
        // The marker that a refresh begins with makes everything stale, and is not told.
        _hasMarkers |= now.Received.RouteRefresh != before.Received.RouteRefresh;
        _before = now;
    }

    private void CheckSnapshot()
    {
        SessionSnapshot snapshot = _session.Snapshot();
        FuzzTarget.Require(snapshot.State == _told && (snapshot.NextAttempt == MonoTime.Never || snapshot.Running), "only what was started is tried");
        foreach (FamilySnapshot family in snapshot.Families)
        {
            int fresh = family.Prefixes - family.Stale;
            FuzzTarget.Require(fresh >= 0 && family.Stale >= 0, "stale prefixes are prefixes");
            FuzzTarget.Require(
                Up is null || _hasMarkers || family.MorePrefixes || fresh == _routes[family.Family == AfiSafi.IPv4Unicast ? 0 : 1].Count,
                "prefixes are counted as they come");
        }
    }

    private static bool NoneSank(MessageCounts before, MessageCounts now) =>
        now.Open >= before.Open && now.Update >= before.Update && now.Notification >= before.Notification && now.Keepalive >= before.Keepalive
        && now.RouteRefresh >= before.RouteRefresh;

    void ISessionSink.Do(in SessionCommand command)
    {
        ConnectionId id = command.Connection;
        switch (command.Kind)
        {
            case SessionCommandKind.Connect:
                FuzzTarget.Require(_dial is null && id.Origin == ConnectionOrigin.Outgoing, "one dial at a time");
                _dial = id;
                _commands++;
                break;
            case SessionCommandKind.Close:
                FuzzTarget.Require(_dial == id || _closedByPeer == id || _open.Exists(wire => wire.Id == id), "only what is there is closed, once");
                _lastClosed = _open.Find(wire => wire.Id == id);
                FuzzTarget.Require(_lastClosed?.Notified is null || command.Mode == CloseMode.Graceful
                    || _lastClosed.Notified.Value.Code == NotificationCode.SendHoldTimerExpired, "a NOTIFICATION is given the time to arrive");
                _ = _open.RemoveAll(wire => wire.Id == id);
                _dial = _dial == id ? null : _dial;
                _closedByPeer = _closedByPeer == id ? null : _closedByPeer;
                _commands++;
                break;
            case SessionCommandKind.ArmTimer:
                _armed = command.Deadline;
                _commands++;
                break;
            default:
                throw new InvalidOperationException("a command nobody knows");
        }
    }

    void ISessionSink.Write(ConnectionId connection, ReadOnlySpan<byte> message)
    {
        _writes++;
        BgpWire? wire = _open.Find(one => one.Id == connection);
        FuzzTarget.Require(wire is not null || _closedByPeer == connection, "only a connection that is there is written to");
        wire?.Sent(message);
    }

    void ISessionSink.Tell(in SessionNotice notice)
    {
        _notices++;
        SessionNotice told = notice;
        switch (notice.Kind)
        {
            case SessionNoticeKind.StateChanged:
                FuzzTarget.Require(notice.From == _told && notice.To != _told, "states follow one another");
                FuzzTarget.Require(notice.To != SessionState.Established || notice.From == SessionState.OpenConfirm, "Established follows OpenConfirm");
                _told = notice.To;
                break;
            case SessionNoticeKind.Up:
                BgpWire up = _open.Single(wire => wire.Id == told.Connection);
                FuzzTarget.Require(Up is null, "one connection is up");
                FuzzTarget.Require(up.OpenSent && up.KeepaliveSent && up.HeardOpening, "a session is up when OPEN and KEEPALIVE went both ways");
                up.IsUp = true;
                Forget(null);
                _hasMarkers = false;
                break;
            case SessionNoticeKind.Down:
                FuzzTarget.Require(_lastClosed is null || (_lastClosed.IsUp && _lastClosed.Id == notice.Connection), "what was up goes down");
                break;
            case SessionNoticeKind.AttemptEnded:
                CheckEnd(notice.End!);
                break;
            case SessionNoticeKind.FamilyDisabled:
                Forget(notice.Family);
                break;
            case SessionNoticeKind.SendRoutes:
            case SessionNoticeKind.EndOfRib:
                FuzzTarget.Require(Up is not null, "routes need a session");
                break;
            case SessionNoticeKind.RoutesStale:
            case SessionNoticeKind.StaleSwept:
            case SessionNoticeKind.PrefixWarning:
                FuzzTarget.Require(notice.Prefixes > 0, "nothing is said of no prefix");
                break;
            case SessionNoticeKind.UpdateFaulty:
                FuzzTarget.Require(notice.Fault != BgpFault.None, "a fault has its name");
                break;
            case SessionNoticeKind.ConnectionRefused:
                FuzzTarget.Require(notice.Connection.Origin == ConnectionOrigin.Incoming, "our own dial is not refused");
                break;
            default:
                throw new InvalidOperationException("a notice nobody knows");
        }
    }

    private void CheckEnd(SessionEnd end)
    {
        FuzzTarget.Require(end.Text.StartsWith(_session.Options.Name, StringComparison.Ordinal) && !end.Text.Any(char.IsControl), "a sentence names its object, and is one line");
        if (end.Reason == SessionEndReason.ConnectFailed || _lastClosed is not { } wire)
        {
            return;
        }

        bool ours = end.Code is not null && !end.FromPeer;
        FuzzTarget.Require(ours == wire.Notified is not null, "what is told was sent");
        FuzzTarget.Require(!ours || (end.Code, end.Subcode) == (wire.Notified!.Value.Code, wire.Notified.Value.Subcode), "the code told is the code sent");
        FuzzTarget.Require(
            ours || end.State < SessionState.OpenSent || end.Reason is SessionEndReason.ConnectionClosed or SessionEndReason.PeerNotification
                or SessionEndReason.PeerRestarted or SessionEndReason.Local, "the peer is told why");
        FuzzTarget.Require(ours || end.Reason != SessionEndReason.Local || end.State < SessionState.OpenSent || end.State == SessionState.Established,
            "an end of ours is told, but for a restart");
    }

    private void Forget(AfiSafi? family)
    {
        for (int i = 0; i < _routes.Length; i++)
        {
            if (family is not { } one || (one == AfiSafi.IPv4Unicast) == (i == 0))
            {
                _routes[i].Clear();
            }
        }
    }

    void ISessionSink.Receive(scoped in UpdateMessage update)
    {
        FuzzTarget.Require(Up is not null, "routes need a session");
        foreach (PathPrefix route in update.Withdrawn)
        {
            _ = _routes[route.Prefix.Family == IpFamily.IPv4 ? 0 : 1].Remove(route);
        }

        foreach (PathPrefix route in update.Announced)
        {
            _ = _routes[route.Prefix.Family == IpFamily.IPv4 ? 0 : 1].Add(route);
        }
    }
}
