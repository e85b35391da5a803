// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>Routes received: counted, never kept.</summary>
public sealed partial class BgpSession
{
    private void OnUpdate(Connection connection, MessageFrame frame)
    {
        if (connection.State != SessionState.Established)
        {
            React(connection, FsmEvent.Update, Unexpected(connection, MessageType.Update));
            return;
        }

        if (!UpdateMessage.TryRead(frame.Body, connection.Receive, out UpdateMessage update, out DecodeError error))
        {
            React(connection, FsmEvent.UpdateError, Malformed(error, connection));
            return;
        }

        React(connection, FsmEvent.Update, default);
        if (update.Grade != ErrorGrade.None)
        {
            NoteGrade(connection, update);
        }

        CountRoutes(update);
        _sink.Receive(update);
        if (update.EndOfRib is { } family && StateOf(family) is { } state)
        {
            OnEndOfRib(state);
        }

        CheckPrefixes(connection);
    }

    private void NoteGrade(Connection connection, scoped in UpdateMessage update)
    {
        _counters.AttributesDiscarded += update.Grade == ErrorGrade.AttributeDiscard ? 1 : 0;
        _counters.TreatedAsWithdraw += update.Grade == ErrorGrade.TreatAsWithdraw ? 1 : 0;
        _sink.Tell(new(SessionNoticeKind.UpdateFaulty) { Fault = update.Fault });
        if (update.Grade == ErrorGrade.DisableFamily && update.DisabledFamily is { } family && StateOf(family) is { } state)
        {
            connection.Receive = family == AfiSafi.IPv4Unicast
                ? connection.Receive with { IPv4Unicast = false }
                : connection.Receive with { IPv6Unicast = false };
            state.IsDisabled = true;
            DropPrefixes(state);
            _sink.Tell(new(SessionNoticeKind.FamilyDisabled) { Family = family, Fault = update.Fault });
        }
    }

    private void CountRoutes(scoped in UpdateMessage update)
    {
        foreach (PathPrefix route in update.Withdrawn)
        {
            _counters.PrefixesWithdrawn++;
            Of(route).Prefixes.Remove(route);
        }

        foreach (PathPrefix route in update.Announced)
        {
            _counters.PrefixesAnnounced++;
            Of(route).Prefixes.Add(route);
        }
    }

    private void CheckPrefixes(Connection connection)
    {
        int most = _options.MaxPrefixes;
        foreach (FamilyState family in _families)
        {
            // Those from before a restart come again or go.
            int count = family.Prefixes.Count - family.Prefixes.StaleCount;
            bool warns = most > 0 && _options.PrefixWarningPercent > 0 && (long)count * 100 >= (long)most * _options.PrefixWarningPercent;
            if (warns && !family.IsWarned)
            {
                _sink.Tell(new(SessionNoticeKind.PrefixWarning) { Family = family.Family, Prefixes = count });
            }

            family.IsWarned = warns;
            if (most > 0 && count > most)
            {
                React(connection, FsmEvent.AutomaticStop, TooManyPrefixes(family.Family));
                return;
            }
        }
    }

    private void BoundPrefixes()
    {
        foreach (FamilyState family in _families)
        {
            family.Prefixes.Most = _options.MaxPrefixes == 0 ? SessionOptions.MostPrefixesCounted : _options.MaxPrefixes + 1;
        }
    }

    private FamilyState Of(PathPrefix route) => _families[route.Prefix.Family == IpFamily.IPv4 ? 0 : 1];

    private FamilyState? StateOf(AfiSafi family)
    {
        foreach (FamilyState state in _families)
        {
            if (state.Family == family && state.IsNegotiated)
            {
                return state;
            }
        }

        return null;
    }
}
