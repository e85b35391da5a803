// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>A speaker that dies or hangs, seen by a client beyond the router and by the router's kernel.</summary>
[Collection(FaultCollection.Name)]
public sealed class FailureTests(BgpWorld world)
{
    private LabHost First => world.Network.Nodes[0];

    private string FirstPeer => Scene.Peer(First, ipv6: false);

    [Theory]
    [MemberData(nameof(Routers.Whole), MemberType = typeof(Routers))]
    [Trait("Scenario", "I07")]
    [Trait("Scenario", "I30")]
    public async Task Speaker_KilledWithGracefulRestart_CostsNoPacket(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, GracefulRestart = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web", "Local");
        await scene.PeerAsync();
        await scene.UntilInKernelAsync(3, ipv4, ipv6);
        await scene.UntilSettledAsync();
        await using KernelWatch kernel = await KernelWatch.StartAsync(world, ipv4, ipv6);
        await using Crossing client = await Crossing.StartAsync(world, First, ipv4, ipv6);

        world.Cluster.Speaker(First).Kill();
        try
        {
            await world.UntilAsync("the router lost the session", Scene.Patience, async () =>
                await scene.Router.EstablishedAsync() is var up && up.Contains(FirstPeer) ? $"up: {string.Join(", ", up)}" : null);
        }
        finally
        {
            await world.Cluster.StartSpeakerAsync(First);
        }

        await scene.UntilSettledAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        (int lost, int failed, string words) = await client.EndAsync();
        (int looks, int fewest, IReadOnlyList<string> changes) = await kernel.EndAsync();
        BgpWorld.Say($"{kind}: kill -9 with graceful restart: {words}; at least {fewest} next hops in {looks} looks; the kernel said: {string.Join(" | ", changes)}");
        Assert.True(lost == 0 && failed == 0, words);
        Assert.Equal(3, fewest);
        Assert.DoesNotContain(changes, static c => c.StartsWith("Deleted", StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Scenario", "I68")]
    [MemberData(nameof(Routers.Whole), MemberType = typeof(Routers))]
    public async Task Speaker_KilledWithoutGracefulRestart_IsWithdrawn(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilInKernelAsync(3, ipv4, ipv6);
        long began = Stopwatch.GetTimestamp();
        world.Cluster.Speaker(First).Kill();
        try
        {
            await scene.UntilInKernelAsync(2, ipv4, ipv6);
            BgpWorld.Say($"{kind}: kill -9 without graceful restart: gone from the kernel after {Stopwatch.GetElapsedTime(began).TotalMilliseconds:f0} ms");
        }
        finally
        {
            await world.Cluster.StartSpeakerAsync(First);
        }

        await scene.UntilInKernelAsync(3, ipv4, ipv6);
    }

    [Theory]
    [MemberData(nameof(Routers.Whole), MemberType = typeof(Routers))]
    [Trait("Scenario", "I08")]
    public async Task Speaker_AwayLongerThanTheRestartTime_IsWithdrawn(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, GracefulRestart = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync(change: static spec => spec["restartTime"] = "2s");
        await scene.UntilInKernelAsync(3, ipv4, ipv6);
        await scene.UntilSettledAsync();
        world.Cluster.Speaker(First).Kill();
        try
        {
            await world.Cluster.Speaker(First).WaitForExitAsync(BgpWorld.Cancellation);
            await scene.UntilInKernelAsync(2, ipv4, ipv6);
        }
        finally
        {
            await world.Cluster.StartSpeakerAsync(First);
        }

        await scene.UntilInKernelAsync(3, ipv4, ipv6);
    }

    public static MatrixTheoryData<RouterKind, bool> WholeWithAndWithoutBfd { get; } = new([RouterKind.Frr, RouterKind.Bird], [false, true]);

    // A process that hangs keeps its connection: only a timer of the router's can tell, or BFD long before it.
    [Theory]
    [MemberData(nameof(WholeWithAndWithoutBfd))]
    [Trait("Scenario", "I22")]
    [Trait("Scenario", "I29")]
    public async Task Speaker_Hangs_IsWithdrawnByHoldTimeOrByBfdBeforeIt(RouterKind kind, bool bfd)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, BfdMilliseconds = bfd ? 50 : null });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        if (bfd)
            await scene.CreateAsync("BFDProfile", "fast", """{"receiveInterval": 50, "transmitInterval": 50, "detectMultiplier": 3}""");
        await scene.PeerAsync(change: spec =>
        {
            // With BFD a long one, which cannot be what ended it.
            (spec["holdTime"], spec["keepaliveTime"]) = bfd ? ("90s", "30s") : ("3s", "1s");
            if (bfd)
                spec["bfdProfile"] = "fast";
        });
        await scene.UntilInKernelAsync(3, ipv4, ipv6);
        if (bfd)
            await scene.UntilBfdUpAsync();
        long began = Stopwatch.GetTimestamp();
        world.Cluster.Speaker(First).Pause();
        try
        {
            await scene.UntilInKernelAsync(2, ipv4, ipv6);
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            string end = await scene.UntilEndedAsync(FirstPeer, bfd ? "BFD" : "hold");
            BgpWorld.Say($"{kind}: hung, {(bfd ? "BFD 50 ms x 3" : "hold time 3 s")}: gone from the kernel after {took.TotalMilliseconds:f0} ms; {end}");
        }
        finally
        {
            world.Cluster.Speaker(First).Resume();
        }

        await scene.UntilInKernelAsync(3, ipv4, ipv6);
    }
}
