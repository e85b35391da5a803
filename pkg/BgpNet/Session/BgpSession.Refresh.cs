// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>Has all routes of a family sent, first and on request (RFC 2918, 7313), one sending at a time.</summary>
public sealed partial class BgpSession
{
    private void SendRoutes(FamilyState family)
    {
        family.IsSending = true;
        _sink.Tell(new(SessionNoticeKind.SendRoutes) { Family = family.Family, IsRefresh = family.IsRefresh });
    }

    private void OnRoutesWritten(ConnectionId id, AfiSafi which)
    {
        if (Find(id) is not { State: SessionState.Established } || StateOf(which) is not { IsSending: true } family)
        {
            return;
        }

        family.IsSending = false;
        family.EndOfRibSent = true;
        if (family.IsRefreshWanted)
        {
            BeginRefresh(family);
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
                BeginRefresh(family);
            }
        }
        else if (subtype == RefreshSubtype.Begin && enhanced)
        {
            family.Prefixes.MarkStale();
            family.StaleUntil = family.Prefixes.StaleCount > 0 ? _now + _options.StalePathTime : MonoTime.Never;
        }
        else if (subtype == RefreshSubtype.End && enhanced)
        {
            Sweep(family);
        }
    }

    private void BeginRefresh(FamilyState family)
    {
        family.IsRefreshWanted = false;
        family.IsRefresh = true;
        SendRoutes(family);
    }
}
