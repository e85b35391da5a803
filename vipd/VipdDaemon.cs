// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;
using LoadBalancer.Runtime.Http;
using LoadBalancer.Runtime.Metrics;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Configuration;
using LoadBalancer.Vipd.Control;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vipd.Plane;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd;

/// <summary>Wires the daemon: the protocol thread, the kernel's side, configuration, control, and the order in which they end.</summary>
internal sealed class VipdDaemon(ProtocolPlane plane, HoldingPlane holding, AcceptFilter accept, Companions companions, VipdStatus status, ClusterDoor? cluster, VipdOptions options)
{
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(VipdOptions options, TimeProvider time, CancellationToken stop)
    {
        ResidentMemory.ShareHeap();
        FileConfiguration file = new(options.ConfigPath, options.NodeName, mayBeMissing: options.Kubernetes.IsWanted);
        ConfigurationReading reading = file.Read();
        SoundPart sound = reading.Sound();
        if (!sound.MayRun)
        {
            throw new VipdStartException(string.Join(
                '\n', Errors(reading).Append($"{options.ConfigPath} has errors, and nothing was started: mend them, `vipd check` says when it is in order")));
        }

        using ILoggerFactory logging = LogSetup.Create(options.LogLevel);
        ILogger logger = logging.CreateLogger("vipd");
        TellProblems(reading, sound, options.ConfigPath, logger);
        using StateDirectory state = new(options.StateDirectory);
        // Before anything is swept: where another vipd runs already, this one must not take its addresses away and then fail.
        DiagnosticsPorts.Demand(options.Diagnostics);
        KeptConfiguration kept = new(state.ClusterFile, options.NodeName, time, logger);
        VipConfiguration ofCluster = LastOfCluster(kept, options.Kubernetes.IsWanted, logger);
        VipConfiguration configuration = options.Kubernetes.IsWanted ? ConfigurationJoin.Judge(sound.Configuration, ofCluster).InForce : sound.Configuration;
        using ResumeFile resume = new(state.ResumeFile);
        if (resume.Fault is { } fault)
        {
            Log.NoResume(logger, state.ResumeFile, fault);
        }

        Grant(configuration.Global, logger);
        using ProtocolPlane plane = new(resume, state.Maintenance, logger);
        using HoldingPlane holding = new(plane.TakeLinks, state.SettingsFile, logger);
        MonoTime now = time.MonoNow();
        holding.Sweep(Plans(configuration), Resuming(configuration, resume, now, state.Maintenance), now + LongestSilence(configuration));
        await using Companions companions = new(plane, options.NodeName, logger, time);
        await using ClusterDoor? cluster = ClusterDoor.Open(options.Kubernetes, time, logger);
        AcceptFilter accept = new(AcceptFilter.RunOnce, time, logger);
        VipdStatus status = new(options, plane, accept, companions, cluster, time);
        VipdDaemon daemon = new(plane, holding, accept, companions, status, cluster, options);
        holding.Start(configuration.Global);
        plane.Start(configuration.Global, holding);
        await daemon.ApplyAsync(new VipConfiguration(), configuration).ConfigureAwait(false);
        status.Read(Errors(reading), sound.LeftOut);
        return await daemon.ServeAsync(file, (configuration, sound.Configuration, ofCluster), kept, state, logging, logger, time, stop).ConfigureAwait(false);
    }

    private async Task<int> ServeAsync(
        FileConfiguration file,
        (VipConfiguration InForce, VipConfiguration OfFile, VipConfiguration OfCluster) start,
        KeptConfiguration kept,
        StateDirectory state,
        ILoggerFactory logging,
        ILogger logger,
        TimeProvider time,
        CancellationToken stop)
    {
        PlaneReporter reporter = new(plane.Notices, companions, () => cluster?.Stir(), logger);
        using PrometheusExporter exporter = new(VipdMetrics.MeterName);
        using VipdMetrics metrics = new(status, reporter, holding, plane, companions);
        using ControlSocket control = new(state.Path, new ControlVerbs(plane, status, state, logger).AnswerAsync, time, logger);
        using ConfigurationKeeper keeper = new(file, start, status, ApplyAsync, ApplyServers, cluster, kept, time, logger);
        await using DiagnosticsServer diagnostics = await DiagnosticsServer.StartAsync(
            options.Diagnostics,
            new DiagnosticsSources(exporter.Scrape, static () => "{}", status.Unhealthy, status.NotReady)
            {
                BeforeMetrics = status.RefreshAsync,
                Documents = new Dictionary<string, Func<CancellationToken, Task<string>>> { ["/status"] = status.ToJsonAsync },
            },
            logging,
            stop).ConfigureAwait(false);
        Log.Started(logger, VipdStatus.Version, status.Node, start.InForce.Instances.Count, options.ConfigPath);

        using CancellationTokenSource work = new();
        Task reporting = reporter.RunAsync(work.Token);
        Task keeping = kept.RunAsync(work.Token);
        Task[] parts =
        [
            plane.Reactor.Completion,
            holding.Reactor.Completion,
            .. companions.Completions,
            reporting,
            control.RunAsync(work.Token),
            keeper.RunAsync(work.Token),
            accept.RunAsync(work.Token),
            keeping,
            .. FollowCluster(keeper, work.Token),
            QuietTimes.CollectAsync(time, work.Token),
        ];
        Task stopped = Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
        Task first = await Task.WhenAny([.. parts, stopped]).ConfigureAwait(false);
        if (first == stopped)
        {
            await LeaveAsync(time).ConfigureAwait(false);
        }

        await work.CancelAsync().ConfigureAwait(false);
        plane.Reactor.Stop();
        holding.Reactor.Stop();
        if (first != stopped)
        {
            // A part that failed ends the process: other nodes take over, and the supervisor starts it anew.
            await first.ConfigureAwait(false);
            return 1;
        }

        await reporting.ConfigureAwait(false);
        await keeping.ConfigureAwait(false);
        Log.Stopped(logger);
        return 0;
    }

