// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Benchmarks.Reporting;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>
/// Adverts of 10 ms while every processor burns, both daemons with real-time priority. Nothing fails, so each takeover,
/// counted on the wire, is a false one.
/// </summary>
internal static class BurnBench
{
    private const int Advert = 10;
    private const string Prefix = "192.0.2.100";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    /// <summary>The second's adverts closer together than this belong to one takeover.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(3 * Advert);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, VipSizes sizes, CancellationToken cancellation)
    {
        await using var stage = await VipStage.StartAsync(cancellation);
        var time = TimeSpan.FromSeconds(sizes.BurnSeconds);
        var theirs = await MeasureAsync(stage, stage.Theirs, time, report, cancellation);
        var ours = await MeasureAsync(stage, stage.Ours, time, report, cancellation);
        var what = string.Create(CultureInfo.InvariantCulture, $"adverts {Advert} ms, {sizes.BurnSeconds} s, {Burner.Each} threads burning on each processor");
        return
        [
            new Figure($"{what}: false failovers", ours.Failovers, "") { Aim = "0", Peer = VipDaemon.Peer, PeerValue = theirs.Failovers },
            new Figure("the same: longest pause of the master's adverts", ours.LongestPause, "ms") { Peer = VipDaemon.Peer, PeerValue = theirs.LongestPause },
        ];
    }

    private static async Task<(int Failovers, double LongestPause)> MeasureAsync(VipStage stage, VipPair pair, TimeSpan time, Report report, CancellationToken cancellation)
    {
        VipRouter[] routers = [new("eth0", 51, [Prefix + "/24"])];
        await StartAsync(pair.Second, false);
        await pair.Second.WaitForHeldAsync(Prefix, 1, Limit, cancellation);
        await StartAsync(pair.First, true);
        await pair.First.WaitForHeldAsync(Prefix, 1, Limit, cancellation);
        await pair.Second.WaitForHeldAsync(Prefix, 0, Limit, cancellation);
        await Task.Delay(Rest, TimeProvider.System, cancellation);
        var capture = await WireCapture.StartAsync(stage.Network, "burn-" + pair.Name, cancellation);
        await Burner.BurnAsync(time, cancellation);
        var adverts = (await capture.StopAsync(cancellation)).Where(static f => f.IsAdvert).ToList();
        await pair.StopAsync(cancellation);

        var failovers = 0;
        var last = TimeSpan.MinValue;
        foreach (var advert in adverts.Where(a => a.Source.Equals(pair.Second.Host.ServiceAddress)))
        {
            failovers += last == TimeSpan.MinValue || advert.At - last > Apart ? 1 : 0;
            last = advert.At;
        }

        var master = adverts.Where(a => a.Source.Equals(pair.First.Host.ServiceAddress)).Select(static a => a.At).ToList();
        if (master.Count < 2)
            throw new InvalidOperationException($"{pair.Name}: the master was heard {master.Count} times in {time.TotalSeconds} s.");
        var pause = master.Zip(master.Skip(1), static (a, b) => (b - a).TotalMilliseconds).Max();
        report.Say(string.Create(CultureInfo.InvariantCulture, $"{pair.Name}: {failovers} false failovers, {master.Count} adverts of the master, longest pause {pause:f1} ms"));
        return (failovers, pause);

        async Task StartAsync(VipDaemon daemon, bool isFirst)
        {
            await daemon.ConfigureAsync(VipConf.For(daemon.Host, isFirst, Advert, routers), cancellation);
            await daemon.StartAsync();
        }
    }
}
