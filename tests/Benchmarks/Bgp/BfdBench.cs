// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Benchmarks.Bgp.Ours;
using LoadBalancer.Benchmarks.Bgp.Routers;
using LoadBalancer.Benchmarks.Reporting;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>
/// BFD at 50 ms times three while every processor burns: sessions of the speaker's BFD thread with BIRD and with FRR, and one
/// between those two beside them. No path fails, so each failure is a false one, whoever was late.
/// </summary>
internal static class BfdBench
{
    private const int Milliseconds = 50;
    private const int Multiplier = 3;
    private static readonly TimeSpan UpLimit = TimeSpan.FromSeconds(30);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, int seconds, CancellationToken cancellation)
    {
        await using var stage = await BgpStage.StartAsync(hosts: 3, cancellation);
        var (birdHost, frrHost) = (stage.Network.Nodes[1], stage.Network.Nodes[2]);
        var both = Programs.Has(report, "BIRD", "bird") & Programs.Has(report, "FRR", "/usr/lib/frr/bfdd");
        await using var bird = !Programs.Has("bird") ? null
            : new BirdDaemon(stage, birdHost, announces: false) { BfdMilliseconds = Milliseconds, BfdNeighbor = both ? frrHost.ServiceAddress : null };
        await using var frr = !Programs.Has("/usr/lib/frr/bfdd") ? null
            : new FrrDaemon(stage, frrHost, announces: false) { BfdMilliseconds = Milliseconds, BfdNeighbor = both ? birdHost.ServiceAddress : null };
        await using var announcer = await Announcer.StartAsync(stage.Network, stage.Network.Client, cancellation);
        var sessions = 0;
        foreach (var router in new Daemon?[] { bird, frr }.OfType<Daemon>())
        {
            await router.StartAsync(cancellation);
            await announcer.DoAsync($"bfd {router.Address} 192.0.2.{BgpStage.FirstPeer} {Milliseconds}", cancellation);
            sessions++;
        }

        if (sessions == 0)
            throw new InvalidOperationException("There is no router here that speaks BFD.");
        var before = await UpAsync(announcer, sessions, cancellation);
        var theirs = both ? await frr!.BfdDownsAsync(cancellation) : 0;
        await Burner.BurnAsync(TimeSpan.FromSeconds(seconds), cancellation);
        var after = await ReadAsync(announcer, cancellation);
        if (both)
            theirs = await frr!.BfdDownsAsync(cancellation) - theirs;
        var what = string.Create(CultureInfo.InvariantCulture, $"BFD {Milliseconds} ms x {Multiplier}, {seconds} s, {Burner.Each} threads burning on each processor");
        return
        [
            new Figure($"{what}: false failures of {sessions} sessions", after.Failures - before.Failures, "") { Aim = "0", Peer = both ? "BIRD with FRR" : "", PeerValue = both ? theirs : null },
            new Figure($"the same: latest deadline of the thread ({after.Priority})", after.LatestMilliseconds, "ms"),
        ];
    }

    private static async Task<Paths> UpAsync(Announcer announcer, int sessions, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(UpLimit);
        while (true)
        {
            var paths = await ReadAsync(announcer, limit.Token);
            // Intervals come down from a second by a poll sequence (RFC 5880 6.8.3).
            if (paths.Up == sessions && paths.DetectionMilliseconds == Milliseconds * Multiplier)
                return paths;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }

    private static async Task<Paths> ReadAsync(Announcer announcer, CancellationToken cancellation)
    {
        var words = (await announcer.DoAsync($"paths", cancellation)).Split(' ');
        return new Paths(
            int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture),
            double.Parse(words[3], CultureInfo.InvariantCulture), words[4]);
    }

    private readonly record struct Paths(int Up, long Failures, int DetectionMilliseconds, double LatestMilliseconds, string Priority);
}
