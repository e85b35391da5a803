// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>What the operator does to a session, and what BFD does.</summary>
public sealed partial class BgpSession
{
    private void OnStop(StopReason reason, string? text)
    {
        _isRunning = false;
        EndForStop(_first, reason, text, FsmEvent.ManualStop);
        EndForStop(_second, reason, text, FsmEvent.ManualStop);
        GoIdle(MonoTime.Never);
        _backOff.Forget();
        _connectRetryCounter = 0;
        foreach (FamilyState family in _families)
        {
            DropPrefixes(family);
        }
    }

    private void OnReset(StopReason reason, string? text)
    {
        EndForStop(_first, reason, text, FsmEvent.AutomaticStop);
        EndForStop(_second, reason, text, FsmEvent.AutomaticStop);
        _backOff.Forget();
        // Whoever resets a session that waits wants it tried now.
        if (_isRunning && _ownState == SessionState.Idle && _idleHoldAt > _now + _options.IdleHoldTime)
        {
            Begin();
        }
    }

    private void OnConfigure(SessionOptions next)
    {
        StopReason? reset = _options.ResetFor(next);
        if (reset is { } reason)
        {
            OnReset(reason, "configuration changed");
        }

        bool dials = _options.Passive && !next.Passive;
        _options = next;
        BoundPrefixes();
        if (next.Passive)
        {
            GiveUpDial();
        }
        else if (dials && _ownState == SessionState.Active && !HasLiveConnection)
        {
            Dial();
        }

        OnPath(_path);
        if (Established is { } connection)
        {
            CheckPrefixes(connection);
        }
    }

    private void EndForStop(Connection connection, StopReason reason, string? text, FsmEvent input)
    {
        if (!connection.IsLive)
        {
            return;
        }

        Ending ending = new()
        {
            Reason = SessionEndReason.Local,
            Text = EndText.Stopped(_options, reason, text),
            Retry = RetryClass.Prompt,
            Notification = Cease(connection, Subcode(reason), text),
        };
        // RFC 4724 4: a NOTIFICATION would make the peer drop what it is to keep.
        if (reason == StopReason.Restart && connection is { State: SessionState.Established, Negotiated.GracefulRestart: not null })
        {
            Close(connection, ending, sends: false, CloseMode.Graceful);
            Rest(ending);
        }
        else
        {
            React(connection, input, ending);
        }
    }

    private static CeaseSubcode Subcode(StopReason reason) => reason switch
    {
        StopReason.Restart or StopReason.Shutdown => CeaseSubcode.AdministrativeShutdown,
        StopReason.Deconfigured => CeaseSubcode.PeerDeconfigured,
        StopReason.Reset => CeaseSubcode.AdministrativeReset,
        StopReason.ConfigurationChange => CeaseSubcode.OtherConfigurationChange,
        StopReason.OutOfResources => CeaseSubcode.OutOfResources,
        _ => throw new UnreachableException(),
    };

    // RFC 9384: the peer must not keep routes over a path that is gone.
    private void EndForPath()
    {
        EndForPath(_first);
        EndForPath(_second);
    }

    private void EndForPath(Connection connection)
    {
        if (connection.IsLive)
        {
            Ending ending = new()
            {
                Reason = SessionEndReason.PathDown,
                Text = $"{_options.Name}: BFD says that the path to the router is down; check link and interface, and the router's BFD",
                Retry = RetryClass.Prompt,
                Notification = Cease(connection, CeaseSubcode.BfdDown, text: null),
            };
            React(connection, FsmEvent.AutomaticStop, ending);
        }
    }
}
