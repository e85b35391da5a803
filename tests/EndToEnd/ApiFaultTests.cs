// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.ApiServer.Faults;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.EndToEnd;

/// <summary>An API server that misbehaves: nothing on the wire changes, no process ends, and all is caught up with.</summary>
[Collection(WorldCollection.Name)]
public sealed class ApiFaultTests(World world)
{
    private static readonly TimeSpan Trouble = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => World.Cancellation;

    [Theory]
    [InlineData(FaultKind.Error)]
    [InlineData(FaultKind.TooManyRequests)]
    [InlineData(FaultKind.Garbage)]
    [InlineData(FaultKind.Hang)]
    [InlineData(FaultKind.Abort)]
    public async Task ApiServer_AnswersWrongly_DaemonsGoOnAndCatchUp(FaultKind kind)
    {
        var server = world.NeedEmbedded();
        await using var scene = await Scene.OpenAsync(world);
        var address = await scene.ServedAsync("before");
        var announcer = await scene.AnnouncerAsync(address);
        foreach (var account in new[] { "controller", "speaker" })
            server.Faults.Add(new Fault(kind) { User = $"system:serviceaccount:{world.Cluster.Namespace}:{account}" });
        server.DropWatches();
        await scene.ServiceAsync("during");

        await world.AlwaysAsync($"{announcer} alone answers and every daemon runs", Trouble, async () =>
        {
            if (world.Cluster.Daemons.FirstOrDefault(d => !d.Value.IsRunning) is { Value: { } ended })
                return $"{ended.Name} ended with {ended.ExitCode}";
            var answers = await world.Eye.AskAsync(address, Cancellation);
            return answers.Count == 1 && answers[0] == announcer.Mac(Segment.Service) ? null : $"answers from [{string.Join(", ", answers)}]";
        });
        server.Faults.Clear();

        await world.UntilAsync("the Service made meanwhile gets its address", Recovery, async () =>
            Scene.Ingress(await scene.GetAsync(scene.ServicePath("during"))).Count == 1 ? null : "it has none");
        await scene.EndpointsAsync("during", world.Nodes);
        await scene.AnnouncerAsync((await scene.AddressesAsync("during"))[0], Recovery);
        Assert.Equal(address, Assert.Single(await scene.AddressesAsync("before")));
    }

    [Fact]
    public async Task ApiServer_ForgetsItsHistory_NothingIsMissed()
    {
        var server = world.NeedEmbedded();
        await using var scene = await Scene.OpenAsync(world);
        await scene.ServiceAsync("gone");
        var freed = (await scene.AddressesAsync("gone"))[0];

        // The deletion falls between two watches, and the second cannot resume where the first ended: 410.
        server.Faults.Add(new Fault(FaultKind.Error) { Verb = "watch" });
        server.DropWatches();
        await scene.DeleteAsync(scene.ServicePath("gone"));
        server.CompactHistory();
        server.Faults.Clear();

        await scene.ServiceAsync("new");
        await world.UntilAsync("the freed address is given again", Recovery, async () =>
            Scene.Ingress(await scene.GetAsync(scene.ServicePath("new"))) is [var given] && given == freed ? null : "not yet");
    }
}
