// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>Processor time and resident memory of daemons whose instances are at rest, as master and as backup, at adverts of a second.</summary>
internal static class FootprintBench
{
    private const int Advert = 1000;
    private const int MostOnOne = 255;
    private const int OnEach = 250;
    private const string Prefix = "100.64.";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>Past the second burst of announcements.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(8);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, VipSizes sizes, CancellationToken cancellation)
    {
        await using var stage = await VipStage.StartAsync(cancellation);
        var links = sizes.Instances.Max() > MostOnOne ? (sizes.Instances.Max() + OnEach - 1) / OnEach : 0;
        foreach (var pair in stage.InTurn(0))
            await JoinAsync(pair, links, cancellation);
        var figures = new List<Figure>();
        foreach (var count in sizes.Instances)
        {
            Cost? ours = null, theirs = null;
            foreach (var pair in stage.InTurn(0))
            {
                try
                {
                    var cost = await MeasureAsync(pair, Routers(count), sizes.IdleSeconds, cancellation);
                    (ours, theirs) = pair.IsOurs ? (cost, theirs) : (ours, cost);
                    report.Say(string.Create(CultureInfo.InvariantCulture, $"{pair.Name}, {count} instances: {cost}"));
                }
                catch (CommandFailedException fault)
                {
                    report.Miss($"{pair.Name}, {count} instances", fault);
                }
                finally
                {
                    await pair.StopAsync(cancellation);
                }
            }

            if (ours is not null)
                figures.AddRange(Figures(count, ours, theirs));
        }

        return figures;
    }

    // Links of their own between the two hosts, since an interface has no more than 255 virtual routers.
    private static async Task JoinAsync(VipPair pair, int links, CancellationToken cancellation)
    {
        if (links == 0)
            return;
        var (first, second) = (pair.First.Host.Namespace.Name, pair.Second.Host.Namespace.Name);
        StringBuilder left = new(), right = new();
        for (var i = 0; i < links; i++)
        {
            left.Append(CultureInfo.InvariantCulture, $"link add many{i} type veth peer name many{i} netns {second}\n");
            left.Append(CultureInfo.InvariantCulture, $"address add 198.51.100.{(4 * i) + 1}/30 dev many{i}\nlink set many{i} up\n");
            right.Append(CultureInfo.InvariantCulture, $"address add 198.51.100.{(4 * i) + 2}/30 dev many{i}\nlink set many{i} up\n");
        }

        await Command.RunAsync("ip", ["-n", first, "-batch", "-"], left.ToString(), cancellation);
        await Command.RunAsync("ip", ["-n", second, "-batch", "-"], right.ToString(), cancellation);
    }

    private static List<VipRouter> Routers(int count) =>
        [.. Enumerable.Range(0, count).Select(i => count <= MostOnOne
            ? Router("eth0", 0, i)
            : Router(string.Create(CultureInfo.InvariantCulture, $"many{i / OnEach}"), i / OnEach, i % OnEach))];

    private static VipRouter Router(string link, int network, int number) =>
        new(link, number + 1, [string.Create(CultureInfo.InvariantCulture, $"{Prefix}{network}.{number + 1}/32")]);

    private static async Task<Cost> MeasureAsync(VipPair pair, List<VipRouter> routers, int seconds, CancellationToken cancellation)
    {
        await StartAsync(pair.First, true);
        await pair.First.WaitForHeldAsync(Prefix, routers.Count, Limit, cancellation);
        await StartAsync(pair.Second, false);
        await StartedAsync(pair.Second, cancellation);
        await Task.Delay(Settle, TimeProvider.System, cancellation);
        var began = Stopwatch.GetTimestamp();
        var (first, second) = (pair.First.ProcessorTime(), pair.Second.ProcessorTime());
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancellation);
        var time = Stopwatch.GetElapsedTime(began);
        Cost cost = new(
            (pair.First.ProcessorTime() - first) / time * 100, (pair.Second.ProcessorTime() - second) / time * 100,
            pair.First.Megabytes(), pair.Second.Megabytes());
        // What took over in the meantime was not at rest.
        await pair.First.WaitForHeldAsync(Prefix, routers.Count, TimeSpan.Zero, cancellation);
        await pair.Second.WaitForHeldAsync(Prefix, 0, TimeSpan.Zero, cancellation);
        return cost;

        async Task StartAsync(VipDaemon daemon, bool isFirst)
        {
            await daemon.ConfigureAsync(VipConf.For(daemon.Host, isFirst, Advert, routers), cancellation);
            await daemon.StartAsync();
        }
    }

    // A backup shows by nothing else that it has read all of its configuration.
    private static async Task StartedAsync(VipDaemon daemon, CancellationToken cancellation)
    {
        const double BusyShare = 0.2;
        var look = TimeSpan.FromSeconds(1);
        for (var (before, began) = (daemon.ProcessorTime(), Stopwatch.GetTimestamp()); ; (before, began) = (daemon.ProcessorTime(), Stopwatch.GetTimestamp()))
        {
            await Task.Delay(look, TimeProvider.System, cancellation);
            if ((daemon.ProcessorTime() - before) / Stopwatch.GetElapsedTime(began) < BusyShare)
                return;
        }
    }

    private static IEnumerable<Figure> Figures(int count, Cost ours, Cost? theirs)
    {
        var memory = count <= MostOnOne ? "<= 60 MB" : "";
        yield return new Figure($"idle processor time, {count} instances, master", ours.MasterPercent, "%") { Aim = "ratio <= 1.0", Peer = VipDaemon.Peer, PeerValue = theirs?.MasterPercent };
        yield return new Figure($"idle processor time, {count} instances, backup", ours.BackupPercent, "%") { Aim = "ratio <= 1.0", Peer = VipDaemon.Peer, PeerValue = theirs?.BackupPercent };
        yield return new Figure($"resident memory, {count} instances, master", ours.MasterMegabytes, "MB") { Aim = memory, Peer = VipDaemon.Peer, PeerValue = theirs?.MasterMegabytes };
        yield return new Figure($"resident memory, {count} instances, backup", ours.BackupMegabytes, "MB") { Aim = memory, Peer = VipDaemon.Peer, PeerValue = theirs?.BackupMegabytes };
    }

    private sealed record Cost(double MasterPercent, double BackupPercent, double MasterMegabytes, double BackupMegabytes)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"master {MasterPercent:f2} % and {MasterMegabytes:f1} MB, backup {BackupPercent:f2} % and {BackupMegabytes:f1} MB");
    }
}