    private Task[] FollowCluster(ConfigurationKeeper keeper, CancellationToken cancellationToken) => cluster is null
        ? []
        : [.. cluster.Completions, keeper.FollowAsync(cancellationToken), cluster.ReportAsync(status, cancellationToken)];

    // Farewells first, then the addresses: the next master is told before anything of ours is gone.
    private async Task LeaveAsync(TimeProvider time)
    {
        using CancellationTokenSource limit = new(FarewellLimit, time);
        try
        {
            await plane.StopAsync().WaitAsync(limit.Token).ConfigureAwait(false);
            holding.TryOrder([new(HoldingOrderKind.Forget, HoldingPlane.Static)]);
            await holding.DoneAsync().WaitAsync(limit.Token).ConfigureAwait(false);
            accept.Remove();
        }
        catch (OperationCanceledException)
        {
            // A thread that hangs must not keep the process: the kernel's tables are swept at the next start.
        }
    }

    private async Task ApplyAsync(VipConfiguration before, VipConfiguration after)
    {
        holding.TryConfigure(after.Global);
        accept.Apply(after);
        if (StaticPlan(after) is var plan && plan != StaticPlan(before))
        {
            holding.TryOrder([new(HoldingOrderKind.Plan, HoldingPlane.Static) { Plan = plan }]);
        }

        await companions.ApplyAsync(after).ConfigureAwait(false);
        await plane.ApplyAsync(PlaneDifference.Between(before, after)).ConfigureAwait(false);
        cluster?.Stir();
        TellInForce(after);
    }

    private void ApplyServers(VipConfiguration after)
    {
        companions.ApplyServers(after);
        TellInForce(after);
    }

    private void TellInForce(VipConfiguration after) => status.InForce(after.Global.NodeName.Length > 0 ? after.Global.NodeName : options.NodeName);

    private static IReadOnlyList<string> Errors(ConfigurationReading reading) =>
        [.. reading.Problems.Where(static p => p.Kind == ProblemKind.Error).Select(static p => p.ToString())];

    private static void TellProblems(ConfigurationReading reading, SoundPart sound, string file, ILogger logger)
    {
        foreach (ConfigProblem problem in reading.Problems)
        {
            if (problem.Kind == ProblemKind.Error)
            {
                Log.ConfigurationError(logger, problem.ToString());
            }
            else
            {
                Log.ConfigurationProblem(logger, problem.ToString());
            }
        }

        if (sound.LeftOut.Count > 0)
        {
            Log.InForceInPart(logger, file, string.Join("; ", sound.LeftOut));
        }
    }

    private static VipConfiguration LastOfCluster(KeptConfiguration kept, bool isFollowed, ILogger logger)
    {
        if (!isFollowed)
        {
            kept.Forget();
            return new();
        }

        VipConfiguration last = kept.Read() ?? new();
        if (last.Instances.Count > 0)
        {
            Log.KeptInForce(logger, last.Instances.Count, last.VirtualServers.Count);
        }

        return last;
    }

    private static void Grant(GlobalSettings global, ILogger logger)
    {
        if (global.LockMemory && !ResidentMemory.TryKeep(out string? refused))
        {
            Log.NotGranted(logger, "lockMemory", refused!);
        }

        if (global.Nice != 0 && !ThreadScheduling.TryBeNice(global.Nice, out refused))
        {
            Log.NotGranted(logger, "nice", refused!);
        }
    }

    private static Func<string, bool> Resuming(VipConfiguration configuration, ResumeFile resume, MonoTime now, bool maintenance)
    {
        HashSet<string> names = [.. InstanceSpec.Of(configuration)
            .Where(s => !maintenance && ProtocolPlane.MayResume(s, resume, now))
            .Select(static s => s.Instance.Name)];
        return names.Contains;
    }

    // After that another node is master of everything that did not go on here.
    private static TimeSpan LongestSilence(VipConfiguration configuration) =>
        configuration.Instances.Select(static i => i.AdvertInterval * (i.DeadAfter + 1)).DefaultIfEmpty().Max();

    private static IEnumerable<HoldingPlan> Plans(VipConfiguration configuration) =>
        configuration.Instances.Select(HoldingPlan.Of).Append(StaticPlan(configuration));

    private static HoldingPlan StaticPlan(VipConfiguration configuration) => new()
    {
        Name = HoldingPlane.Static,
        Addresses = [.. configuration.StaticAddresses.Select(static a => new PlannedAddress(a, a.Device))],
        Routes = configuration.StaticRoutes,
        Rules = configuration.StaticRules,
    };
}
