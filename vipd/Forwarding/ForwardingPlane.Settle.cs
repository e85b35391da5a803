// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;
using LoadBalancer.Linux;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>What the loop does each time it is woken: from configuration and verdicts to the table in the kernel.</summary>
internal sealed partial class ForwardingPlane
{
    private readonly HashSet<string> _toldProblems = new(StringComparer.Ordinal);
    private VipConfiguration? _applied;
    private ImmutableArray<VirtualServerWatch> _watches = [];
    private IForwardKernel? _kernel;
    private KernelTable? _table;
    private ForwardingCompiler? _compiler;
    private Segments _segments = Forwarding.Segments.None;
    private string _kernelProblem = "";
    private bool _isBrought = true;
    private TimeSpan _retryDelay;
    private TimeSpan _readPause = ReadInterval;

    private async Task SettleAsync()
    {
        VipConfiguration? wanted = Volatile.Read(ref _wanted);
        if (wanted is null)
        {
            return;
        }

        if (!ReferenceEquals(wanted, _applied))
        {
            await ChangeAsync(wanted);
            _applied = wanted;
        }

        FrozenSet<IpAddr> held = Volatile.Read(ref _held);
        await StartAndStopAsync(held);
        foreach (VirtualServerWatch watch in _watches)
        {
            Judge(watch);
        }

        Bring(wanted.VirtualServers, held);
    }

    private async Task ChangeAsync(VipConfiguration wanted)
    {
        Dictionary<string, VirtualServerWatch> known = _watches.ToDictionary(static w => w.Server.Name, StringComparer.Ordinal);
        List<VirtualServerWatch> next = [];
        List<CheckSlot> over = [];
        foreach (VirtualServer server in wanted.VirtualServers)
        {
            VirtualServerWatch watch = known.Remove(server.Name, out VirtualServerWatch? same) ? same : new(server);
            over.AddRange(watch.Change(server));
            next.Add(watch);
        }

        over.AddRange(known.Values.SelectMany(static w => w.Servers).SelectMany(static s => s.Slots));
        _watches = [.. next];
        Slots = [.. next.SelectMany(static w => w.Servers).SelectMany(static s => s.Slots)];
        await Task.WhenAll(over.Select(static s => s.StopAsync()));
    }

    private async Task StartAndStopAsync(FrozenSet<IpAddr> held)
    {
        foreach (VirtualServerWatch watch in _watches)
        {
            bool rests = watch.Server.SuspendWithoutAddress && !watch.IsAmong(held);
            foreach (ServerWatch server in watch.Servers)
            {
                foreach (CheckSlot slot in server.Slots)
                {
                    if (rests)
                    {
                        await slot.StopAsync();
                    }
                    else if (!slot.IsRunning)
                    {
                        slot.Start(server.Server, watch.PortOf(server.Server), _tools, Wake, _tracked.Values);
                    }
                }
            }
        }
    }

