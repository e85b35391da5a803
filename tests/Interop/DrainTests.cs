// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>A node that leaves says so before it goes (RFC 8326), and its clients lose nothing.</summary>
[Collection(WorldCollection.Name)]
public sealed class DrainTests(BgpWorld world)
{
    private LabHost First => world.Network.Nodes[0];

    private string FirstPeer => Scene.Peer(First, ipv6: false);

    [Theory]
    [MemberData(nameof(Routers.Whole), MemberType = typeof(Routers))]
    [Trait("Scenario", "S29,I21,I66")]
    public async Task Speaker_LeavesForGood_MarksItsRoutesThenCeasesAndNoPacketIsLost(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web", "Local");
        await RestartAsync("--bgp-leave", "drain", "--bgp-drain-time", "3");
        try
        {
            await scene.PeerAsync();
            await scene.UntilInKernelAsync(3, ipv4, ipv6);
            await using Crossing client = await Crossing.StartAsync(world, First, ipv4, ipv6);

            world.Cluster.Speaker(First).Terminate();
            await UntilMarkedAsync(scene, 1, ipv4, ipv6);
            Assert.Contains(FirstPeer, await scene.Router.EstablishedAsync());
            // FRR prefers such a path less than any other at once; BIRD leaves that to its filters.
            if (kind == RouterKind.Frr)
                await scene.UntilInKernelAsync(2, ipv4, ipv6);
            Assert.True(world.Cluster.Speaker(First).IsRunning, "the routes were marked only at the end");

            Assert.Equal(0, await world.Cluster.Speaker(First).WaitForExitAsync(BgpWorld.Cancellation));
            await scene.UntilInKernelAsync(2, ipv4, ipv6);
            string end = await scene.UntilEndedAsync(FirstPeer, "Administrative shutdown", $"the speaker on node {world.Cluster.NodeName(First)} stops");
            await client.UntilElsewhereAsync(First);
            (int lost, int failed, string words) = await client.EndAsync();
            BgpWorld.Say($"{kind}: drained; router: {end}; client: {words}");
            Assert.True(lost == 0 && failed == 0, words);
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
