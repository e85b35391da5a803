// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Bfd;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;
using LoadBalancer.Routing;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// All BGP sessions of the node and the routes they are told, on one thread of ordinary priority; BFD has a thread of its own.
/// It never waits for the API: intents come in and reports go out as whole immutable values.
/// </summary>
internal sealed partial class BgpPlane : IDisposable
{
    private const int Mailbox = 4096;
    private const int BufferOctets = 1 << 16;
    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AttemptInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan InitialStateLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    private readonly Reactor _reactor = new(Mailbox);
    private readonly Dictionary<string, BgpNeighbor> _neighbors = new(StringComparer.Ordinal);
    private readonly List<BgpNeighbor> _leaving = [];
    private readonly BfdDriver _bfd;
    private readonly Action<BgpReport> _publish;
    private readonly ILogger _logger;
    private readonly InitialStateWait _initialState = new(InitialStateLimit);
    private readonly ulong _seed;
    private readonly bool _restarted;
    private IReadOnlyList<PeerIntent> _wanted = [];
    private LinkMonitor? _links;
    private TaskCompletionSource? _left;
    private MonoTime _reportAt = MonoTime.Never;
    private MonoTime _startedAt;
    private MonoTime _quietUntil;
    private ulong _made;

    /// <summary>A plane that does nothing until it is started. Publish is called on the plane's thread and must not block.</summary>
    public BgpPlane(string node, bool restarted, Action<BgpReport> publish, ulong seed, ILogger logger)
    {
        (HostName, _restarted, _publish, _seed, _logger) = (node, restarted, publish, seed, logger);
        Transport = new TcpTransport(_reactor);
        Offers = new Offers(Rib);
        _bfd = new BfdDriver(seed, TakeBfd);
        _guards = new PathGuards(_bfd);
        _dynamic = new DynamicNeighbors(MakeDynamic, (neighbor, reason) => Release(neighbor, reason, null, Reactor.Now));
        _port = new BgpPort(Transport, this, logger);
        _refusals = new Refusals(logger);
        _unnumbered = new UnnumberedPeers(_reactor, Reconcile, logger);
    }

    public string HostName { get; }

    /// <summary>Ends with either thread; carries the fault that ended it.</summary>
    public Task Completion => Task.WhenAny(_reactor.Completion, _bfd.Completion).Unwrap();

    internal AdjRibOut Rib { get; } = new(new Random());

    internal Offers Offers { get; }

    internal TcpTransport Transport { get; }

    internal ImmutableArray<LinkInfo> Links { get; private set; } = [];

    internal byte[] Buffer { get; } = new byte[BufferOctets];

    /// <summary>Starts both threads.</summary>
    public void Start()
    {
        _startedAt = Reactor.Now;
        _links = new LinkMonitor(_reactor, TakeLinks);
        _bfd.Start();
        _reactor.Start("bgp", Settle, realTime: false);
    }

    /// <summary>Takes what the cluster wants; false when the mailbox is full, and the caller offers it again.</summary>
    public bool TryApply(BgpIntent intent) => _reactor.TryPost(() => Apply(intent));

    /// <summary>
    /// Ends all sessions: with <see cref="StopReason.Restart"/> so that peers which agreed on graceful restart keep the routes,
    /// else with a Cease. The task ends when the last connection has, and BFD has said that no path failed.
    /// </summary>
    public Task LeaveAsync(StopReason reason, string? text, CancellationToken limit)
    {
        TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool posted = _reactor.TryPost(() =>
        {
            _left = left;
            _wanted = [];
            foreach (BgpNeighbor neighbor in _neighbors.Values)
                Release(neighbor, reason, text, Reactor.Now);
            _neighbors.Clear();
            foreach (BgpNeighbor neighbor in _dynamic.TakeAll())
                Release(neighbor, reason, text, Reactor.Now);
        });
        return posted ? Task.WhenAll(left.Task.WaitAsync(limit), _bfd.LeaveAsync(limit)) : Task.CompletedTask;
    }

