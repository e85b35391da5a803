// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// One router: carries out what its session asks for, and writes to it what the RIB has for it. On the plane's thread only.
/// </summary>
internal sealed partial class BgpNeighbor : ISessionSink
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly BgpPlane _plane;
    private readonly BgpSession _session;
    private readonly Dictionary<ConnectionId, NeighborConnection> _connections = [];
    private readonly Queue<(ConnectionId Connection, string Why)> _failures = [];
    private PeerIntent _intent;
    private IpAddr _remote;
    private int _interfaceIndex;
    private MonoTime _deadline = MonoTime.Never;
    private long _accepted;
    private RibPeer? _rib;
    private byte[] _refused = [];

    /// <summary>A neighbor that does nothing until it is started.</summary>
    public BgpNeighbor(BgpPlane plane, PeerIntent intent, IpAddr remote, int interfaceIndex, ulong seed)
    {
        (_plane, _intent, _remote, _interfaceIndex) = (plane, intent, remote, interfaceIndex);
        _session = new BgpSession(Options(intent), seed);
    }

    /// <summary>Name of its BGPPeer.</summary>
    public string Name => _intent.Peer.Name;

    /// <summary>What it is called in logs.</summary>
    public string Label => PeerTerms.LabelOf(_intent.Peer, _remote);

    /// <summary>Its address.</summary>
    public IpAddr Remote => _remote;

    /// <summary>What it was last told to be.</summary>
    public PeerIntent Intent => _intent;

    /// <summary>Whether every connection has ended.</summary>
    public bool IsIdle => _connections.Count == 0;

    /// <summary>How BFD sees the path.</summary>
    public BfdState? Bfd { get; private set; }

    /// <summary>Why BFD cannot run; null when it can.</summary>
    public string? BfdFault { get; private set; }

    /// <summary>UPDATEs written.</summary>
    public long UpdatesSent { get; private set; }

    /// <summary>Opens the session, or says why there is none.</summary>
    public void Start(MonoTime now)
    {
        if (_intent.Hindrance is null)
            Step(SessionEvent.Start, now);
    }

    /// <summary>
    /// Takes a changed configuration; false when it is another transport, and the neighbor must be made anew. A new password
    /// is set on what is connected without ending it.
    /// </summary>
    public bool TryApply(PeerIntent intent, MonoTime now)
    {
        if (!SameTransport(intent.Peer, _intent.Peer))
            return false;
        PeerIntent before = _intent;
        _intent = intent;
        if (intent.Key != before.Key)
            foreach (NeighborConnection connection in _connections.Values)
                connection.SetKey(intent.Key);
        if (intent.Peer != before.Peer || intent.RouterId != before.RouterId)
            Step(SessionEvent.Configure(Options(intent)), now);
        if (intent.Group != before.Group && _rib is { } rib)
            _plane.Rib.ChangePolicy(rib, _plane.Offers.PolicyOf(intent.Group));
        if (before.Hindrance is not null && intent.Hindrance is null)
            Start(now);
        else if (before.Hindrance is null && intent.Hindrance is not null)
            Stop(StopReason.Shutdown, null, now);
        return true;
    }

    /// <summary>Ends the session in order.</summary>
    public void Stop(StopReason reason, string? text, MonoTime now) => Step(SessionEvent.Stop(reason, text), now);

    /// <summary>What BFD says.</summary>
    public void TakeBfd(BfdState state, PathStatus status, string? fault, MonoTime now)
    {
        (Bfd, BfdFault) = (state, fault);
        _plane.MarkChanged();
        Step(SessionEvent.Path(status), now);
    }

    /// <summary>Does what is due; returns when it wants to be called again at the latest.</summary>
    public MonoTime Settle(MonoTime now)
    {
        if (_deadline <= now)
        {
            foreach (NeighborConnection connection in _connections.Values.ToArray())
                connection.ReportProgress(now);
            Step(SessionEvent.Timer, now);
        }

        return MonoTime.Min(_deadline, Pump(now));
    }

    /// <summary>The neighbor as it is now.</summary>
    public NeighborReport Report() => new(
        _intent, _remote, _session.Snapshot(), _rib?.Advertised(IpFamily.IPv4) ?? 0, _rib?.Advertised(IpFamily.IPv6) ?? 0, UpdatesSent, Bfd, BfdFault);

    /// <summary>How the routes of a family stand with it; none while it is not up.</summary>
    public IReadOnlyList<RibRoute> Routes(IpFamily family) => _rib is { } rib ? _plane.Rib.Snapshot(rib, family) : [];

    internal void Step(scoped in SessionEvent input, MonoTime now)
    {
        _session.Step(input, now, this);
        while (_failures.TryDequeue(out (ConnectionId Connection, string Why) failure))
            _session.Step(SessionEvent.ConnectFailed(failure.Connection, failure.Why), now, this);
    }

    internal void Forget(ConnectionId connection) => _connections.Remove(connection);

    /// <summary>Takes a connection that the router made.</summary>
    internal TcpAcceptance Accept()
    {
        ConnectionId id = new(ConnectionOrigin.Incoming, ++_accepted);
        NeighborConnection connection = new(this, id);
        return new TcpAcceptance(connection, PeerTerms.Transport(_intent, _session.Options.ConnectTimeout));
    }

    internal void Add(NeighborConnection connection) => _connections[connection.Id] = connection;

    internal void Count() => _plane.MarkCounted();

    internal void Wake() => Pump(Reactor.Now);

    void ISessionSink.Do(in SessionCommand command)
    {
        switch (command.Kind)
        {
            case SessionCommandKind.Connect:
                Connect(command.Connection);
                break;
            case SessionCommandKind.Close:
                if (_connections.Remove(command.Connection, out NeighborConnection? connection))
                    connection.Close(command.Mode == CloseMode.Graceful ? Linger : TimeSpan.Zero);
                break;
            case SessionCommandKind.ArmTimer:
                _deadline = command.Deadline;
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    void ISessionSink.Write(ConnectionId connection, ReadOnlySpan<byte> message)
    {
        // Refused only by a peer that has taken nothing for long: the send hold timer ends that.
        if (_connections.TryGetValue(connection, out NeighborConnection? known))
            known.WriteUrgent(message);
    }

    void ISessionSink.Tell(in SessionNotice notice)
    {
        _plane.MarkChanged();
        switch (notice.Kind)
        {
            case SessionNoticeKind.Up:
                ComeUp(notice);
                break;
            case SessionNoticeKind.Down:
                GoDown();
                _plane.Tell(this, notice);
                break;
            case SessionNoticeKind.SendRoutes:
                if (notice.IsRefresh && _rib is { } rib)
                    _plane.Rib.Refresh(rib, notice.Family);
                break;
            case SessionNoticeKind.StateChanged:
            case SessionNoticeKind.EndOfRib:
            case SessionNoticeKind.RoutesStale:
            case SessionNoticeKind.StaleSwept:
            case SessionNoticeKind.PrefixWarning:
            case SessionNoticeKind.FamilyDisabled:
            case SessionNoticeKind.UpdateFaulty:
            case SessionNoticeKind.AttemptEnded:
            case SessionNoticeKind.ConnectionRefused:
                _plane.Tell(this, notice);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // Routes of others are counted by the session and never installed.
    void ISessionSink.Receive(scoped in UpdateMessage update)
    {
    }

    private void Connect(ConnectionId id)
    {
        NeighborConnection connection = new(this, id);
        TcpOptions options = PeerTerms.Transport(_intent, _session.Options.ConnectTimeout);
        if (_plane.Transport.TryConnect(new TcpEndpoint(_remote, _intent.Peer.Port, _interfaceIndex), options, connection, out TcpConnection? tcp, out TcpFault fault))
        {
            connection.Attach(tcp);
            Add(connection);
        }
        else
        {
            _failures.Enqueue((id, fault.Sentence));
        }
    }

    private void ComeUp(in SessionNotice notice)
    {
        NegotiatedSession negotiated = notice.Negotiated!;
        TcpEndpoint local = _connections[notice.Connection].Local;
        bool ipv4OverIPv6 = negotiated.Peer.ExtendedNextHops.Contains(BgpNet.Capabilities.ExtendedNextHopEntry.IPv4OverIPv6);
        (BgpNet.Attributes.NextHop? ipv4, BgpNet.Attributes.NextHop? ipv6) = NextHops.Of(local.Address, local.InterfaceIndex, _plane.Links, ipv4OverIPv6);
        _rib = _plane.Rib.PeerUp(_plane.Offers.PolicyOf(_intent.Group), ExportTerms.From(negotiated, _intent.Peer.ShownAsn, ipv4, ipv6));
        _plane.Tell(this, notice);
    }

    private void GoDown()
    {
        _refused = [];
        if (_rib is { } rib)
        {
            _plane.Rib.PeerDown(rib);
            _rib = null;
        }
    }

    private SessionOptions Options(PeerIntent intent) => PeerTerms.Session(intent, _remote, _plane.HostName, _plane.HasJustRestarted(intent.Peer.RestartTime));

    private static bool SameTransport(Config.Bgp.BgpPeer a, Config.Bgp.BgpPeer b) =>
        (a.Address, a.Interface, a.Port, a.SourceAddress, a.Vrf, a.EbgpMultiHop, a.TtlSecurityHops) == (b.Address, b.Interface, b.Port, b.SourceAddress, b.Vrf, b.EbgpMultiHop, b.TtlSecurityHops);
}
