// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>Does what <see cref="FsmTable"/> says for one connection.</summary>
public sealed partial class BgpSession
{
    private static readonly byte[] KeepaliveOctets = WriteKeepalive();
    private long _order;

    private void React(Connection connection, FsmEvent input, scoped in Ending ending)
    {
        FsmReaction reaction = FsmTable.React(connection.State, input);
        switch (reaction)
        {
            case FsmReaction.SendOpen:
                SendOpen(connection);
                break;
            case FsmReaction.Confirm:
                Confirm(connection);
                break;
            case FsmReaction.Establish:
                Establish(connection);
                break;
            case FsmReaction.RestartHoldTimer:
            case FsmReaction.Process:
                RestartHold(connection, _now);
                break;
            case FsmReaction.SendKeepalive:
                SendKeepalive(connection);
                break;
            case FsmReaction.BackToActive:
                _connectRetryCounter++;
                Close(connection, ending, sends: false, CloseMode.Abort);
                if (!HasLiveConnection)
                {
                    WaitToDial(_jitter.Of(_options.ConnectRetryTime));
                }

                break;
            case FsmReaction.Stop:
                Close(connection, ending, sends: false, CloseMode.Graceful);
                break;
            case FsmReaction.StopWithCease:
                Close(connection, ending, sends: true, CloseMode.Graceful);
                break;
            case FsmReaction.Release:
                Close(connection, ending, sends: false, CloseMode.Abort);
                Rest(ending);
                break;
            case FsmReaction.Fail:
                // What came is why it ends: there is nothing to send, or nobody to send it to.
                Fail(connection, ending, sends: false, CloseMode.Abort);
                break;
            case FsmReaction.FailWithCease:
            case FsmReaction.FailWithError:
            case FsmReaction.FailHoldTimer:
            case FsmReaction.FailUnexpected:
            case FsmReaction.FailCollision:
                Fail(connection, ending, sends: true, CloseMode.Graceful);
                break;
            case FsmReaction.FailSendHoldTimer:
                Fail(connection, ending, sends: true, CloseMode.Abort);
                break;
            case FsmReaction.Ignore:
                break;
            case FsmReaction.Start:
            case FsmReaction.StartAfterIdleHold:
            case FsmReaction.Refuse:
            case FsmReaction.Take:
            case FsmReaction.TakeSecond:
            case FsmReaction.Dial:
            default:
                throw new UnreachableException();
        }

        NoteState();
    }

    private void Fail(Connection connection, scoped in Ending ending, bool sends, CloseMode mode)
    {
        _connectRetryCounter++;
        Close(connection, ending, sends, mode);
        Rest(ending);
    }

    private void SendOpen(Connection connection)
    {
        connection.State = SessionState.OpenSent;
        connection.DelayOpenAt = MonoTime.Never;
        connection.HoldAt = _now + _options.OpenTimeout;
        connection.OpenOrder = ++_order;
        WriteOpen(connection);
    }

    // RFC 4271 8.2.2, events 19 and 20.
    private void Confirm(Connection connection)
    {
        if (connection.State != SessionState.OpenSent)
        {
            SendOpen(connection);
        }

        connection.State = SessionState.OpenConfirm;
        connection.ConfirmOrder = ++_order;
        // A dial that has not come through is not worth a collision any more.
        GiveUpDial();
        RestartHold(connection, _now);
        SendKeepalive(connection);
    }

    private void SendKeepalive(Connection connection)
    {
        Write(connection, KeepaliveOctets, MessageType.Keepalive);
        RestartKeepalive(connection);
    }

    private void Write(Connection connection, ReadOnlySpan<byte> message, MessageType type)
    {
        _counters.Sent = _counters.Sent.With(type);
        _sink.Write(connection.Id, message);
        ExpectSent(connection);
    }

    private static byte[] WriteKeepalive()
    {
        byte[] octets = new byte[KeepaliveMessage.Length];
        _ = KeepaliveMessage.TryWrite(octets, out _);
        return octets;
    }
}
