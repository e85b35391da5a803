// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.EndToEnd;

[Collection(WorldCollection.Name)]
public sealed class ChurnTests(World world)
{
    private const int Services = 500;
    private const int Clients = 8;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(45);

    private static CancellationToken Cancellation => World.Cancellation;

    [Fact]
    public async Task Services_CreatedAndDeletedWhileSpeakersDie_KeepTheInvariants()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("LB_E2E_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given : Environment.ProcessId;
        World.Say($"LB_E2E_SEED={seed}");
        var random = new Random(seed);
        // More addresses than any documentation range has; they are asked for on the segment only.
        await using var scene = await Scene.OpenAsync(world, "100.65.0.0/22");
        var dying = new CancellationTokenSource();
        var churn = ChurnAsync(new Random(seed + 1), dying.Token);
        await using var watching = new AddressWatch(scene);
        try
        {
            var order = Enumerable.Range(0, Services).ToArray();
            random.Shuffle(order);
            // Each Service is created, and two of three are deleted some time later, by whichever client comes to it.
            var steps = new ConcurrentQueue<(int Service, bool Create)>(Steps(order, random));
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => WorkAsync(scene, steps)));
            await world.UntilAsync("every Service that is left has its own address", Settling, async () =>
            {
                var services = await scene.ListAsync($"/api/v1/namespaces/{scene.Namespace}/services");
                if (watching.Broken is { } broken)
                    world.Fail($"seed {seed}: {broken}");
                var without = services.Count(s => Scene.Ingress(s).Count != 1);
                return without == 0 ? null : $"{without} of {services.Count} have none";
            });
        }
        finally
        {
            await dying.CancelAsync();
            await churn;
            dying.Dispose();
        }

        await world.RestoreAsync();
        var left = await scene.ListAsync($"/api/v1/namespaces/{scene.Namespace}/services");
        await watching.HasSeenAsync(left);
        if (watching.Broken is { } late)
            world.Fail($"seed {seed}: {late}");
        World.Say($"{watching.Changes} changes of Services were looked at");
        var addresses = left.Select(s => Scene.Ingress(s)[0]).ToArray();
        World.Say($"{left.Count} of {Services} Services are left");
        await world.UntilAsync("exactly one node answers for each address", Settling, async () =>
        {
            var answers = await world.Eye.AskAsync(addresses, Cancellation);
            var wrong = answers.Where(a => a.Value.Count != 1).Select(a => $"{a.Key}: [{string.Join(", ", a.Value)}]").ToArray();
            return wrong.Length == 0 ? null : $"seed {seed}: {wrong.Length} addresses are not answered by one node, first {string.Join("; ", wrong.Take(5))}";
        });
        var spread = (await world.Eye.AskAsync(addresses, Cancellation)).Values.GroupBy(v => v[0]).Select(g => $"{world.Nodes.First(n => n.Mac(Segment.Service) == g.Key)}: {g.Count()}");
        World.Say($"spread {string.Join(", ", spread.Order(StringComparer.Ordinal))}");
        await scene.AssignedIsAsync(left.Count);

        var last = new ConcurrentQueue<(int Service, bool Create)>(left.Select(s => (int.Parse(((string)s["metadata"]!["name"]!)[4..], CultureInfo.InvariantCulture), false)));
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => WorkAsync(scene, last)));
        await scene.AssignedIsAsync(0);
        await world.UntilAsync("nobody answers for any of the addresses", Settling, async () =>
            (await world.Eye.AskAsync(addresses, Cancellation)).Count(a => a.Value.Count > 0) is > 0 and var count ? $"{count} are answered" : null);
    }

    private static IEnumerable<(int Service, bool Create)> Steps(int[] order, Random random)
    {
        var steps = new List<(int, bool)>();
        var alive = new List<int>();
        foreach (var service in order)
        {
            steps.Add((service, true));
            alive.Add(service);
            while (alive.Count > Services / 5 && random.Next(3) != 0)
            {
                var victim = random.Next(alive.Count - Clients);
                steps.Add((alive[victim], false));
                alive.RemoveAt(victim);
            }
        }

        return steps;
    }

    private static async Task WorkAsync(Scene scene, ConcurrentQueue<(int Service, bool Create)> steps)
    {
        while (steps.TryDequeue(out var step))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"svc-{step.Service}");
            if (step.Create)
            {
                await scene.ServiceAsync(name);
                await scene.SliceAsync(name);
            }
            else
            {
                await scene.DeleteAsync(scene.ServicePath(name));
                await scene.DeleteAsync(scene.SlicePath(name));
            }
        }
    }

    /// <summary>One speaker after the other is killed and started again, for as long as it goes on.</summary>
    private async Task ChurnAsync(Random random, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var node = world.Nodes[i % world.Nodes.Count];
            var speaker = world.Cluster.Speaker(node);
            if (random.Next(2) == 0)
                speaker.Kill();
            else
                speaker.Terminate();
            await speaker.WaitForExitAsync(Cancellation);
            await world.Cluster.StartSpeakerAsync(node);
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500 + random.Next(1000)), TimeProvider.System, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
