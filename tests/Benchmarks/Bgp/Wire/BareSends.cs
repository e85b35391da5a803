// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using LoadBalancer.Benchmarks.Reporting;

namespace LoadBalancer.Benchmarks.Bgp.Wire;

/// <summary>
/// One UPDATE to each of many peers by nothing but a loop of sends: what the kernel takes for it, and no announcer can be below.
/// </summary>
internal static class BareSends
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Rounds of sends, a moment apart; the milliseconds from the start of each round until each UPDATE was on the wire.</summary>
    internal static async Task<Samples> RunAsync(BgpStage stage, int port, int peers, int rounds, TimeSpan apart, CancellationToken cancellation)
    {
        var router = stage.Network.Router;
        var from = stage.AnnouncerHost;
        await using var hall = SinkHall.Open(router.Namespace, router.ServiceAddress, port, 0);
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < peers; i++)
            {
                sockets.Add(await Dialer.ConnectAsync(from.Namespace, from.ServiceAddress, router.ServiceAddress, Limit, cancellation, port));
                sockets[^1].NoDelay = true;
            }

            await hall.UntilAsync(peers, static _ => true, Limit, cancellation);
            var update = BgpBytes.Packed(BenchRoutes.ClusterAsn, from.ServiceAddress, 1)[..^BgpBytes.EndOfRibLength];
            await RoundsAsync(rounds, null);
            var capture = await UpdateCapture.StartAsync(stage.Network, router, port, cancellation);
            var began = new List<long>();
            await RoundsAsync(2 * rounds, began);
            return await capture.StopAsync(began, peers, cancellation);

            async Task RoundsAsync(int until, List<long>? stamps)
            {
                for (var round = hall.Sinks[0].Book.Updates + 1; round <= until; round++)
                {
                    stamps?.Add(Stopwatch.GetTimestamp());
                    foreach (var socket in sockets)
                        socket.Send(update);
                    await hall.UntilAsync(peers, book => Interlocked.Read(ref book.Updates) >= round, Limit, cancellation);
                    await Task.Delay(apart, TimeProvider.System, cancellation);
                }
            }
        }
        finally
        {
            sockets.ForEach(static s => s.Dispose());
        }
    }
}
