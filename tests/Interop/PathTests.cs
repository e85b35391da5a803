// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Interop;

/// <summary>Routers that forward: packets cross the routes they were told, and leave a dead path at once.</summary>
[Collection(WorldCollection.Name)]
public sealed class PathTests(BgpWorld world)
{
    private const int FlowsTried = 200;

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I03,I27")]
    public async Task Kernel_OfRouter_SpreadsFlowsOverThreeNodes(RouterKind kind)
    {
        Assert.SkipWhen(kind is RouterKind.GoBgp or RouterKind.OpenBgpd or RouterKind.ExaBgp, $"{kind} puts no routes into this kernel");
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true });
        // With Local each node answers itself: who answers is which next hop was taken.
        (string ipv4, string ipv6) = await scene.ServeAsync("web", "Local");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        using NamespaceHttp http = new(world.Network.Remote!);
        foreach (string prefix in (string[])[ipv4, ipv6])
        {
            await world.UntilAsync($"{prefix} by three next hops in the kernel", Scene.Patience, async () =>
                await NextHopsAsync(prefix) is var hops && hops == 3 ? null : $"{hops} next hops");
            IPEndPoint target = new(IPAddress.Parse(prefix[..prefix.IndexOf('/', StringComparison.Ordinal)]), 80);
            Dictionary<string, int> answers = new(StringComparer.Ordinal);
            for (int i = 0; i < FlowsTried && (answers.Count < 3 || i < 30); i++)
            {
                HttpAnswer answer = await http.GetAsync(target, NginxBackend.HostNames[0], "/", BgpWorld.Cancellation);
                Assert.True(answer.Status == 200, $"{target}: {answer}");
                answers[answer.Node] = answers.GetValueOrDefault(answer.Node) + 1;
            }

            Assert.Equal(world.Network.Nodes.Select(static n => n.Name), answers.Keys.Order(StringComparer.Ordinal));
            BgpWorld.Say($"{kind}: {target} answered by {string.Join(", ", answers.Select(static a => $"{a.Key} ({a.Value})"))}");
        }
    }

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I29")]
    public async Task Bfd_LinkCut_TakesThePathAwayAtOnce(RouterKind kind)
    {
        Assert.SkipWhen(kind is RouterKind.GoBgp or RouterKind.OpenBgpd or RouterKind.ExaBgp, $"{kind} has no BFD in this version");
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, BfdMilliseconds = 100 });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.CreateAsync("BFDProfile", "fast", """{"receiveInterval": 100, "transmitInterval": 100, "detectMultiplier": 3}""");
        await scene.PeerAsync(change: static spec => spec["bfdProfile"] = "fast");
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await world.UntilAsync("BFD is up with all three", Scene.Patience, async () =>
            await BfdUpAsync(scene) is var up && up == 3 ? null : $"{up} are");
        await world.UntilAsync("the kernel has three next hops", Scene.Patience, async () => await NextHopsAsync(ipv4) == 3 && await NextHopsAsync(ipv6) == 3 ? null : "it has others");
        LabHost cut = world.Network.Nodes[0];
        int from = world.Cluster.Speaker(cut).Output.Lines.Count;
        long began = Stopwatch.GetTimestamp();
        try
        {
            await world.Network.CutLinkAsync(cut, Segment.Service, CutKind.Silent, BgpWorld.Cancellation);
            await world.UntilAsync("the kernel has two next hops", Scene.Patience, async () => await NextHopsAsync(ipv4) == 2 && await NextHopsAsync(ipv6) == 2 ? null : "it has three");
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            string words = await scene.UntilLoggedAsync(cut, from, scene.NameOf(), "is down");
            BgpWorld.Say($"{kind}: BFD 100 ms x 3, link cut: gone from the router's kernel after {took.TotalMilliseconds:f0} ms; node: {words}");
            Assert.Contains("BFD", words, StringComparison.Ordinal);
            // Well below the hold time of 9 s, on a busy machine too.
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        }
        finally
        {
            await world.Network.HealAllAsync(CancellationToken.None);
        }

        TimeSpan back = await scene.UntilRoutedAsync(3, ipv4, ipv6);
        BgpWorld.Say($"{kind}: back {back.TotalMilliseconds:f0} ms after the link was");
    }

    private static async Task<int> BfdUpAsync(Scene scene) => scene.Router switch
    {
        Frr frr => JsonNode.Parse(await frr.VtyshAsync("show bfd peers json"))!.AsArray().Count(static p => (string?)p!["status"] == "up"),
        Bird bird => (await bird.BirdcAsync("show", "bfd", "sessions")).Split('\n').Count(static l => l.Contains(" Up ", StringComparison.Ordinal)),
        _ => 0,
    };

    private async Task<int> NextHopsAsync(string prefix)
    {
        string answer = await LabNetwork.RunAsync(world.Network.Router.Namespace, "ip", [RouterOptions.IsIPv6(prefix) ? "-6" : "-4", "-d", "-j", "route", "show", prefix], null, BgpWorld.Cancellation);
        JsonArray routes = answer.Trim().Length == 0 ? [] : JsonNode.Parse(answer)!.AsArray();
        return routes.Sum(static r => r!["nexthops"]?.AsArray().Count ?? 1);
    }
}
