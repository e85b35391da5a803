// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Benchmarks.Bgp.Routers;
using LoadBalancer.Benchmarks.Bgp.Wire;
using LoadBalancer.Benchmarks.Reporting;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>How long a new peer waits for all routes: at a sink that only drains, and in the tables of real routers.</summary>
internal static class SyncBench
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan SyncLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan LongSyncLimit = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan EmptyRest = TimeSpan.FromMilliseconds(200);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, int runs, BgpSizes sizes, CancellationToken cancellation)
    {
        await using var stage = await BgpStage.StartAsync(hosts: 6, cancellation);
        var receivers = new List<Daemon>();
        var taken = new Dictionary<(string Receiver, int Size, AnnouncerKind Kind), (Samples Time, RouteBook Book)>();
        try
        {
            foreach (var receiver in Present(report, stage))
            {
                receivers.Add(receiver);
                await receiver.StartAsync(cancellation);
            }

            foreach (var size in sizes.Sizes)
            {
                // Ours and the raw octets in turn, for the load of the machine to be the same for both.
                var announcers = Announcers(size, sizes).ToArray();
                AnnouncerKind[] pair = [.. announcers.Where(IsPair)];
                foreach (var kinds in announcers.Where(static k => !IsPair(k)).Select(static k => new[] { k }).Prepend(pair))
                {
                    await TryAsync(
                        report, string.Create(CultureInfo.InvariantCulture, $"{size} prefixes from {Announcing.NameOf(kinds[0])}"),
                        () => MeasureAsync(report, stage, kinds, size, IsPair(kinds[0]) ? runs : 1, receivers, taken, cancellation), cancellation);
                }
            }
        }
        finally
        {
            foreach (var receiver in receivers)
                await receiver.DisposeAsync();
        }

        return [.. Figures(taken, sizes, [Sink, .. receivers.Select(static r => r.Name)])];
    }

    private const string Sink = "a draining sink";

    // One program that fails beside another is no reason to know nothing of the rest.
    private static async Task<bool> TryAsync(Report report, string what, Func<Task> measure, CancellationToken cancellation)
    {
        try
        {
            await measure();
            return true;
        }
#pragma warning disable CA1031 // whatever went wrong is the report of this figure
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            report.Miss(what, fault);
            return false;
        }
    }

    private static TimeSpan LimitOf(int size) => size > BgpSizes.FewRunsAbove ? LongSyncLimit : SyncLimit;

    private static IEnumerable<Daemon> Present(Report report, BgpStage stage)
    {
        if (Programs.Has(report, "BIRD", "bird"))
            yield return new BirdDaemon(stage, stage.Network.Nodes[1], announces: false);
        if (Programs.Has(report, "OpenBGPD", "bgpd"))
            yield return new OpenBgpdDaemon(stage, stage.Network.Nodes[2], announces: false);
        if (Programs.Has(report, "FRR", "/usr/lib/frr/bgpd"))
            yield return new FrrDaemon(stage, stage.Network.Nodes[3], announces: false);
        if (Programs.Has(report, "GoBGP", "gobgpd"))
            yield return new GoBgpDaemon(stage, stage.Network.Nodes[4], announces: false);
    }

    private static IEnumerable<AnnouncerKind> Announcers(int size, BgpSizes sizes) => Enum.GetValues<AnnouncerKind>().Where(kind => sizes.Announces(Announcing.NameOf(kind)) && kind switch
    {
        AnnouncerKind.Ours or AnnouncerKind.Raw => true,
        AnnouncerKind.Bird => size <= sizes.PeersTo && Programs.Has("bird"),
        AnnouncerKind.OpenBgpd => size <= sizes.PeersTo && Programs.Has("bgpd"),
        AnnouncerKind.ExaBgp => size <= sizes.PeersTo && Programs.Has("exabgp"),
        AnnouncerKind.Frr => size <= sizes.PeersTo && Programs.Has("/usr/lib/frr/bgpd"),
        AnnouncerKind.GoBgp => size <= sizes.PeersTo && Programs.Has("gobgpd"),
        _ => throw new UnreachableException(),
    });

    private static bool IsPair(AnnouncerKind kind) => kind is AnnouncerKind.Ours or AnnouncerKind.Raw;

    private static async Task MeasureAsync(
        Report report, BgpStage stage, IReadOnlyList<AnnouncerKind> kinds, int size, int runs, IReadOnlyList<Daemon> receivers,
        Dictionary<(string Receiver, int Size, AnnouncerKind Kind), (Samples Time, RouteBook Book)> taken, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var announcers = new List<Announcing>();
        try
        {
            foreach (var kind in kinds)
                announcers.Add(await Announcing.StartAsync(kind, stage, size, cancellation));
            // The first of ours is for compilers and caches.
            foreach (var announcer in announcers.Where(static a => IsPair(a.Kind)))
                await SinkAsync(stage, announcer, size, cancellation);
            foreach (var announcer in announcers)
                taken[(Sink, size, announcer.Kind)] = (new Samples(), new RouteBook(0));
            for (var run = 0; run < runs; run++)
            {
                foreach (var announcer in announcers)
                {
                    var (time, book) = await SinkAsync(stage, announcer, size, cancellation);
                    var samples = taken[(Sink, size, announcer.Kind)].Time;
                    samples.Add(time);
                    taken[(Sink, size, announcer.Kind)] = (samples, book);
                }
            }

            foreach (var receiver in receivers)
                await IntoAsync(report, stage, announcers, receiver, size, size > BgpSizes.FewRunsAbove ? 1 : runs, taken, cancellation);
        }
        finally
        {
            foreach (var announcer in announcers)
                await announcer.DisposeAsync();
        }

        foreach (var kind in kinds)
            Tell(report, kind, size, receivers, taken, Stopwatch.GetElapsedTime(began));
    }

    private static async Task IntoAsync(
        Report report, BgpStage stage, IReadOnlyList<Announcing> announcers, Daemon receiver, int size, int runs,
        Dictionary<(string Receiver, int Size, AnnouncerKind Kind), (Samples Time, RouteBook Book)> taken, CancellationToken cancellation)
    {
        for (var run = 0; run < runs; run++)
        {
            foreach (var announcer in announcers)
            {
                var what = string.Create(CultureInfo.InvariantCulture, $"{size} prefixes from {Announcing.NameOf(announcer.Kind)} into {receiver.Name}");
                var key = (receiver.Name, size, announcer.Kind);
                await TryAsync(
                    report, what, async () =>
                    {
                        var time = await RouterAsync(stage, announcer, receiver, size, cancellation);
                        if (!taken.TryGetValue(key, out var known))
                            taken.Add(key, known = (new Samples(), new RouteBook(0)));
                        known.Time.Add(time);
                    }, cancellation);
            }
        }
    }

    private static void Tell(
        Report report, AnnouncerKind kind, int size, IReadOnlyList<Daemon> receivers,
        Dictionary<(string Receiver, int Size, AnnouncerKind Kind), (Samples Time, RouteBook Book)> taken, TimeSpan spent)
    {
        var line = receivers.Select(static r => r.Name).Prepend(Sink)
            .Where(name => taken.ContainsKey((name, size, kind)))
            .Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {taken[(name, size, kind)].Time.Median:f1}"));
        var book = taken[(Sink, size, kind)].Book;
        report.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{size} prefixes from {Announcing.NameOf(kind)}: {book.Updates} UPDATEs, {book.Octets} octets; ms: {string.Join(", ", line)} ({spent.TotalSeconds:f0} s)"));
    }

    private static async Task<(double Milliseconds, RouteBook Book)> SinkAsync(BgpStage stage, Announcing announcer, int size, CancellationToken cancellation)
    {
        await using var sink = await SettleAsync(
            stage, announcer, socket => new PlayedPeer(socket, BenchRoutes.RouterAsn, BgpStage.SinkIdentifier), static s => s.Established, cancellation);
        var established = await sink.Established;
        await sink.UntilAsync(book => Volatile.Read(ref book.LastAt) != 0 && book.Announced >= size, LimitOf(size), cancellation);
        return (Stopwatch.GetElapsedTime(established, sink.Book.LastAt).TotalMilliseconds, sink.Book);
    }

    // A daemon that has just started may still refuse; what is measured begins with Established.
    private static async Task<PlayedPeer> SettleAsync(BgpStage stage, Announcing announcer, Func<System.Net.Sockets.Socket, PlayedPeer> make, Func<PlayedPeer, Task<long>> established, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var peer = make(await Dialer.ConnectAsync(stage.Here, stage.NextPeer(), announcer.Address, ConnectLimit, cancellation));
            try
            {
                await established(peer).WaitAsync(ConnectLimit, TimeProvider.System, cancellation);
                return peer;
            }
            catch (InvalidOperationException) when (Stopwatch.GetElapsedTime(began) < ConnectLimit)
            {
                await peer.DisposeAsync();
                await Task.Delay(EmptyRest, TimeProvider.System, cancellation);
            }
            catch
            {
                await peer.DisposeAsync();
                throw;
            }
        }
    }

    private static async Task<double> RouterAsync(BgpStage stage, Announcing announcer, Daemon receiver, int size, CancellationToken cancellation)
    {
        await UntilAsync(receiver, static count => count == 0, LimitOf(size), cancellation);
        await Task.Delay(EmptyRest, TimeProvider.System, cancellation);
        var address = stage.NextPeer();
        using var relay = new Relay(
            await Dialer.ConnectAsync(stage.Here, address, announcer.Address, ConnectLimit, cancellation),
            await Dialer.ConnectAsync(stage.Here, address, receiver.Address, ConnectLimit, cancellation));
        var established = await relay.Established.WaitAsync(ConnectLimit, TimeProvider.System, cancellation);
        await UntilAsync(receiver, count => count >= size, LimitOf(size), cancellation);
        var there = await receiver.ChosenAsync(relay.Book.LastPrefix, LimitOf(size), cancellation);
        return Stopwatch.GetElapsedTime(established, there).TotalMilliseconds;
    }

    private static async Task<long> UntilAsync(Daemon receiver, Func<int, bool> holds, TimeSpan limit, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var count = await receiver.CountAsync(cancellation);
            var now = Stopwatch.GetTimestamp();
            if (holds(count))
                return now;
            if (Stopwatch.GetElapsedTime(began) > limit)
                throw new TimeoutException($"{receiver.Name} has {count} routes after {limit.TotalSeconds:f0} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellation);
        }
    }

    private static IEnumerable<Figure> Figures(
        Dictionary<(string Receiver, int Size, AnnouncerKind Kind), (Samples Time, RouteBook Book)> taken, BgpSizes sizes, IReadOnlyList<string> receivers)
    {
        foreach (var size in sizes.Sizes)
        {
            foreach (var receiver in receivers)
            {
                foreach (var kind in Enum.GetValues<AnnouncerKind>())
                {
                    if (kind == AnnouncerKind.Ours || !taken.TryGetValue((receiver, size, kind), out var theirs) || !taken.TryGetValue((receiver, size, AnnouncerKind.Ours), out var ours))
                        continue;
                    yield return new Figure(string.Create(CultureInfo.InvariantCulture, $"{size} prefixes into {receiver}, from Established"), ours.Time.Median, "ms")
                    {
                        Aim = kind != AnnouncerKind.Raw ? "" : receiver != Sink ? "ratio <= 1.05" : size == 1_000_000 ? "<= 100 ms" : "",
                        Peer = Announcing.NameOf(kind),
                        PeerValue = theirs.Time.Median,
                    };
                }
            }

            foreach (var kind in Enum.GetValues<AnnouncerKind>())
            {
                if (kind == AnnouncerKind.Ours || !taken.TryGetValue((Sink, size, kind), out var theirs) || !taken.TryGetValue((Sink, size, AnnouncerKind.Ours), out var ours))
                    continue;
                yield return new Figure(string.Create(CultureInfo.InvariantCulture, $"{size} prefixes, UPDATE messages"), ours.Book.Updates, "") { Peer = Announcing.NameOf(kind), PeerValue = theirs.Book.Updates };
                yield return new Figure(string.Create(CultureInfo.InvariantCulture, $"{size} prefixes, octets"), ours.Book.Octets, "") { Peer = Announcing.NameOf(kind), PeerValue = theirs.Book.Octets };
            }
        }
    }
}
