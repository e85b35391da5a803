// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>How long a client has no answer when the master fails, in each way and for each advertisement interval; runs of both in turns.</summary>
internal static class GapBench
{
    private const int Port = 7007;
    private const int AnswersBefore = 300;
    private const string Ours = "192.0.2.100";
    private const string Theirs = "192.0.2.101";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan After = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(1500);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, VipSizes sizes, CancellationToken cancellation)
    {
        await using var stage = await VipStage.StartAsync(cancellation);
        foreach (var pair in stage.InTurn(0))
        {
            foreach (var daemon in (VipDaemon[])[pair.First, pair.Second])
            {
                // The echo is bound before the address comes, as a server behind either has to be.
                daemon.Host.Namespace.SetKernel(("net/ipv4/ip_nonlocal_bind", "1"));
                stage.Own(UdpEcho.Start(daemon.Host.Namespace, Target(pair), daemon.Host.Name));
            }
        }

        var figures = new List<Figure>();
        var pauses = new Samples();
        foreach (var advert in sizes.Adverts)
        {
            foreach (var pair in stage.InTurn(0))
                await StartAsync(stage, pair, advert, cancellation);
            foreach (var fault in Enum.GetValues<VipFault>())
                figures.AddRange(await FaultAsync(stage, fault, advert, sizes.Runs, pauses, report, cancellation));
            foreach (var pair in stage.InTurn(0))
                await pair.StopAsync(cancellation);
        }

        // Above a few milliseconds the machine was busy, and the gaps hold that too.
        figures.Add(new Figure("longest pause of the probe itself, median of all runs", pauses.Median, "ms"));
        figures.Add(new Figure("longest pause of the probe itself, worst of all runs", pauses.Worst, "ms"));
        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> FaultAsync(
        VipStage stage, VipFault fault, int advert, int runs, Samples pauses, Report report, CancellationToken cancellation)
    {
        Seen ours = new(), theirs = new();
        for (var run = 0; run < runs; run++)
        {
            foreach (var pair in stage.InTurn(run))
            {
                try
                {
                    await RunAsync(stage, pair, fault, pair.IsOurs ? ours : theirs, pauses, advert, cancellation);
                    report.Say(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{pair.Name} {run + 1}/{runs}: {Words(fault)}, adverts {advert} ms: gap {(pair.IsOurs ? ours : theirs).Gaps.Values[^1]:f1} ms, handover {(pair.IsOurs ? ours : theirs).Handovers.Values[^1]:f1} ms, longest pause of the sender {pauses.Values[^1]:f1} ms"));
                }
                catch (TimeoutException timeout)
                {
                    report.Miss($"{pair.Name} {run + 1}/{runs}, {Words(fault)}, adverts {advert} ms", timeout);
                    await pair.StopAsync(cancellation);
                    await StartAsync(stage, pair, advert, cancellation);
                }
            }
        }

        if (ours.Gaps.Count == 0 || theirs.Gaps.Count == 0)
            return [];
        var what = string.Create(CultureInfo.InvariantCulture, $"{Words(fault)}, adverts {advert} ms");
        List<Figure> figures =
        [
            Beside($"client gap, {what}, median of {runs}", ours.Gaps.Median, theirs.Gaps.Median) with { Aim = Aim(fault, advert) },
            Beside($"client gap, {what}, worst of {runs}", ours.Gaps.Worst, theirs.Gaps.Worst),
            Beside($"handover, {what}, median of {runs}", ours.Handovers.Median, theirs.Handovers.Median) with { Aim = fault == VipFault.Terminate ? "<= 5 ms" : "ratio <= 1.0" },
            Beside($"handover, {what}, worst of {runs}", ours.Handovers.Worst, theirs.Handovers.Worst),
        ];
        // In these the old master's address still answers for a time, and the gap does not show when the other came.
        if (fault is VipFault.Kill or VipFault.Script)
        {
            var until = fault == VipFault.Script ? "script failure (run each second)" : "kill -9";
            figures.Add(Beside($"{until} to another's answer, adverts {advert} ms, median of {runs}", ours.Moves.Median, theirs.Moves.Median));
            figures.Add(Beside($"the same, worst of {runs}", ours.Moves.Worst, theirs.Moves.Worst));
        }

        return figures;
    }

    private static async Task RunAsync(VipStage stage, VipPair pair, VipFault fault, Seen seen, Samples pauses, int advert, CancellationToken cancellation)
    {
        await using var probe = GapProbe.Start(stage.Network.Client.Namespace, Target(pair));
        await AnswersAsync(probe, pair.First, cancellation);
        // Neighbours and elections come to rest: what is measured is one failure, not two.
        await Task.Delay(Rest + TimeSpan.FromMilliseconds(advert), TimeProvider.System, cancellation);
        await AnswersAsync(probe, pair.First, cancellation);
        probe.Restart();
        await probe.WaitForAnswersAsync(AnswersBefore, Limit, cancellation);
        var began = Stopwatch.GetTimestamp();
        await FailAsync(stage, pair.First, fault, cancellation);
        try
        {
            await probe.WaitForOtherAsync(pair.First.Host.Name, Limit, cancellation);
            seen.Moves.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(After, TimeProvider.System, cancellation);
            var gap = probe.Report();
            seen.Gaps.Add(gap.LongestSilence.TotalMilliseconds);
            seen.Handovers.Add(gap.Handover.TotalMilliseconds);
            pauses.Add(gap.LongestSendPause.TotalMilliseconds);
        }
        finally
        {
            await MendAsync(stage, pair.First, fault, cancellation);
        }
    }

    private static async Task FailAsync(VipStage stage, VipDaemon daemon, VipFault fault, CancellationToken cancellation)
    {
        switch (fault)
        {
            case VipFault.LinkCut:
                await stage.Network.CutLinkAsync(daemon.Host, Segment.Service, CutKind.Silent, cancellation);
                break;
            case VipFault.Kill:
                daemon.Process.Kill();
                break;
            case VipFault.Terminate:
                daemon.Process.Terminate();
                break;
            case VipFault.Script:
                await File.WriteAllTextAsync(Mark(stage, daemon.Host), "", cancellation);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static async Task MendAsync(VipStage stage, VipDaemon daemon, VipFault fault, CancellationToken cancellation)
    {
        File.Delete(Mark(stage, daemon.Host));
        await stage.Network.HealLinkAsync(daemon.Host, Segment.Service, cancellation);
        if (fault is VipFault.Kill or VipFault.Terminate)
        {
            await daemon.Process.WaitForExitAsync(cancellation);
            await daemon.StartAsync();
        }
    }

    private static async Task StartAsync(VipStage stage, VipPair pair, int advert, CancellationToken cancellation)
    {
        VipRouter router = new("eth0", pair.IsOurs ? 51 : 71, [(pair.IsOurs ? Ours : Theirs) + "/24"]);
        foreach (var daemon in (VipDaemon[])[pair.First, pair.Second])
        {
            await daemon.ConfigureAsync(VipConf.For(daemon.Host, daemon == pair.First, advert, [router], Mark(stage, daemon.Host)), cancellation);
            await daemon.StartAsync();
        }
    }

    private static async Task AnswersAsync(GapProbe probe, VipDaemon daemon, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (probe.LastAnswerer != daemon.Host.Name)
        {
            if (Stopwatch.GetElapsedTime(began) > Limit)
                throw new TimeoutException($"{daemon.Host} did not answer within {Limit}: {probe.Report()}\n{daemon.Process.Output.Tail(10)}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellation);
        }
    }

    private static Figure Beside(string what, double ours, double theirs) => new(what, ours, "ms") { Aim = "ratio <= 1.0", Peer = VipDaemon.Peer, PeerValue = theirs };

    private static string Aim(VipFault fault, int advert) => fault is VipFault.LinkCut or VipFault.Kill && advert == 10 ? "<= 45 ms" : "ratio <= 1.0";

    private static string Words(VipFault fault) => fault switch
    {
        VipFault.LinkCut => "silent link cut",
        VipFault.Kill => "kill -9",
        VipFault.Terminate => "SIGTERM",
        VipFault.Script => "script failure",
        _ => throw new UnreachableException(),
    };

    private static IPEndPoint Target(VipPair pair) => new(IPAddress.Parse(pair.IsOurs ? Ours : Theirs), Port);

    private static string Mark(VipStage stage, LabHost host) => Path.Combine(stage.Network.State.Directory, "fails-" + host.Name);

    private sealed class Seen
    {
        /// <summary>The longest silence of all: also one of the machine while the failure was not yet noticed, or after another answered.</summary>
        internal Samples Gaps { get; } = new();

        /// <summary>From the last answer of the one to the first of the other.</summary>
        internal Samples Handovers { get; } = new();

        internal Samples Moves { get; } = new();
    }
}
