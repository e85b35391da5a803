// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>
/// The session with one peer (RFC 4271 8): no socket, no thread, no clock. It owns both transport connections that a peer
/// may have at a time, the one we dialled and the one it dialled, and decides between them (RFC 4271 6.8). It begins
/// stopped; <see cref="SessionEvent.Start"/> starts it.
/// <para>How a driver uses it. One thread steps it with what happens and does what the sink is handed, in order. It dials on
/// Connect and answers with Connected or ConnectFailed; a connection that the peer made is Accepted under a new number;
/// octets are Received as they come, cut anywhere; the end of a connection is Closed. Machine messages and the driver's own
/// UPDATEs go through one queue per connection. Whenever the peer takes octets of it, the driver says Sent, and whether
/// any are left: without it the send hold timer ends the session. Before Timer, the driver reads what is there: after a
/// pause of the process, messages that came in time are seen before the hold timer is (what is Received after a deadline, and before
/// Timer, counts). After SendRoutes it has the family's routes written, with End-of-RIB or the refresh markers, and says RoutesWritten.
/// What is said of a connection that is gone is passed over, so late news need no care.</para>
/// <para>To leave in order: <see cref="SessionEvent.Stop"/>, then do the Close commands and wait until they are done.</para>
/// </summary>
public sealed partial class BgpSession
{
    private readonly Connection _first = new();
    private readonly Connection _second = new();
    private readonly FamilyState[] _families;
    private readonly byte[] _message = new byte[MessageFrame.MaxLength];
    private SessionOptions _options;
    private SessionCounters _counters;
    private Jitter _jitter;
    private BackOff _backOff;

    // Of the step that runs.
    private ISessionSink _sink = Nowhere.Instance;
    private MonoTime _now;

    private bool _isRunning;
    private int _connectRetryCounter;
    private SessionState _ownState;
    private SessionState _toldState;
    private MonoTime _since;
    private MonoTime _armed = MonoTime.Never;
    private SessionEnd? _lastEnd;

    /// <summary>A session that is stopped. The seed decides jitter, and how prefixes are hashed: make it unpredictable.</summary>
    /// <exception cref="ArgumentException">The options have errors.</exception>
    public BgpSession(SessionOptions options, ulong seed)
    {
        Require(options);
        _options = options;
        _jitter = new Jitter(seed);
        _families = [new(AfiSafi.IPv4Unicast, seed), new(AfiSafi.IPv6Unicast, seed)];
        BoundPrefixes();
        _first.Clear();
        _second.Clear();
    }

    /// <summary>What is configured.</summary>
    public SessionOptions Options => _options;

    /// <summary>The state of the connection that is further, or of the attempts when there is none.</summary>
    public SessionState State => HasLiveConnection ? (SessionState)Math.Max((byte)_first.State, (byte)_second.State) : _ownState;

    /// <summary>What was agreed on; null unless Established.</summary>
    public NegotiatedSession? Negotiated => Established?.Negotiated;

    /// <summary>The connection that is Established, when one is.</summary>
    public ConnectionId? EstablishedConnection => Established?.Id;

    /// <summary>When the session must be stepped at the latest; it has asked its sink for it.</summary>
    public MonoTime NextDeadline
    {
        get
        {
            MonoTime next = MonoTime.Min(MonoTime.Min(_first.NextDeadline, _second.NextDeadline), MonoTime.Min(_retryAt, _idleHoldAt));
            next = MonoTime.Min(next, _dialTimeoutAt);
            foreach (FamilyState family in _families)
            {
                next = MonoTime.Min(next, family.NextDeadline);
            }

            return next;
        }
    }

    private Connection? Established =>
        _first.State == SessionState.Established ? _first : _second.State == SessionState.Established ? _second : null;

    private bool HasLiveConnection => _first.IsLive || _second.IsLive;

    /// <summary>Takes one input at one instant and hands the sink what to do. Never throws for what a peer sends.</summary>
    public void Step(scoped in SessionEvent input, MonoTime now, ISessionSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _sink = sink;
        _now = now;
        switch (input.Kind)
        {
            case SessionEventKind.Timer:
                OnTimer();
                break;
            case SessionEventKind.Start:
                OnStart();
                break;
            case SessionEventKind.Stop:
                OnStop(input.Reason, input.Text);
                break;
            case SessionEventKind.Reset:
                OnReset(input.Reason, input.Text);
                break;
            case SessionEventKind.Configure:
                OnConfigure(input.Options!);
                break;
            case SessionEventKind.Connected:
                OnConnected(input.Connection);
                break;
            case SessionEventKind.ConnectFailed:
                OnConnectFailed(input.Connection, input.Text!);
                break;
            case SessionEventKind.Accepted:
                OnAccepted(input.Connection);
                break;
            case SessionEventKind.Closed:
                OnClosed(input.Connection, input.Text!);
                break;
            case SessionEventKind.Received:
                OnReceived(input.Connection, input.Octets);
                break;
            case SessionEventKind.Sent:
                OnSent(input.Connection, input.Drained);
                break;
            case SessionEventKind.UpdatesWritten:
                OnUpdatesWritten(input.Connection);
                break;
            case SessionEventKind.RoutesWritten:
                OnRoutesWritten(input.Connection, input.Family);
                break;
            case SessionEventKind.Path:
                OnPath(input.PathStatus);
                break;
            default:
                throw new UnreachableException();
        }

        NoteState();
        Arm();
        _sink = Nowhere.Instance;
    }

    internal static void Require(SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<string> errors = options.Errors();
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", errors), nameof(options));
        }
    }

    private Connection? Find(ConnectionId id)
    {
        Connection? found = _first.IsLive && _first.Id == id ? _first : _second.IsLive && _second.Id == id ? _second : null;
        _counters.Late += found is null ? 1 : 0;
        return found;
    }

    private Connection Other(Connection connection) => connection == _first ? _second : _first;

    private void NoteState()
    {
        SessionState state = State;
        if (state != _toldState)
        {
            SessionNotice notice = new(SessionNoticeKind.StateChanged) { From = _toldState, To = state };
            _toldState = state;
            _since = _now;
            _sink.Tell(notice);
        }
    }

    // A deadline that only moved away is not armed anew: the timer comes early then, which is harmless, and the steady
    // path costs no timer per message.
    private void Arm()
    {
        MonoTime next = NextDeadline;
        if (next < _armed || (_armed <= _now && next != _armed))
        {
            _armed = next;
            _sink.Do(new(SessionCommandKind.ArmTimer) { Deadline = next });
        }
    }

    private sealed class Nowhere : ISessionSink
    {
        public static readonly Nowhere Instance = new();

        public void Do(in SessionCommand command) => throw new UnreachableException();

        public void Write(ConnectionId connection, ReadOnlySpan<byte> message) => throw new UnreachableException();

        public void Tell(in SessionNotice notice) => throw new UnreachableException();

        public void Receive(scoped in UpdateMessage update) => throw new UnreachableException();
    }
}
