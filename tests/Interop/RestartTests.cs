// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>A speaker that goes and comes, and routers that ask for everything again: nothing is lost, nothing stays too long.</summary>
[Collection(WorldCollection.Name)]
public sealed class RestartTests(BgpWorld world)
{
    private LabHost First => world.Network.Nodes[0];

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I07")]
    [Trait("Scenario", "I30")]
    [Trait("Scenario", "G09")]
    [Trait("Scenario", "I36")]
    [Trait("Scenario", "I53")]
    public async Task Speaker_KilledAndStarted_LosesNoRouteAndLeavesNone(RouterKind kind)
    {
        Assert.SkipWhen(kind == RouterKind.ExaBgp, "ExaBGP keeps no routes for a peer that restarts");
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, GracefulRestart = true });
        (string kept4, string kept6) = await scene.ServeAsync("kept");
        (string gone4, string gone6) = await scene.ServeAsync("gone");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, kept4, kept6, gone4, gone6);
        await scene.UntilSettledAsync();
        await using Watch watch = new(scene, 3, kept4, kept6);

        world.Cluster.Speaker(First).Kill();
        await world.Cluster.Speaker(First).WaitForExitAsync(BgpWorld.Cancellation);
        // Withdrawn by the two that live; the dead one's path is kept until it is back without it.
        await scene.WithdrawAsync("gone");
        await scene.UntilRoutedAsync(1, gone4, gone6);
        long began = Stopwatch.GetTimestamp();
        await world.Cluster.StartSpeakerAsync(First);
        await scene.UntilRoutedAsync(0, gone4, gone6);
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        await scene.UntilRoutedAsync(3, kept4, kept6);

        int looks = await watch.EndAsync();
        BgpWorld.Say($"{kind}: kill -9: no route missing in {looks} looks; stale ones swept {took.TotalMilliseconds:f0} ms after the speaker was started");
    }

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    public async Task Speaker_Terminated_KeepsItsRoutesOnlyWithGracefulRestart(RouterKind kind)
    {
        Assert.SkipWhen(kind == RouterKind.ExaBgp, "ExaBGP keeps no routes for a peer that restarts");
        foreach (bool graceful in (bool[])[true, false])
        {
            await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, GracefulRestart = graceful });
            (string ipv4, string ipv6) = await scene.ServeAsync("web");
            await scene.PeerAsync();
            await scene.UntilRoutedAsync(3, ipv4, ipv6);
            if (graceful)
                await scene.UntilSettledAsync();
            Watch? watch = graceful ? new Watch(scene, 3, ipv4, ipv6) : null;
            try
            {
                world.Cluster.Speaker(First).Terminate();
                Assert.Equal(0, await world.Cluster.Speaker(First).WaitForExitAsync(BgpWorld.Cancellation));
                if (!graceful)
                    BgpWorld.Say($"{kind}: SIGTERM without graceful restart: withdrawn {(await scene.UntilRoutedAsync(2, ipv4, ipv6)).TotalMilliseconds:f0} ms after the exit");
            }
            finally
            {
                await world.Cluster.StartSpeakerAsync(First);
            }

            await scene.UntilLoggedAsync(First, 0, scene.NameOf(), "is up");
            await scene.UntilRoutedAsync(3, ipv4, ipv6);
            if (watch is not null)
                BgpWorld.Say($"{kind}: SIGTERM with graceful restart: no route missing in {await watch.EndAsync()} looks");
        }
    }

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I11")]
    public async Task Refresh_Asked_IsAnsweredWithEveryRoute(RouterKind kind)
    {
        Assert.SkipWhen(kind == RouterKind.GoBgp, "GoBGP 3.10 asks no peer: it evaluates its own copy again");
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        string peer = scene.Options.Peers[0];
        long before = await scene.Router.UpdatesAsync(peer);
        await using Watch watch = new(scene, 3, ipv4, ipv6);

        await scene.Router.RefreshAsync(peer);

        await world.UntilAsync("both families are sent again", Scene.Patience, async () =>
            await scene.Router.UpdatesAsync(peer) is var now && now >= before + 2 ? null : $"{before} UPDATEs before, {now} now");
        BgpWorld.Say($"{kind}: refresh: no route missing in {await watch.EndAsync()} looks");
    }

    /// <summary>Looks at the router's routes without pause, and counts what is missing.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task<int> _looking;

        public Watch(Scene scene, int nextHops, params string[] prefixes) => _looking = LookAsync(scene, nextHops, prefixes);

        public async Task<int> EndAsync()
        {
            await _stop.CancelAsync();
            return await _looking;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _looking.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            _stop.Dispose();
        }

        private async Task<int> LookAsync(Scene scene, int nextHops, string[] prefixes)
        {
            int looks = 0;
            while (!_stop.IsCancellationRequested)
            {
                IReadOnlyDictionary<string, IReadOnlyList<string>> routes = await scene.Router.RoutesAsync();
                foreach (string prefix in prefixes)
                    Assert.True(routes.GetValueOrDefault(prefix, []).Count == nextHops, $"look {looks}: {prefix} via {string.Join(", ", routes.GetValueOrDefault(prefix, []))}");
                looks++;
            }

            return looks;
        }
    }
}
