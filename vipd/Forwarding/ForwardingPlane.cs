// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Threading.Channels;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Health;
using LoadBalancer.Vipd.Tracking;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>Opens the kernel; null, with what to do, where it cannot be.</summary>
internal delegate IForwardKernel? KernelOpener(out string reason);

/// <summary>
/// Checks the servers of virtual servers and forwards to those that work. One loop owns all of it; what comes from outside is put
/// where the loop finds it, the last of its kind counts, and the loop is woken. So a burst of verdicts is one transaction.
/// </summary>
internal sealed partial class ForwardingPlane : IAsyncDisposable
{
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(10);

    // Reading thousands of counters takes a part of a second: no more than a fiftieth of the time goes to it.
    private const int PauseForReading = 50;
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly KernelOpener _open;
    private readonly HealthTools _tools;
    private readonly ILogger _logger;
    private readonly ForwardingHooks _hooks;
    private readonly ForwardingMetrics _metrics;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<(TrackedKind, string), TrackReport> _tracked = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private VipConfiguration? _wanted;
    private FrozenSet<IpAddr> _held = [];
    private volatile ForwardingView _view = new();
    private ImmutableArray<CheckSlot> _slots = [];
    private bool _isOver;

    /// <summary>A plane that forwards nothing yet.</summary>
    public ForwardingPlane(KernelOpener open, HealthTools tools, ILogger logger)
    {
        (_open, _tools, _logger) = (open, tools, logger);
        _hooks = new(tools, logger);
        _metrics = new(() => _view);
        _retryDelay = ShortestRetry;
        _running = RunAsync(_stop.Token);
    }

    /// <summary>Ends with the loop; carries the fault that ended it.</summary>
    public Task Completion => _running;

    /// <summary>What is forwarded; from any thread.</summary>
    public ForwardingStatus Status => _view.Status();

    /// <summary>From now on this is forwarded; what is the same goes on as it is. Never blocks; of several the last counts.</summary>
    public void Apply(VipConfiguration configuration)
    {
        Volatile.Write(ref _wanted, configuration);
        Wake();
    }

    /// <summary>The virtual addresses this node holds now: checks may rest for those it does not. Never blocks.</summary>
    public void Holds(IReadOnlyCollection<IpAddr> addresses)
    {
        Volatile.Write(ref _held, addresses.ToFrozenSet());
        Wake();
    }

    /// <summary>What is known of a tracked file or BFD peer, for checks of that kind. Never blocks.</summary>
    public void Take(TrackReport report)
    {
        if (report.Kind is TrackedKind.File or TrackedKind.BfdPeer)
        {
            _tracked[(report.Kind, report.Name)] = report;
            foreach (CheckSlot slot in Slots)
            {
                slot.Take(report);
            }
        }
    }

    private ImmutableArray<CheckSlot> Slots
    {
        get => ImmutableInterlocked.InterlockedCompareExchange(ref _slots, default, default);
        set => ImmutableInterlocked.InterlockedExchange(ref _slots, value);
    }

    private void Wake() => _ = _wake.Writer.TryWrite(true);

    private async Task RunAsync(CancellationToken stop)
    {
        // Whoever makes a plane does not wait for the kernel.
        await Task.Yield();
        try
        {
            while (true)
            {
                await SettleAsync();
                await WaitAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The plane is being taken down, which is done by whoever waits for this.
        }
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        TimeSpan pause = _table is null && _kernelProblem.Length == 0 ? Timeout.InfiniteTimeSpan : _isBrought ? _readPause : _retryDelay;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using CancellationTokenSource late = new(pause, _tools.Time);
        await using CancellationTokenRegistration registration = late.Token.UnsafeRegister(static e => ((CancellationTokenSource)e!).Cancel(), either);
        try
        {
            _ = await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            await ComeRoundAsync();
        }
    }

    /// <summary>Runs down programs where that is asked for, and takes the table away.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isOver, true))
        {
            return;
        }

        await _stop.CancelAsync();
        await _running;
        await Task.WhenAll(Slots.Select(static s => s.StopAsync()));
        foreach (VirtualServerWatch watch in _watches)
        {
            TellStop(watch);
        }

        _ = _table?.Remove();
        await _hooks.DisposeAsync();
        _kernel?.Dispose();
        _metrics.Dispose();
        _stop.Dispose();
    }

    private void TellStop(VirtualServerWatch watch)
    {
        if (!watch.Server.NotifyOnStop)
        {
            return;
        }

        foreach (ServerWatch server in watch.Servers)
        {
            if (server.ToldUp == true)
            {
                _hooks.Run(server.Server.NotifyDown, server.Server.User);
            }
        }

        if (watch.Quorum.IsReached)
        {
            _hooks.Run(watch.Server.QuorumDown, watch.Server.User);
        }
    }
}
