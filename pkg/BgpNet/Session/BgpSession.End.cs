// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;

namespace LoadBalancer.BgpNet.Session;

/// <summary>How connections end, what is told of it, and what follows.</summary>
public sealed partial class BgpSession
{
    // AFI, SAFI and limit; code and subcode of a hard reset before a shutdown communication.
    private const int PrefixLimitLength = 7;
    private const int HardResetHead = 2;
    private readonly byte[] _data = new byte[HardResetHead + ShutdownText.MaxLength];

    private static ReadOnlySpan<byte> TypeOctets => [0, 1, 2, 3, 4, 5];

    private void OnClosed(ConnectionId id, string why)
    {
        if (Find(id) is { } connection)
        {
            Ending ending = new()
            {
                Reason = SessionEndReason.ConnectionClosed,
                Text = EndText.Closed(_options, connection.State, why),
                Retry = RetryClass.Flap,
                Preserves = true,
            };
            React(connection, FsmEvent.TcpConnectionFails, ending);
        }
    }

    private void Close(Connection connection, scoped in Ending ending, bool sends, CloseMode mode)
    {
        ConnectionId id = connection.Id;
        SessionState state = connection.State;
        NegotiatedSession? negotiated = connection.Negotiated;
        bool told = sends && ending.Notification.Code != 0;
        if (told)
        {
            // What does not fit 4,096 octets is cut, also where longer messages were agreed on: nobody reads so much.
            _ = ending.Notification.TryWrite(_message, extendedMessages: false, out int length);
            Write(connection, _message.AsSpan(0, length), MessageType.Notification);
        }

        _sink.Do(new(SessionCommandKind.Close) { Connection = id, Mode = mode });
        connection.Clear();
        SessionEnd end = new(ending.Reason, _now, ending.Text)
        {
            State = state,
            Code = told || ending.FromPeer ? ending.Notification.Code : null,
            Subcode = told || ending.FromPeer ? ending.Notification.Subcode : (byte)0,
            FromPeer = ending.FromPeer,
        };
        _counters.Collisions += ending.Reason == SessionEndReason.Collision ? 1 : 0;
        Note(end);
        if (state == SessionState.Established)
        {
            LeaveEstablished(negotiated!, id, end, ending.Preserves);
        }
    }

    private void Note(SessionEnd end)
    {
        // That one of two connections went says nothing of the session.
        _lastEnd = end.Reason == SessionEndReason.Collision && HasLiveConnection ? _lastEnd : end;
        _sink.Tell(new(SessionNoticeKind.AttemptEnded) { End = end });
    }

    // After a failure: nothing while the other connection goes on.
    private void Rest(scoped in Ending ending)
    {
        if (HasLiveConnection)
        {
            return;
        }

        if (ending.Retry == RetryClass.Collision)
        {
            // The peer's other connection is to be expected: do not refuse it.
            WaitToDial(_backOff.Next(ending.Retry, _options.IdleHoldTime, ref _jitter));
            return;
        }

        GoIdle(_now + _backOff.Next(ending.Retry, _options.IdleHoldTime, ref _jitter));
        _peerMayEndIdle = ending.Retry == RetryClass.Refused && ending.FromPeer;
    }

    private Ending Malformed(scoped in DecodeError error, Connection connection) => new()
    {
        Reason = SessionEndReason.MalformedMessage,
        Text = EndText.Malformed(_options, error.Fault),
        Retry = RetryClass.Misconfigured,
        Notification = Copied(error.Notification),
        Preserves = connection.Negotiated is { NotificationPreserves: true },
    };

    // The data may lie in octets that this step may not outlive.
    private static NotificationMessage Copied(scoped in NotificationMessage notification) =>
        new(notification.Code, notification.Subcode, notification.Data.ToArray());

