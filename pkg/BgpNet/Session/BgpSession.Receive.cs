// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Session;

/// <summary>From octets to events.</summary>
public sealed partial class BgpSession
{
    private void OnReceived(ConnectionId id, ReadOnlySpan<byte> octets)
    {
        if (Find(id) is not { } connection)
        {
            return;
        }

        _counters.OctetsReceived += octets.Length;
        bool more = true;
        while (more && connection.IsLive)
        {
            more = connection.Buffer.IsEmpty ? TakeWhole(connection, ref octets) : TakeBegun(connection, ref octets);
        }
    }

    // A message that lies whole in what came is read there; the beginning of one is kept.
    private bool TakeWhole(Connection connection, scoped ref ReadOnlySpan<byte> octets)
    {
        if (MessageFrame.TryRead(octets, connection.ExtendedMessages, out MessageFrame frame, out DecodeError error))
        {
            octets = octets[frame.Message.Length..];
            OnMessage(connection, frame);
            return true;
        }

        if (error.Fault == BgpFault.Incomplete)
        {
            connection.Buffer.Keep(octets);
            return false;
        }

        React(connection, FsmEvent.HeaderError, Malformed(error, connection));
        return false;
    }

    private bool TakeBegun(Connection connection, scoped ref ReadOnlySpan<byte> octets)
    {
        ReadOnlySpan<byte> begun = connection.Buffer.Fill(ref octets, connection.ExtendedMessages);
        if (MessageFrame.TryRead(begun, connection.ExtendedMessages, out MessageFrame frame, out DecodeError error))
        {
            OnMessage(connection, frame);
            connection.Buffer.Empty();
            return true;
        }

        if (error.Fault != BgpFault.Incomplete)
        {
            React(connection, FsmEvent.HeaderError, Malformed(error, connection));
        }

        return false;
    }

    private void OnMessage(Connection connection, MessageFrame frame)
    {
        _counters.Received = _counters.Received.With(frame.Type);
        switch (frame.Type)
        {
            case MessageType.Open:
                OnOpen(connection, frame);
                break;
            case MessageType.Update:
                OnUpdate(connection, frame);
                break;
            case MessageType.Notification:
                OnNotification(connection, frame);
                break;
            case MessageType.Keepalive:
                OnKeepalive(connection);
                break;
            case MessageType.RouteRefresh:
                OnRouteRefresh(connection, frame);
                break;
            default:
                throw new UnreachableException();
        }
    }

    // In OpenConfirm and Established it has its place, and the sentence that it has none would be built for each.
    private void OnKeepalive(Connection connection)
    {
        bool expected = connection.State is SessionState.OpenConfirm or SessionState.Established;
        React(connection, FsmEvent.Keepalive, expected ? default : Unexpected(connection, MessageType.Keepalive));
    }

    private void OnNotification(Connection connection, MessageFrame frame)
    {
        _ = NotificationMessage.TryRead(frame.Body, out NotificationMessage notification);
        bool version = notification.Code == NotificationCode.OpenMessage && notification.Subcode == (byte)OpenSubcode.UnsupportedVersion;
        Ending ending = new()
        {
            Reason = SessionEndReason.PeerNotification,
            Text = EndText.Received(_options, notification),
            Retry = RetryAfter(notification),
            Notification = notification,
            FromPeer = true,
            Preserves = connection.Negotiated is { NotificationPreserves: true } && !notification.IsHardReset,
        };
        React(connection, version ? FsmEvent.NotificationVersionError : FsmEvent.Notification, ending);
    }

    // A peer that hides its reason in a hard reset is treated by the reason.
    private static RetryClass RetryAfter(NotificationMessage notification) =>
        notification.TryUnwrapHardReset(out NotificationMessage reason) && !reason.IsHardReset ? RetryAfter(reason)
        : notification.Code switch
        {
            NotificationCode.MessageHeader or NotificationCode.OpenMessage or NotificationCode.UpdateMessage or NotificationCode.RouteRefresh
                => RetryClass.Misconfigured,
            NotificationCode.Cease => RetryAfter((CeaseSubcode)notification.Subcode),
            NotificationCode.HoldTimerExpired or NotificationCode.FiniteStateMachine or NotificationCode.SendHoldTimerExpired or _
                => RetryClass.Flap,
        };

    private static RetryClass RetryAfter(CeaseSubcode subcode) => subcode switch
    {
        CeaseSubcode.CollisionResolution => RetryClass.Collision,
        CeaseSubcode.AdministrativeReset or CeaseSubcode.OtherConfigurationChange => RetryClass.PeerReset,
        CeaseSubcode.MaxPrefixes or CeaseSubcode.AdministrativeShutdown or CeaseSubcode.PeerDeconfigured
            or CeaseSubcode.ConnectionRejected or CeaseSubcode.OutOfResources => RetryClass.Refused,
        CeaseSubcode.Unspecified or CeaseSubcode.HardReset or CeaseSubcode.BfdDown or _ => RetryClass.Flap,
    };
}
