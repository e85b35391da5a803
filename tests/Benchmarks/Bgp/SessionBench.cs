// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Benchmarks.Bgp.Ours;
using LoadBalancer.Benchmarks.Bgp.Routers;
using LoadBalancer.Benchmarks.Reporting;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>Many sessions at once, and whether keepalives leave in time while there is much to send.</summary>
internal static class SessionBench
{
    private const int Port = 179;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, BgpSizes sizes, CancellationToken cancellation)
    {
        await using var stage = await BgpStage.StartAsync(hosts: 3, cancellation);
        var figures = new List<Figure>();
        foreach (var sessions in sizes.Sessions)
            figures.AddRange(await ManyAsync(stage, sessions, cancellation));
        if (Programs.Has(report, "BIRD", "bird"))
            figures.Add(await NodesAsync(stage, new BirdDaemon(stage, stage.Network.Nodes[1], announces: false), cancellation));
        if (Programs.Has(report, "FRR", "/usr/lib/frr/bgpd"))
            figures.Add(await NodesAsync(stage, new FrrDaemon(stage, stage.Network.Nodes[2], announces: false), cancellation));
        figures.AddRange(await KeepalivesAsync(stage, cancellation));
        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> ManyAsync(BgpStage stage, int sessions, CancellationToken cancellation)
    {
        const int Routes = 1000;
        await using var hall = SinkHall.Open(stage.Network.Router.Namespace, stage.Network.Router.ServiceAddress, Port, 0);
        await using var announcer = await Announcer.StartAsync(stage.Network, stage.AnnouncerHost, cancellation);
        await announcer.DoAsync($"routes 0 {Routes} 0", cancellation);
        var before = announcer.ResidentBytes;
        var began = Stopwatch.GetTimestamp();
        await announcer.DoAsync($"dial {stage.Network.Router.ServiceAddress} {sessions} {Port} {BenchRoutes.HoldSeconds}", cancellation);
        await hall.UntilAsync(sessions, static book => Volatile.Read(ref book.Announced) >= Routes, Limit, cancellation);
        var last = hall.Sinks.Max(static s => s.Book.LastAt);
        return
        [
            new Figure($"{sessions} sessions with {Routes} routes: peers known to all routes told", Stopwatch.GetElapsedTime(began, last).TotalMilliseconds, "ms"),
            new Figure($"{sessions} sessions: resident memory for each", (announcer.ResidentBytes - before) / 1024.0 / sessions, "KB"),
        ];
    }

    private static async Task<Figure> NodesAsync(BgpStage stage, Daemon router, CancellationToken cancellation)
    {
        const int Routes = 10;
        const int Nodes = BgpStage.PeerAddresses;
        await using var _ = router;
        await router.StartAsync(cancellation);
        await using var announcer = await Announcer.StartAsync(stage.Network, stage.Network.Client, cancellation);
        await announcer.DoAsync($"routes 0 {Routes} 0", cancellation);
        var began = Stopwatch.GetTimestamp();
        await announcer.DoAsync($"from {router.Address} 192.0.2.{BgpStage.FirstPeer} {Nodes}", cancellation);
        while (await router.CountAsync(cancellation) is var count && count < Nodes * Routes)
        {
            if (Stopwatch.GetElapsedTime(began) > Limit)
                throw new TimeoutException($"{router.Name} has {count} of {Nodes * Routes} routes after {Limit.TotalSeconds:f0} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellation);
        }

        return new Figure($"{Nodes} nodes' sessions into one {router.Name}, {Routes} routes each: to the last route", Stopwatch.GetElapsedTime(began).TotalMilliseconds, "ms");
    }

    private static async Task<IReadOnlyList<Figure>> KeepalivesAsync(BgpStage stage, CancellationToken cancellation)
    {
        const int Million = 1_000_000;
        const ushort Hold = 3;
        const int Interval = Hold * 1000 / 3;
        const int Syncs = 8;
        var kept = new List<long>();
        await using var hall = SinkHall.Open(
            stage.Network.Router.Namespace, stage.Network.Router.ServiceAddress, Port, 0, Hold, made: sink => sink.Kept = kept.Add);
        await using var announcer = await Announcer.StartAsync(stage.Network, stage.AnnouncerHost, cancellation);
        await announcer.DoAsync($"dial {stage.Network.Router.ServiceAddress} 1 {Port} {Hold}", cancellation);
        // The guarded peer gets its million first: what would keep the session are KEEPALIVEs alone from then on.
        await announcer.DoAsync($"routes 0 {Million} 0", cancellation);
        await hall.UntilAsync(1, static book => Volatile.Read(ref book.Announced) >= Million, Limit, cancellation);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation);
        var from = kept.Count;
        var began = Stopwatch.GetTimestamp();
        var syncs = 0;
        for (; syncs < Syncs || Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(8); syncs++)
        {
            await using var busy = SinkHall.Open(stage.Network.Router.Namespace, stage.Network.Router.ServiceAddress, Port + 1 + syncs, 0);
            await announcer.DoAsync($"dial {stage.Network.Router.ServiceAddress} 1 {Port + 1 + syncs} {BenchRoutes.HoldSeconds}", cancellation);
            await busy.UntilAsync(1, static book => Volatile.Read(ref book.Announced) >= Million, Limit, cancellation);
        }

        long[] seen = [.. kept.Skip(Math.Max(0, from - 1))];
        var gaps = new Samples();
        for (var i = 1; i < seen.Length; i++)
            gaps.Add(Stopwatch.GetElapsedTime(seen[i - 1], seen[i]).TotalMilliseconds);
        return
        [
            new Figure($"KEEPALIVEs every {Interval} ms at most, while {syncs} peers get 1M: longest pause between two ({gaps.Count})", gaps.Worst, "ms") { Aim = $"<= {Interval + 200} ms" },
        ];
    }
}