    private void Judge(VirtualServerWatch watch)
    {
        foreach (ServerWatch server in watch.Servers)
        {
            bool isUp = server.Health.IsUp;
            if (server.ToldUp == isUp || (server.ToldUp is null && server.Slots.Any(static s => s.Status.Asked == 0) && isUp))
            {
                continue;
            }

            server.ToldUp = isUp;
            string reason = string.Join("; ", server.Slots.Where(s => s.Verdict.IsUp == isUp).Select(static s => s.Verdict.Words));
            if (isUp)
            {
                Log.ServerUp(_logger, watch.Server.Name, server.Server.Address, server.Server.Port, reason);
                _hooks.Run(server.Server.NotifyUp, server.Server.User);
            }
            else
            {
                Log.ServerDown(_logger, watch.Server.Name, server.Server.Address, server.Server.Port, reason);
                _hooks.Run(server.Server.NotifyDown, server.Server.User);
            }
        }

        switch (watch.Quorum.Judge(watch.LiveWeight, watch.Server.Quorum, watch.Server.Hysteresis))
        {
            case QuorumChange.Gained:
                Log.QuorumGained(_logger, watch.Server.Name, watch.LiveWeight);
                _hooks.Run(watch.Server.QuorumUp, watch.Server.User);
                break;
            case QuorumChange.Lost:
                Log.QuorumLost(_logger, watch.Server.Name, watch.LiveWeight);
                _hooks.Run(watch.Server.QuorumDown, watch.Server.User);
                break;
            case QuorumChange.None:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Bring(ValueList<VirtualServer> servers, FrozenSet<IpAddr> held)
    {
        if (_table is null && !TryOpen(servers.Count > 0))
        {
            Publish(ForwardingPlan.Empty, held, servers.Count > 0 ? [_kernelProblem] : [], []);
            return;
        }

        Dictionary<string, VirtualServerWatch> watches = _watches.ToDictionary(static w => w.Server.Name, StringComparer.Ordinal);
        _compiler ??= new(_kernel!.Missing);
        ForwardingPlan plan = _compiler.Compile(
            servers, (server, index) => watches[server.Name].Servers[index].Health, server => watches[server.Name].Quorum.IsReached, Segments(servers));
        long cutsBefore = _table!.Cuts;
        _isBrought = _table.Bring(plan);
        _retryDelay = _isBrought ? ShortestRetry : TimeSpan.FromTicks(Math.Min(_retryDelay.Ticks * 2, LongestRetry.Ticks));
        if (_table.Cuts > cutsBefore)
        {
            Log.Cut(_logger, _table.Cuts - cutsBefore);
        }

        ImmutableArray<string> problems = [.. _table.Problem.Length > 0 ? [_table.Problem] : Array.Empty<string>(), .. NodeFacts.Problems(servers, _kernel!.Read)];
        Publish(plan, held, problems, [.. NodeFacts.Notes(servers, _kernel.Read)]);
    }

    private Segments Segments(ValueList<VirtualServer> servers)
    {
        if (!servers.Any(static server => server.Method == ForwardingMethod.DirectRouting))
        {
            return Forwarding.Segments.None;
        }

        try
        {
            return _segments = Forwarding.Segments.Of(_kernel!.Links());
        }
        catch (LinuxException fault)
        {
            // The next look comes with the next change, or in ten seconds.
            Log.Problem(_logger, $"the kernel does not list this node's interfaces, and direct routing goes on as it was: {fault.Message}");
            return _segments;
        }
    }

    // Without virtual servers there is nothing to open it for but a table that a former life may have left.
    private bool TryOpen(bool isNeeded)
    {
        _kernel = _open(out string reason);
        _kernelProblem = _kernel is null && isNeeded ? reason : "";
        _isBrought = _kernel is not null;
        _retryDelay = LongestRetry;
        _table = _kernel is null ? null : new(_kernel);
        _compiler = null;
        return _kernel is not null;
    }

    // The time for a look at the counters has come, or for another attempt. Verdicts do not wait for the whole of it.
    private async Task ComeRoundAsync()
    {
        if (_table is not { } table || !_isBrought)
        {
            return;
        }

        long began = _tools.Time.GetTimestamp();
        bool isWhole = await table.ReadAsync(() => _wake.Reader.TryRead(out _) ? SettleAsync() : Task.CompletedTask);
        TimeSpan pause = _tools.Time.GetElapsedTime(began) * PauseForReading;
        _readPause = pause > ReadInterval ? pause : ReadInterval;
        if (!isWhole && _isBrought)
        {
            Log.Meddled(_logger);
            table.Forget();
        }

        _view = _view with { Counters = table.Counters };
    }

    private void Publish(ForwardingPlan plan, FrozenSet<IpAddr> held, ImmutableArray<string> problems, ImmutableArray<string> notes)
    {
        TellChanges(plan, problems, notes);
        _view = new()
        {
            IsActive = _isBrought,
            Problems = problems,
            Notes = notes,
            Plan = plan,
            Transactions = _table?.Transactions ?? 0,
            Cuts = _table?.Cuts ?? 0,
            Counters = _table?.Counters ?? _view.Counters,
            Servers =
            [
                .. _watches.Select(w => new VirtualServerView(
                    w.Server, w.IsAmong(held), w.Quorum.IsReached, [.. w.Servers.Select(static s => new ServerView(s.Server, s.Health, s.Slots))])),
            ],
        };
    }

    // Each is told when it comes up, and again only after it was gone.
    private void TellChanges(ForwardingPlan plan, ImmutableArray<string> problems, ImmutableArray<string> notes)
    {
        HashSet<string> now = new(StringComparer.Ordinal);
        foreach (string problem in problems)
        {
            if (now.Add(problem) && !_toldProblems.Contains(problem))
            {
                Log.Problem(_logger, problem);
            }
        }

        foreach ((string server, ImmutableArray<string> sentences) in plan.Problems)
        {
            foreach (string sentence in sentences)
            {
                if (now.Add($"{server}: {sentence}") && !_toldProblems.Contains($"{server}: {sentence}"))
                {
                    Log.ServerProblem(_logger, server, sentence);
                }
            }
        }

        foreach (string note in notes)
        {
            if (now.Add(note) && !_toldProblems.Contains(note))
            {
                Log.Note(_logger, note);
            }
        }

        if (_isBrought && (!_view.IsActive || _view.Plan.Services.Length != plan.Services.Length))
        {
            Log.Active(_logger, plan.Services.Length);
        }

        _toldProblems.Clear();
        _toldProblems.UnionWith(now);
    }
}