    // RFC 6608 3: the subcode says the state, the data say the type.
    private Ending Unexpected(Connection connection, MessageType type)
    {
        FsmSubcode subcode = connection.State switch
        {
            SessionState.OpenSent => FsmSubcode.UnexpectedInOpenSent,
            SessionState.OpenConfirm => FsmSubcode.UnexpectedInOpenConfirm,
            SessionState.Established => FsmSubcode.UnexpectedInEstablished,
            SessionState.Idle or SessionState.Connect or SessionState.Active or _ => FsmSubcode.Unspecified,
        };
        return new()
        {
            Reason = SessionEndReason.UnexpectedMessage,
            Text = $"{_options.Name}: the router sent {EndText.Name(type)} in {connection.State}, where it has no place; its BGP software is faulty, or is no BGP speaker",
            Retry = RetryClass.Misconfigured,
            Notification = new(NotificationCode.FiniteStateMachine, (byte)subcode, TypeOctets.Slice((byte)type, 1)),
            Preserves = connection.Negotiated is { NotificationPreserves: true },
        };
    }

    private Ending HoldExpired(Connection connection) => new()
    {
        Reason = SessionEndReason.HoldTimerExpired,
        Text = EndText.HoldExpired(_options, connection),
        Retry = RetryClass.Flap,
        Notification = new(NotificationCode.HoldTimerExpired, 0),
        // RFC 8538 4: the timer counts as a NOTIFICATION does.
        Preserves = connection.Negotiated is { NotificationPreserves: true },
    };

    private Ending SendHoldExpired() => new()
    {
        Reason = SessionEndReason.SendHoldTimerExpired,
        Text = $"{_options.Name}: the router has taken nothing of what was sent to it for the send hold time; it is stuck or overloaded, look at it there",
        Retry = RetryClass.Flap,
        Notification = new(NotificationCode.SendHoldTimerExpired, 0),
    };

    private Ending CollisionLost() => new()
    {
        Reason = SessionEndReason.Collision,
        Text = $"{_options.Name}: both sides had dialled; the other connection stays",
        Retry = RetryClass.Collision,
        Notification = NotificationMessage.Cease(CeaseSubcode.CollisionResolution),
    };

    private Ending PeerRestarted() => new()
    {
        Reason = SessionEndReason.PeerRestarted,
        Text = $"{_options.Name}: the router restarted and opened a new connection, so the old one was dropped",
        Retry = RetryClass.Flap,
        Preserves = true,
    };

    // RFC 4486 4: the data say which family and how many.
    private Ending TooManyPrefixes(AfiSafi family)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_data, (ushort)family.Afi);
        _data[2] = (byte)family.Safi;
        BinaryPrimitives.WriteUInt32BigEndian(_data.AsSpan(3), (uint)_options.MaxPrefixes);
        return new()
        {
            Reason = SessionEndReason.PrefixLimit,
            Text = $"{_options.Name}: the router announced more than {_options.MaxPrefixes} prefixes of {family}; let it announce fewer to this node, or raise the prefix limit",
            Retry = RetryClass.Refused,
            Notification = NotificationMessage.Cease(CeaseSubcode.MaxPrefixes, _data.AsSpan(0, PrefixLimitLength)),
        };
    }

    /// <summary>
    /// A Cease; in a hard reset when the peer would keep our routes otherwise and they must go (RFC 8538 3.1).
    /// </summary>
    private NotificationMessage Cease(Connection connection, CeaseSubcode subcode, string? text)
    {
        bool wraps = connection is { State: SessionState.Established, Negotiated.NotificationPreserves: true };
        bool speaks = subcode is CeaseSubcode.AdministrativeShutdown or CeaseSubcode.AdministrativeReset && !string.IsNullOrEmpty(text);
        int head = wraps ? HardResetHead : 0;
        int length = head + (speaks ? ShutdownText.Write(text, _data.AsSpan(head)) : 0);
        if (!wraps)
        {
            return NotificationMessage.Cease(subcode, _data.AsSpan(0, length));
        }

        _data[0] = (byte)NotificationCode.Cease;
        _data[1] = (byte)subcode;
        return NotificationMessage.Cease(CeaseSubcode.HardReset, _data.AsSpan(0, length));
    }
}
