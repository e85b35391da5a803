// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>
/// 255 addresses move at once: when the first and the last of them is announced, counted on the wire from the first
/// advertisement of the new master. As one virtual router with 255 addresses, and as 255 routers with one each.
/// </summary>
internal static class MoveBench
{
    private const int Addresses = 255;
    private const int Advert = 100;
    private const string Prefix = "100.64.0.";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private static int _captures;

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, VipSizes sizes, CancellationToken cancellation)
    {
        await using var stage = await VipStage.StartAsync(cancellation);
        var addresses = Enumerable.Range(1, Addresses).Select(static n => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{n}/32")).ToArray();
        return
        [
            .. await CaseAsync(stage, "one instance, 255 addresses", [new VipRouter("eth0", 51, addresses)], report, sizes.Runs, cancellation),
            .. await CaseAsync(stage, "255 instances, an address each", [.. addresses.Select(static (a, i) => new VipRouter("eth0", i + 1, [a]))], report, sizes.Runs, cancellation),
        ];
    }

    private static async Task<IReadOnlyList<Figure>> CaseAsync(
        VipStage stage, string what, IReadOnlyList<VipRouter> routers, Report report, int runs, CancellationToken cancellation)
    {
        Seen ours = new(), theirs = new();
        for (var run = 0; run < runs; run++)
        {
            foreach (var pair in stage.InTurn(run))
            {
                try
                {
                    var seen = pair.IsOurs ? ours : theirs;
                    await RunAsync(stage, pair, routers, seen, cancellation);
                    report.Say(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{pair.Name} {run + 1}/{runs}: {what}: announced from {seen.First.Values[^1]:f1} to {seen.Last.Values[^1]:f1} ms, from their own decision {seen.Own.Values[^1]:f1} ms"));
                }
                catch (Exception fault) when (fault is TimeoutException or CommandFailedException)
                {
                    report.Miss($"{pair.Name} {run + 1}/{runs}, {what}", fault);
                }
                finally
                {
                    await pair.StopAsync(cancellation);
                }
            }
        }

        if (ours.Last.Count == 0 || theirs.Last.Count == 0)
            return [];
        List<Figure> figures =
        [
            Beside($"{what}: first announced, median of {runs}", ours.First.Median, theirs.First.Median),
            Beside($"{what}: last announced, median of {runs}", ours.Last.Median, theirs.Last.Median) with { Aim = "<= 20 ms" },
            Beside($"{what}: last announced, worst of {runs}", ours.Last.Worst, theirs.Last.Worst),
        ];
        // Many routers decide one after the other, each when it has missed its own master.
        if (routers.Count > 1)
        {
            figures.Add(Beside($"{what}: longest from own decision, median of {runs}", ours.Own.Median, theirs.Own.Median));
            figures.Add(Beside($"{what}: last decision, median of {runs}", ours.Decided.Median, theirs.Decided.Median));
        }

        return figures;
    }

    private static async Task RunAsync(VipStage stage, VipPair pair, IReadOnlyList<VipRouter> routers, Seen seen, CancellationToken cancellation)
    {
        await StartAsync(pair.Second, false);
        await pair.Second.WaitForHeldAsync(Prefix, Addresses, Limit, cancellation);
        // The second has been master, so it works; now it has to yield.
        await StartAsync(pair.First, true);
        await pair.First.WaitForHeldAsync(Prefix, Addresses, Limit, cancellation);
        await pair.Second.WaitForHeldAsync(Prefix, 0, Limit, cancellation);
        await Task.Delay(Rest, TimeProvider.System, cancellation);

        var capture = await WireCapture.StartAsync(stage.Network, string.Create(CultureInfo.InvariantCulture, $"move-{++_captures}"), cancellation);
        pair.First.Process.Kill();
        var began = TimeProvider.System.GetTimestamp();
        while (Seen.Missing(await capture.ReadAsync(cancellation), pair.Second, routers) > 0 && TimeProvider.System.GetElapsedTime(began) < Limit)
            await Task.Delay(Rest, TimeProvider.System, cancellation);
        seen.Take(await capture.StopAsync(cancellation), pair.Second, routers);

        async Task StartAsync(VipDaemon daemon, bool isFirst)
        {
            await daemon.ConfigureAsync(VipConf.For(daemon.Host, isFirst, Advert, routers), cancellation);
            await daemon.StartAsync();
        }
    }

    private static Figure Beside(string what, double ours, double theirs) => new(what, ours, "ms") { Aim = "ratio <= 1.0", Peer = VipDaemon.Peer, PeerValue = theirs };

    private sealed class Seen
    {
        internal Samples First { get; } = new();

        internal Samples Last { get; } = new();

        internal Samples Own { get; } = new();

        internal Samples Decided { get; } = new();

        internal void Take(IReadOnlyList<WireFrame> frames, VipDaemon master, IReadOnlyList<VipRouter> routers)
        {
            if (Missing(frames, master, routers) is > 0 and var missing)
                throw new TimeoutException($"{master.Name}: {missing} routers or addresses were never heard of");
            var decided = Decisions(frames, master);
            var announced = Announcements(frames, master);
            var begin = decided.Values.Min();
            First.Add((announced.Values.Min() - begin).TotalMilliseconds);
            Last.Add((announced.Values.Max() - begin).TotalMilliseconds);
            Own.Add(routers.Max(r => r.Addresses.Max(a => (announced[Address(a)] - decided[r.Id]).TotalMilliseconds)));
            Decided.Add((decided.Values.Max() - begin).TotalMilliseconds);
        }

        /// <summary>How many routers were not advertised and addresses not announced by the new master.</summary>
        internal static int Missing(IReadOnlyList<WireFrame> frames, VipDaemon master, IReadOnlyList<VipRouter> routers)
        {
            var (decided, announced) = (Decisions(frames, master), Announcements(frames, master));
            return routers.Count(r => !decided.ContainsKey(r.Id)) + routers.SelectMany(static r => r.Addresses).Count(a => !announced.ContainsKey(Address(a)));
        }

        private static Dictionary<int, TimeSpan> Decisions(IReadOnlyList<WireFrame> frames, VipDaemon master) =>
            frames.Where(f => f.IsAdvert && f.Source.Equals(master.Host.ServiceAddress))
                .GroupBy(static f => f.Router).ToDictionary(static g => g.Key, static g => g.Min(static f => f.At));

        private static Dictionary<IPAddress, TimeSpan> Announcements(IReadOnlyList<WireFrame> frames, VipDaemon master)
        {
            var mac = master.Host.Mac(Segment.Service);
            return frames.Where(f => !f.IsAdvert && f.Mac == mac)
                .GroupBy(static f => f.Source).ToDictionary(static g => g.Key, static g => g.Min(static f => f.At));
        }

        private static IPAddress Address(string text) => IPAddress.Parse(text[..text.IndexOf('/')]);
    }
}
