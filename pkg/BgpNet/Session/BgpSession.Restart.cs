// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>Reaching and leaving Established; graceful restart of either side (RFC 4724, 8538, 9494).</summary>
public sealed partial class BgpSession
{
    private const int LeastStableSeconds = 60;
    private MonoTime _establishedAt;

    private void Establish(Connection connection)
    {
        NegotiatedSession negotiated = connection.Negotiated!;
        bool defers = IsRestarting && _options.DeferralTime > TimeSpan.Zero && negotiated.GracefulRestart is { Restarting: false };
        connection.State = SessionState.Established;
        connection.Receive = negotiated.Receive;
        RestartHold(connection, _now);
        ExpectSent(connection);
        _establishedAt = _now;
        _hasBeenUp = true;
        _counters.Established++;
        AdvertiseFrom = _now;
        NoteState();
        _sink.Tell(new(SessionNoticeKind.Up) { Connection = connection.Id, Negotiated = negotiated });
        foreach (FamilyState family in _families)
        {
            family.BeginSession(negotiated.Families.Contains(family.Family));
            KeepOrDropStale(family, negotiated);
            if (family.IsNegotiated && defers)
            {
                family.SendAt = _now + _options.DeferralTime;
            }
            else if (family.IsNegotiated)
            {
                SendRoutes(family);
            }
        }
    }

    // RFC 4724 4.2: a peer that comes again without having kept forwarding for a family has lost its routes.
    private void KeepOrDropStale(FamilyState family, NegotiatedSession negotiated)
    {
        family.IsLongLived = false;
        family.LongLivedSeconds = 0;
        bool kept = family.IsNegotiated && negotiated.GracefulRestart is { } terms && Forwards(terms, family.Family);
        if (!kept)
        {
            DropPrefixes(family);
        }

        family.StaleUntil = family.Prefixes.StaleCount > 0 ? _now + _options.StalePathTime : MonoTime.Never;
    }

    private void LeaveEstablished(NegotiatedSession negotiated, ConnectionId connection, SessionEnd end, bool preserves)
    {
        _counters.Dropped++;
        if (_now - _establishedAt >= TimeSpan.FromSeconds(Math.Max(2 * negotiated.HoldSeconds, LeastStableSeconds)))
        {
            _backOff.Forget();
        }

        foreach (FamilyState family in _families)
        {
            bool kept = preserves && family.IsNegotiated && negotiated.GracefulRestart is { } terms && Includes(terms, family.Family);
            family.BeginSession(negotiated: false);
            if (kept)
            {
                MarkStale(family, negotiated);
            }
            else
            {
                DropPrefixes(family);
            }
        }

        _sink.Tell(new(SessionNoticeKind.Down) { Connection = connection, End = end });
    }

    private void MarkStale(FamilyState family, NegotiatedSession negotiated)
    {
        // RFC 4724 4.2: what was stale from the restart before this one goes now.
        Sweep(family);
        if (family.Prefixes.Count == 0)
        {
            return;
        }

        family.Prefixes.MarkStale();
        family.StaleUntil = _now + TimeSpan.FromSeconds(negotiated.GracefulRestart!.RestartSeconds);
        family.LongLivedSeconds = LongLivedSeconds(negotiated, family.Family);
        family.IsLongLived = false;
        _sink.Tell(new(SessionNoticeKind.RoutesStale) { Family = family.Family, Prefixes = family.Prefixes.StaleCount });
    }

    private void OnTimer(FamilyState family)
    {
        if (family.SendAt <= _now)
        {
            family.SendAt = MonoTime.Never;
            SendRoutes(family);
        }

        if (family.StaleUntil > _now)
        {
            return;
        }

        if (family.LongLivedSeconds > 0)
        {
            family.StaleUntil = _now + TimeSpan.FromSeconds(family.LongLivedSeconds);
            family.LongLivedSeconds = 0;
            family.IsLongLived = true;
        }
        else
        {
            Sweep(family);
        }
    }

    private void OnEndOfRib(FamilyState family)
    {
        family.EndOfRibReceived = true;
        _sink.Tell(new(SessionNoticeKind.EndOfRib) { Family = family.Family, Prefixes = family.Prefixes.Count - family.Prefixes.StaleCount });
        Sweep(family);
        if (family.SendAt != MonoTime.Never)
        {
            family.SendAt = MonoTime.Never;
            SendRoutes(family);
        }
    }

    private void Sweep(FamilyState family)
    {
        family.StaleUntil = MonoTime.Never;
        family.LongLivedSeconds = 0;
        family.IsLongLived = false;
        int swept = family.Prefixes.Sweep();
        if (swept > 0)
        {
            _sink.Tell(new(SessionNoticeKind.StaleSwept) { Family = family.Family, Prefixes = swept });
        }
    }

    private void DropPrefixes(FamilyState family)
    {
        Sweep(family);
        family.Prefixes.Clear();
        family.IsWarned = false;
    }

    private static bool Includes(GracefulRestartTerms terms, AfiSafi family)
    {
        bool included = false;
        foreach (GracefulRestartEntry entry in terms.Families)
        {
            included |= entry.Family == family;
        }

        return included;
    }

    private static bool Forwards(GracefulRestartTerms terms, AfiSafi family)
    {
        bool forwards = false;
        foreach (GracefulRestartEntry entry in terms.Families)
        {
            forwards |= entry.Family == family && entry.ForwardingPreserved;
        }

        return forwards;
    }

    // RFC 9494 4.2: only when both sides said it.
    private int LongLivedSeconds(NegotiatedSession negotiated, AfiSafi family)
    {
        bool ours = false;
        foreach (LongLivedGracefulRestartEntry entry in _options.Open.LongLivedGracefulRestart)
        {
            ours |= entry.Family == family;
        }

        int seconds = 0;
        foreach (LongLivedGracefulRestartEntry entry in negotiated.Peer.LongLivedGracefulRestart)
        {
            seconds = entry.Family == family ? entry.StaleSeconds : seconds;
        }

        return ours ? seconds : 0;
    }
}
