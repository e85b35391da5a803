// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>OPEN both ways, and which of two connections stays.</summary>
public sealed partial class BgpSession
{
    private MonoTime _startedAt;
    private bool _hasBeenUp;

    // RFC 4724 4.1: said until the first session is up, and no longer than the peer would wait.
    private bool IsRestarting => _options.Restarted && !_hasBeenUp && _options.Open.GracefulRestart is { } terms
        && _now - _startedAt <= TimeSpan.FromSeconds(terms.RestartSeconds);

    private void WriteOpen(Connection connection)
    {
        SpeakerOpen open = _options.Open;
        if (open.GracefulRestart is { } terms && terms.Restarting != IsRestarting)
        {
            open = open with { GracefulRestart = terms with { Restarting = IsRestarting } };
        }

        // The options were found to fit.
        _ = open.TryWrite(_message, out int length);
        Write(connection, _message.AsSpan(0, length), MessageType.Open);
    }

    private void OnOpen(Connection connection, MessageFrame frame)
    {
        if (connection.State > SessionState.OpenSent)
        {
            React(connection, FsmEvent.Open, Unexpected(connection, MessageType.Open));
            return;
        }

        if (!OpenMessage.TryRead(frame.Body, out OpenMessage open, out DecodeError error)
            || !Negotiator.TryNegotiate(_options.Open, open, _options.Rules, out NegotiatedSession? negotiated, out error))
        {
            Ending refused = new()
            {
                Reason = SessionEndReason.OpenRefused,
                Text = EndText.Refused(_options, error.Fault, open, frame.Body),
                Retry = RetryClass.Misconfigured,
                Notification = error.Notification,
            };
            React(connection, FsmEvent.OpenError, refused);
            return;
        }

        connection.Negotiated = negotiated;
        ResolveCollision(connection, Other(connection));
        if (connection.IsLive)
        {
            React(connection, connection.State == SessionState.OpenSent ? FsmEvent.Open : FsmEvent.OpenWithDelayTimerRunning, default);
        }
    }

    // RFC 4271 6.8 and RFC 6286 2.3. It is asked when the peer's OPEN has come on one connection, and it has come on the other before.
    private void ResolveCollision(Connection second, Connection first)
    {
        if (first.Negotiated is null)
        {
            return;
        }

        // Our OPEN on this connection went out before our KEEPALIVE on the other: the peer saw both connections before it
        // could be Established on either, and has decided by the identifiers, so we must although we are Established.
        bool contested = second.OpenOrder < first.ConfirmOrder && second.Id.Origin != first.Id.Origin;
        if (first.State == SessionState.Established && !contested)
        {
            if (first.Negotiated.GracefulRestart is not null)
            {
                // RFC 4724 4.2: the peer restarted; its old connection only has not been seen to die.
                Close(first, PeerRestarted(), sends: false, CloseMode.Abort);
            }
            else
            {
                React(second, FsmEvent.CollisionDump, CollisionLost());
            }

            return;
        }

        Connection loser = second.Id.Origin == first.Id.Origin ? first
            : second.Id.Origin == DominantOrigin(second.Negotiated!) ? first : second;
        React(loser, FsmEvent.CollisionDump, CollisionLost());
    }

    private ConnectionOrigin DominantOrigin(NegotiatedSession negotiated)
    {
        SpeakerOpen ours = _options.Open;
        bool weAre = ours.Identifier != negotiated.PeerIdentifier ? ours.Identifier > negotiated.PeerIdentifier : ours.Asn > negotiated.PeerAs;
        return weAre ? ConnectionOrigin.Outgoing : ConnectionOrigin.Incoming;
    }
}
