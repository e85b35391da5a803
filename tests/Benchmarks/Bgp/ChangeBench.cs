// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Benchmarks.Bgp.Ours;
using LoadBalancer.Benchmarks.Bgp.Wire;
using LoadBalancer.Benchmarks.Reporting;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>Changes while sessions are up: single ones at rest and beside a synchronisation, in crowds, and with a peer that is stuck.</summary>
internal static class ChangeBench
{
    private const int Some = 10_000;
    private const int Million = 1_000_000;
    private const int Port = 179;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(3);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(BgpSizes sizes, CancellationToken cancellation)
    {
        await using var stage = await BgpStage.StartAsync(hosts: 1, cancellation);
        return
        [
            .. await IdleAsync(stage, cancellation),
            .. await BusyAsync(stage, cancellation),
            .. await ChurnAsync(stage, sizes.ChurnSeconds, cancellation),
            .. await StuckAsync(stage, cancellation),
        ];
    }

    private static async Task<IReadOnlyList<Figure>> IdleAsync(BgpStage stage, CancellationToken cancellation)
    {
        const int Peers = 32;
        const int Changes = 300;
        // Until the code is compiled as in a process that has run for a while.
        const int WarmUp = 2000;
        await using var hall = Hall(stage, Port, Some + Changes);
        await using var announcer = await StartAsync(stage, Some, cancellation);
        await announcer.DoAsync($"dial {stage.Network.Router.ServiceAddress} {Peers} {Port} {BenchRoutes.HoldSeconds}", cancellation);
        await hall.UntilAsync(Peers, static book => Volatile.Read(ref book.Announced) >= Some, Limit, cancellation);
        await ChangeRuns.RunAsync(announcer, hall.Sinks, 0, WarmUp, 9, Apart, cancellation);
        var updates = hall.Sinks.Sum(static s => Interlocked.Read(ref s.Book.Updates));
        var processor = announcer.ProcessorTime;
        var capture = await UpdateCapture.StartAsync(stage.Network, stage.Network.Router, Port, cancellation);
        var handedOver = new List<long>();
        var read = await ChangeRuns.RunAsync(announcer, hall.Sinks, Some, Changes, 1, Apart, cancellation, handedOver);
        updates = hall.Sinks.Sum(static s => Interlocked.Read(ref s.Book.Updates)) - updates;
        var used = announcer.ProcessorTime - processor;
        var wire = await capture.StopAsync(handedOver, Peers, cancellation);
        var bare = await BareSends.RunAsync(stage, Port + 1, Peers, Changes, Apart, cancellation);
        return
        [
            new Figure($"one route added at {Some}, hand-over to the wire of each of {Peers} peers, p50", wire.Median, "ms") { Peer = "bare sends", PeerValue = bare.Median },
            new Figure("the same, p99", wire.Quantile(0.99), "ms") { Aim = "< 1 ms idle", Peer = "bare sends", PeerValue = bare.Quantile(0.99) },
            new Figure("the same, until the peer's process has read it, p50", read.Median, "ms"),
            new Figure("the same, until the peer's process has read it, p99", read.Quantile(0.99), "ms"),
            new Figure("UPDATEs for each added route and peer", (double)updates / Changes / Peers, "") { Aim = "1" },
            new Figure($"processor time for an added route, {Peers} peers", used.TotalMilliseconds / Changes, "ms"),
        ];
    }

    private static async Task<IReadOnlyList<Figure>> BusyAsync(BgpStage stage, CancellationToken cancellation)
    {
        const int Syncs = 5;
        const int Busy = Port + 1;
        const int Extra = 20_000;
        await using var hall = Hall(stage, Port, Million + Extra);
        await using var announcer = await StartAsync(stage, Million, cancellation);
        await announcer.DoAsync($"dial {stage.Network.Router.ServiceAddress} 1 {Port} {BenchRoutes.HoldSeconds}", cancellation);
        await hall.UntilAsync(1, static book => Volatile.Read(ref book.Announced) >= Million, Limit, cancellation);
        var all = new Samples();
        var next = Million;
        for (var sync = 0; sync < Syncs; sync++)
        {
            await using var busy = Hall(stage, Busy + sync, 0);
            await announcer.DoAsync($"dial {stage.Network.Router.ServiceAddress} 1 {Busy + sync} {BenchRoutes.HoldSeconds}", cancellation);
            while (busy.Sinks.Count == 0 || Volatile.Read(ref busy.Sinks[0].Book.Announced) < Million)
            {
                foreach (var sample in (await ChangeRuns.RunAsync(announcer, hall.Sinks, next++, 1, 1, TimeSpan.Zero, cancellation)).Values)
                    all.Add(sample);
            }
        }

        return
        [
            new Figure($"one route added while {Syncs} peers get 1M one after the other, hand-over until the peer's process has read it, p50 ({all.Count} changes)", all.Median, "ms"),
            new Figure("the same, p99", all.Quantile(0.99), "ms") { Aim = "< 20 ms" },
        ];
    }

