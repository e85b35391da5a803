// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>A node that leaves says so before it goes (RFC 8326), and its clients lose nothing.</summary>
[Collection(FaultCollection.Name)]
public sealed class DrainTests(BgpWorld world)
{
    private const int WitnessPort = 1790;
    // RFC 8326: 65535:0.
    private const string GracefulShutdown = "ffff0000";

    private LabHost First => world.Network.Nodes[0];

    private string Farewell => $"the speaker on node {world.Cluster.NodeName(First)} stops";

    private string FirstPeer => Scene.Peer(First, ipv6: false);

    [Theory]
    [MemberData(nameof(Routers.Whole), MemberType = typeof(Routers))]
    [Trait("Scenario", "S29")]
    [Trait("Scenario", "I21")]
    [Trait("Scenario", "I66")]
    public async Task Speaker_LeavesForGood_MarksItsRoutesThenCeasesAndNoPacketIsLost(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web", "Local");
        await RestartAsync("--bgp-leave", "drain", "--bgp-drain-time", "3");
        try
        {
            await scene.PeerAsync();
            await scene.UntilInKernelAsync(3, ipv4, ipv6);
            using RawPeer witness = new(world.Network.Client, WitnessPort);
            await scene.RawPeerAsync(witness, First, "witness");
            using RawConnection wire = await witness.AcceptAsync();
            await wire.EstablishAsync(RawOctets.Sound);
            await wire.ProveAliveAsync();
            await using Crossing client = await Crossing.StartAsync(world, First, ipv4, ipv6);

            world.Cluster.Speaker(First).Terminate();
            Task<string> order = OrderAsync(wire);
            int marked = 0;
            while (marked == 0 && world.Cluster.Speaker(First).IsRunning)
                marked = (await scene.Router.PathsAsync(ipv4)).Count(static p => p.IsLeaving);
            // FRR prefers such a path less than any other at once; BIRD leaves that to its filters.
            if (kind == RouterKind.Frr)
                await scene.UntilInKernelAsync(2, ipv4, ipv6);
            Assert.Equal($"marked, marked, 6/2 {Communication()}", await order);

            Assert.Equal(0, await world.Cluster.Speaker(First).WaitForExitAsync(BgpWorld.Cancellation));
            await scene.UntilInKernelAsync(2, ipv4, ipv6);
            string end = await scene.UntilEndedAsync(FirstPeer, "Administrative shutdown", Farewell);
            await client.UntilElsewhereAsync(First);
            (int lost, int failed, string words) = await client.EndAsync();
            BgpWorld.Say($"{kind}: drained; router: {end}; {marked} paths seen marked; client: {words}");
            Assert.True(lost == 0 && failed == 0, words);
        }
        finally
        {
            await RestartAsync();
        }
    }

    // Graceful restart is no reason to keep the routes of a node that said that it goes.
    [Theory]
    [MemberData(nameof(Routers.Whole), MemberType = typeof(Routers))]
    [Trait("Scenario", "I32")]
    public async Task Speaker_LeavesForGoodUnderGracefulRestart_IsWithdrawnAtOnce(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, GracefulRestart = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await RestartAsync("--bgp-leave", "drain", "--bgp-drain-time", "1");
        try
        {
            await scene.PeerAsync();
            await scene.UntilInKernelAsync(3, ipv4, ipv6);
            await scene.UntilSettledAsync();
            world.Cluster.Speaker(First).Terminate();
            Assert.Equal(0, await world.Cluster.Speaker(First).WaitForExitAsync(BgpWorld.Cancellation));
            // The restart time is two minutes.
            await scene.UntilInKernelAsync(2, ipv4, ipv6);
        }
        finally
        {
            await RestartAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Routers.Whole), MemberType = typeof(Routers))]
    [Trait("Scenario", "G18")]
    public async Task Node_CordonedAndUncordoned_IsMarkedMeanwhileOnTheSameSession(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await scene.UntilUpAsync();
        int[] marks = scene.Marks();
        try
        {
            await CordonAsync(true);
            await UntilMarkedAsync(scene, 1, ipv4, ipv6);
        }
        finally
        {
            await CordonAsync(false);
        }

        await UntilMarkedAsync(scene, 0, ipv4, ipv6);
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        scene.AssertUndisturbed(marks);
    }

    // What comes on the wire until the end, in order: an UPDATE for each family with the community, then the NOTIFICATION.
    private static async Task<string> OrderAsync(RawConnection wire)
    {
        List<string> seen = [];
        while (await wire.ReadAsync() is { } message)
            if (message.Type == MessageType.Update)
                seen.Add(Convert.ToHexStringLower(message.Body).Contains(GracefulShutdown, StringComparison.Ordinal) ? "marked" : "not marked");
            else if (message.Type == MessageType.Notification)
                seen.Add($"{message.Body[0]}/{message.Body[1]} {Convert.ToHexStringLower(message.Body.AsSpan(2))}");
        return string.Join(", ", seen);
    }

    // RFC 9003: the text behind its length.
    private string Communication() => Convert.ToHexStringLower([(byte)Farewell.Length, .. System.Text.Encoding.UTF8.GetBytes(Farewell)]);

    private Task CordonAsync(bool cordoned) => world.Cluster.Admin.PatchAsync(
        $"/api/v1/nodes/{world.Cluster.NodeName(First)}", new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = cordoned } }, CancellationToken.None);

    // Every path stays: a mark is no withdrawal.
    private Task UntilMarkedAsync(Scene scene, int marked, params string[] prefixes) => world.UntilAsync($"{marked} of three paths are marked", Scene.Patience, async () =>
    {
        foreach (string prefix in prefixes)
        {
            IReadOnlyList<RouterPath> paths = await scene.Router.PathsAsync(prefix);
            if (paths.Count != 3 || paths.Count(static p => p.IsLeaving) != marked)
                return $"{prefix}: {string.Join("; ", paths)}";
        }

        return null;
    });

    private async Task RestartAsync(params string[] arguments)
    {
        if (world.Cluster.Speaker(First).IsRunning)
        {
            world.Cluster.Speaker(First).Terminate();
            await world.Cluster.Speaker(First).WaitForExitAsync(CancellationToken.None);
        }

        await world.Cluster.StartSpeakerAsync(First, arguments);
    }
}
