// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Holding;

/// <summary>
/// The kernel's side of the daemon, on a thread of its own so that no advertisement waits for it: does the orders of the
/// protocol thread, many in one send; keeps what is held as it is to be; tells the protocol thread what becomes of interfaces.
/// </summary>
internal sealed partial class HoldingPlane : IDisposable
{
    /// <summary>The name of what the node holds whoever is master; no instance can have it.</summary>
    public const string Static = "";

    private const int MailboxCapacity = 1 << 16;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Holding> _holdings = new(StringComparer.Ordinal);
    private readonly HashSet<Holding> _dirty = [];
    private readonly List<(Holding Holding, byte Repeat, bool IsRefresh)> _announcements = [];
    private readonly KernelNetwork _network = new();
    private readonly InterfaceSettings _settings;
    private readonly LinkMonitor _monitor;
    private readonly RouteMonitor _routes;
    private readonly Announcer _announcer;
    private readonly Action<ImmutableArray<LinkView>> _linksChanged;
    private readonly ILogger _logger;
    private readonly bool _keepsTags;
    private MonoTime _retryAt = MonoTime.Never;
    private bool _verifyRoutes;

    /// <param name="linksChanged">Told on this plane's thread of every change of interfaces that matters to the protocol.</param>
    /// <param name="settingsFile">Where it is kept what settings of interfaces were, for after a kill.</param>
    /// <param name="logger">Where it tells of faults.</param>
    public HoldingPlane(Action<ImmutableArray<LinkView>> linksChanged, string settingsFile, ILogger logger)
    {
        SettingsRecord record = new(settingsFile, () => _network.ListLinks().ToDictionary(static l => l.Index, static l => l.Name), logger);
        _settings = new(record.Write);
        _ = _settings.Adopt(record.Read());
        _linksChanged = linksChanged;
        _logger = logger;
        Reactor = new(MailboxCapacity);
        _keepsTags = _network.KeepsAddressTags;
        if (!_keepsTags)
        {
            Log.NoAddressTags(logger);
        }

        _monitor = new(Reactor, OnLinks);
        _routes = new(Reactor, Resolver.Mark, OnRoute, OnRule, () => _verifyRoutes = true);
        _announcer = new(Reactor, logger);
    }

    public Reactor Reactor { get; }

    public HoldingCounters Counters { get; } = new();

    public Announcer Announcer => _announcer;

    public void Start(GlobalSettings global)
    {
        Reactor.Start("holding", Settle, realTime: false);
        if (global.RealtimePriority > 0)
        {
            // A master serves nobody before its addresses are there and announced. Just below the protocol thread, which tells
            // when this is refused.
            _ = Reactor.TryPost(() => ThreadScheduling.TryRealTime(Math.Max(1, global.RealtimePriority - 1), out _));
        }
    }

    /// <summary>Takes orders from any thread; false when there is no room for them now.</summary>
    public bool TryOrder(HoldingOrder[] orders) => Reactor.TryPost(() => Take(orders));

    /// <summary>Completes once every order given before is done.</summary>
    public Task DoneAsync()
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // What is posted runs before the round is settled: the second time everything of the first round is done.
        return Reactor.TryPost(() => _afterSettle.Enqueue(done)) ? done.Task : Task.CompletedTask;
    }

    /// <summary>Pacing and other settings that hold for all.</summary>
    public bool TryConfigure(GlobalSettings global) => Reactor.TryPost(() => _announcer.Configure(global.Pacing));

    private readonly Queue<TaskCompletionSource> _afterSettle = new();

    private void Take(HoldingOrder[] orders)
    {
        foreach (HoldingOrder order in orders)
        {
            Take(order);
        }
    }

    private void Take(in HoldingOrder order)
    {
        if (!_holdings.TryGetValue(order.Instance, out Holding? holding))
        {
            if (order.Plan is null)
            {
                return;
            }

            holding = new(order.Plan) { IsHeld = order.Instance == Static };
            Adopt(holding);
            _holdings.Add(order.Instance, holding);
        }

        switch (order.Kind)
        {
            case HoldingOrderKind.Plan:
                HoldingPlan before = holding.Plan;
                holding.Plan = order.Plan!;
                DropMacvlans(before);
                MakeMacvlans(holding);
                SilenceBystanders(holding);
                _releaseAt = Reactor.Now + ReleaseAfter;
                _dirty.Add(holding);
                break;
            case HoldingOrderKind.Hold:
                holding.IsHeld = true;
                holding.IsUndecided = false;
                _dirty.Add(holding);
                break;
            case HoldingOrderKind.LetGo:
                holding.IsHeld = false;
                holding.IsUndecided = false;
                _dirty.Add(holding);
                break;
            case HoldingOrderKind.Forget:
                holding.IsHeld = false;
                holding.IsUndecided = false;
                _holdings.Remove(order.Instance);
                _forgotten.Add(holding);
                _releaseAt = Reactor.Now + ReleaseAfter;
                _dirty.Add(holding);
                break;
            case HoldingOrderKind.Announce:
                _announcements.Add((holding, order.Repeat, order.IsRefresh));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private MonoTime Settle(MonoTime now)
    {
        if (_retryAt <= now)
        {
            _retryAt = MonoTime.Never;
            _dirty.UnionWith(_holdings.Values.Where(static h => h.Faults.Count > 0));
        }

        if (_releaseAt == default)
        {
            _releaseAt = now + ReleaseAfter;
        }

        if (_decideBy <= now)
        {
            EndAdoption();
        }

        // Without a look at the interfaces no name means anything yet.
        if (_table.Length > 0)
        {
            Reconcile(now);
            foreach ((Holding holding, byte repeat, bool refresh) in _announcements)
            {
                Announce(holding, repeat, refresh);
            }

            _announcements.Clear();
            if (_releaseAt <= now)
            {
                ReleaseSettings();
            }

            while (_afterSettle.TryDequeue(out TaskCompletionSource? done))
            {
                done.SetResult();
            }
        }

        return MonoTime.Min(_announcer.Send(now), MonoTime.Min(_retryAt, MonoTime.Min(_table.Length > 0 ? _releaseAt : MonoTime.Never, _decideBy)));
    }

    public void Dispose()
    {
        Reactor.StopAndWait();
        _announcer.Dispose();
        _routes.Dispose();
        _monitor.Dispose();
        RestoreSettings(static _ => true);
        _settings.Dispose();
        _network.Dispose();
        Reactor.Dispose();
    }
}