    private static async Task<IReadOnlyList<Figure>> ChurnAsync(BgpStage stage, int seconds, CancellationToken cancellation)
    {
        const int Peers = 4;
        const int Rate = 10_000;
        await using var hall = Hall(stage, Port, Some);
        await using var announcer = await StartAsync(stage, Some, cancellation);
        await announcer.DoAsync($"dial {stage.Network.Router.ServiceAddress} {Peers} {Port} {BenchRoutes.HoldSeconds}", cancellation);
        await hall.UntilAsync(Peers, static book => Volatile.Read(ref book.Announced) >= Some, Limit, cancellation);
        var before = hall.Sinks.Select(static s => (Interlocked.Read(ref s.Book.Updates), Interlocked.Read(ref s.Book.Octets))).ToArray();
        var processor = announcer.ProcessorTime;
        var answer = (await announcer.DoAsync($"churn {Rate} {Some} {seconds}", cancellation)).Split(' ');
        var used = announcer.ProcessorTime - processor;
        var flaps = long.Parse(answer[0], CultureInfo.InvariantCulture);
        int[] wanted = [.. answer[1].Split(',').Select(static n => int.Parse(n, CultureInfo.InvariantCulture))];
        int Wrong() => hall.Sinks.Sum(s => Enumerable.Range(0, Some).Count(i => s.Book.Med(i) != wanted[i]));
        for (var tries = 0; Wrong() > 0 && tries < 200; tries++)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellation);
        var updates = hall.Sinks.Select((s, i) => s.Book.Updates - before[i].Item1).Average();
        var octets = hall.Sinks.Select((s, i) => s.Book.Octets - before[i].Item2).Average();
        return
        [
            new Figure($"{Rate} flaps/s of {Some} prefixes to {Peers} peers, {seconds} s: prefixes that ended wrong at a peer", Wrong(), "") { Aim = "0" },
            new Figure("the same: processor time of the announcer", used.TotalSeconds / seconds * 100, "% of one"),
            new Figure($"the same: flaps for each UPDATE and peer ({flaps} flaps)", flaps / updates, ""),
            new Figure("the same: octets for each flap and peer", octets / flaps, ""),
        ];
    }

    private static async Task<IReadOnlyList<Figure>> StuckAsync(BgpStage stage, CancellationToken cancellation)
    {
        const int Peers = 8;
        const int Changes = 300;
        const int Fills = 60;
        const ushort Hold = 9;
        await using var hall = SinkHall.Open(stage.Network.Router.Namespace, stage.Network.Router.ServiceAddress, Port, Some, Hold, receiveOctets: 1 << 14);
        await using var announcer = await StartAsync(stage, Some, cancellation);
        await announcer.DoAsync($"dial {stage.Network.Router.ServiceAddress} {Peers} {Port} {Hold}", cancellation);
        await hall.UntilAsync(Peers, static book => Volatile.Read(ref book.Announced) >= Some, Limit, cancellation);
        var stuck = hall.Sinks[0];
        PlayedPeer[] others = [.. hall.Sinks.Skip(1)];
        await FillAsync(announcer, others, Fills, 0, cancellation);
        var well = await ChangeRuns.RunAsync(announcer, others, 0, Changes, 5000, Apart, cancellation);
        var memory = announcer.ResidentBytes;
        stuck.Reads = false;
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        await FillAsync(announcer, others, Fills, 1000, cancellation);
        var beside = await ChangeRuns.RunAsync(announcer, others, 0, Changes, 6000, Apart, cancellation);
        var grown = announcer.ResidentBytes - memory;
        while (int.Parse(await announcer.DoAsync($"up", cancellation), CultureInfo.InvariantCulture) == Peers && System.Diagnostics.Stopwatch.GetElapsedTime(began) < Limit)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
        return
        [
            new Figure($"one of {Peers} peers takes nothing: a change at the others, p99", beside.Quantile(0.99), "ms") { Peer = "all take", PeerValue = well.Quantile(0.99) },
            new Figure($"the same: resident memory grown, {Fills} times {Some} routes changed", grown / 1024.0, "KB"),
            new Figure($"the same: given up after (hold time {Hold} s)", System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds, "s") { Aim = $"<= {2 * Hold} s" },
        ];
    }

    // All routes, over and over: more than any socket holds.
    private static async Task FillAsync(Announcer announcer, PlayedPeer[] sinks, int times, int tag, CancellationToken cancellation)
    {
        for (var fill = 1; fill <= times; fill++)
        {
            await announcer.DoAsync($"routes 0 {Some} {tag + fill}", cancellation);
            foreach (var sink in sinks)
                await sink.UntilAsync(book => book.Med(0) == tag + fill && book.Med(Some - 1) == tag + fill, Limit, cancellation);
        }
    }

    private static SinkHall Hall(BgpStage stage, int port, int prefixes) =>
        SinkHall.Open(stage.Network.Router.Namespace, stage.Network.Router.ServiceAddress, port, prefixes);

    private static async Task<Announcer> StartAsync(BgpStage stage, int routes, CancellationToken cancellation)
    {
        var announcer = await Announcer.StartAsync(stage.Network, stage.AnnouncerHost, cancellation);
        await announcer.DoAsync($"routes 0 {routes} 0", cancellation);
        return announcer;
    }
}