    /// <summary>How each route stands with each router that is up.</summary>
    public Task<ImmutableArray<(string Peer, IpAddr Remote, RibRoute Route)>> ReadRoutesAsync(CancellationToken limit)
    {
        TaskCompletionSource<ImmutableArray<(string, IpAddr, RibRoute)>> read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool posted = _reactor.TryPost(() => read.SetResult(
            [.. _neighbors.Values.Concat(_dynamic.All).SelectMany(n => n.Routes(IpFamily.IPv4).Concat(n.Routes(IpFamily.IPv6)).Select(r => (n.Name, n.Remote, r)))]));
        return posted ? read.Task.WaitAsync(limit) : Task.FromResult<ImmutableArray<(string, IpAddr, RibRoute)>>([]);
    }

    /// <summary>Asks both threads to end.</summary>
    public void Stop() => _reactor.Stop();

    /// <summary>Whether peers may still have routes of the process before (RFC 4724 3): they keep them for the restart time and no longer.</summary>
    internal bool HasJustRestarted(TimeSpan restartTime) => _restarted && Reactor.Now - _startedAt < restartTime;

    internal void MarkChanged() => _reportAt = MonoTime.Min(_reportAt, Reactor.Now + ReportInterval);

    /// <summary>Only counters have changed.</summary>
    internal void MarkCounted() => _reportAt = MonoTime.Min(_reportAt, Reactor.Now + CountInterval);

    internal void Tell(BgpNeighbor neighbor, in SessionNotice notice)
    {
        if (MayLog(neighbor, notice))
            NoticeLog.Write(_logger, neighbor.Label, notice);
        if (notice.Kind == SessionNoticeKind.Up)
            _initialState.SessionUp(Reactor.Now);
        if (notice.Kind is SessionNoticeKind.Up or SessionNoticeKind.Down)
            _reportAt = Reactor.Now;
    }

    // Anybody in a prefix may try, as often as he likes.
    private bool MayLog(BgpNeighbor neighbor, in SessionNotice notice)
    {
        if (neighbor.Intent.Peer.Range is null || notice.Kind != SessionNoticeKind.AttemptEnded)
            return true;
        if (Reactor.Now < _quietUntil)
            return false;
        _quietUntil = Reactor.Now + AttemptInterval;
        return true;
    }

    private MonoTime Settle(MonoTime now)
    {
        if (_initialState.TryGiveUp(now))
        {
            Log.InitialStateGivenUp(_logger, InitialStateLimit.TotalSeconds, Rib.Count(IpFamily.IPv4) + Rib.Count(IpFamily.IPv6));
            Complete();
        }

        MonoTime next = MonoTime.Min(Transport.Tick(now), _unnumbered.Tick(now));
        foreach (BgpNeighbor neighbor in _neighbors.Values)
            next = MonoTime.Min(next, neighbor.Settle(now));
        next = MonoTime.Min(next, _dynamic.Settle(now));
        for (int i = _leaving.Count - 1; i >= 0; i--)
        {
            next = MonoTime.Min(next, _leaving[i].Settle(now));
            if (_leaving[i].IsIdle)
                _leaving.RemoveAt(i);
        }

        if (_left is { } left && Transport.Count == 0)
            left.TrySetResult();
        if (_port.RetryAt <= now)
            _port.Settle(_wanted, now);
        if (_reportAt <= now)
        {
            _reportAt = MonoTime.Never;
            _publish(Report(now));
        }

        return MonoTime.Min(next, MonoTime.Min(MonoTime.Min(_reportAt, _port.RetryAt), _initialState.Until));
    }

    private void Apply(BgpIntent intent)
    {
        MonoTime now = Reactor.Now;
        if (intent.Peers is { } peers && _left is null)
        {
            _wanted = peers;
            Reconcile(now);
        }

        foreach (RouteChange change in intent.Routes)
            Offers.Apply(change, intent.Draining);
        if (intent.IsComplete)
            Complete();
        MarkChanged();
    }

    private void Complete()
    {
        _initialState.Complete();
        Rib.CompleteInitialState();
    }

    private void TakeLinks(ImmutableArray<LinkInfo> links)
    {
        Links = links;
        Reconcile(Reactor.Now);
    }

    private BgpReport Report(MonoTime now) => new(
        [.. _wanted.Select(Told)],
        Rib.Count(IpFamily.IPv4),
        Rib.Count(IpFamily.IPv6),
        now);

    /// <inheritdoc/>
    public void Dispose()
    {
        _reactor.StopAndWait();
        _port.Dispose();
        _unnumbered.Dispose();
        Transport.Dispose();
        _links?.Dispose();
        _bfd.Dispose();
        _reactor.Dispose();
    }
}
