// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>Sending all routes of a family, first and on request (RFC 2918, 7313), and the markers at its ends.</summary>
public sealed partial class BgpSession
{
    private void SendRoutes(FamilyState family)
    {
        family.IsSending = true;
        _sink.Tell(new(SessionNoticeKind.SendRoutes) { Family = family.Family });
    }

    private void OnRoutesWritten(ConnectionId id, AfiSafi which)
    {
        if (Find(id) is not { State: SessionState.Established } connection || StateOf(which) is not { IsSending: true } family)
        {
            return;
        }

        family.IsSending = false;
        if (!family.IsRefresh)
        {
            family.EndOfRibSent = true;
            _ = EndOfRib.TryWrite(which, _message, out int length);
            Write(connection, _message.AsSpan(0, length), MessageType.Update);
        }
        else
        {
            WriteMarker(connection, family, RefreshSubtype.End);
        }

        if (family.IsRefreshWanted)
        {
            BeginRefresh(connection, family);
        }
    }

    private void OnRouteRefresh(Connection connection, MessageFrame frame)
    {
        if (connection.State != SessionState.Established)
        {
            React(connection, FsmEvent.RouteRefresh, Unexpected(connection, MessageType.RouteRefresh));
            return;
        }

        NegotiatedSession negotiated = connection.Negotiated!;
        if (!RouteRefreshMessage.TryRead(frame, negotiated.EnhancedRouteRefresh, out RouteRefreshMessage message, out DecodeError error))
        {
            React(connection, FsmEvent.UpdateError, Malformed(error, connection));
            return;
        }

        React(connection, FsmEvent.RouteRefresh, default);
        if (negotiated.RouteRefresh && StateOf(message.Family) is { } family)
        {
            OnRouteRefresh(connection, family, message.Subtype);
        }
    }

    private void OnRouteRefresh(Connection connection, FamilyState family, RefreshSubtype subtype)
    {
        bool enhanced = connection.Negotiated!.EnhancedRouteRefresh;
        if (subtype == RefreshSubtype.Request)
        {
            family.IsRefreshWanted = true;
            // RFC 7313 4.1: not before End-of-RIB; and what is being sent is sent to its end first.
            if (family.EndOfRibSent && !family.IsSending)
            {
                BeginRefresh(connection, family);
            }
        }
        else if (subtype == RefreshSubtype.Begin && enhanced && !family.IsDisabled)
        {
            family.Prefixes.MarkStale();
            family.StaleUntil = family.Prefixes.StaleCount > 0 ? _now + _options.StalePathTime : MonoTime.Never;
        }
        else if (subtype == RefreshSubtype.End && enhanced)
        {
            Sweep(family);
        }
    }

    private void BeginRefresh(Connection connection, FamilyState family)
    {
        family.IsRefreshWanted = false;
        family.IsRefresh = true;
        WriteMarker(connection, family, RefreshSubtype.Begin);
        SendRoutes(family);
    }

    private void WriteMarker(Connection connection, FamilyState family, RefreshSubtype subtype)
    {
        if (connection.Negotiated!.EnhancedRouteRefresh)
        {
            _ = new RouteRefreshMessage(family.Family, subtype).TryWrite(_message, out int length);
            Write(connection, _message.AsSpan(0, length), MessageType.RouteRefresh);
        }
    }
}
