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
    [Trait("Scenario", "I03")]
    [Trait("Scenario", "I27")]
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
            await scene.UntilInKernelAsync(3, prefix);
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

    [Fact]
    [Trait("Scenario", "I20")]
    public async Task Frr_ToldBandwidths_SpreadsByThem()
    {
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions(), advertisement: """{"bandwidthPerEndpoint": "100M"}""");
        (string ipv4, _) = await scene.ServeAsync("web", "Local");
        // Three endpoints more on the first node.
        LabHost first = world.Network.Nodes[0];
        string[] more = [.. Enumerable.Range(1, 3).Select(i => $"{{\"addresses\": [\"198.51.100.{i}\"], \"nodeName\": \"{world.Cluster.NodeName(first)}\", \"conditions\": {{\"ready\": true}}}}")];
        await world.Cluster.Admin.CreateAsync(
            JsonNode.Parse($$"""
            {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
             "metadata": {"name": "web-more", "namespace": "{{world.Cluster.Namespace}}", "labels": {"kubernetes.io/service-name": "web", "endpointslice.kubernetes.io/managed-by": "test"} },
             "endpoints": [{{string.Join(", ", more)}}]}
            """)!,
            BgpWorld.Cancellation);
        try
        {
            await scene.PeerAsync();
            await scene.UntilInKernelAsync(3, ipv4);
            Dictionary<string, int> weights = [];
            await world.UntilAsync("the first node has four shares", Scene.Patience, async () =>
            {
                weights = await WeightsAsync(ipv4);
                int most = weights.GetValueOrDefault(first.ServiceAddress.ToString());
                return weights.Count == 3 && weights.Values.Order().Take(2).All(w => most >= 3.9 * w && most <= 4.2 * w) ? null : string.Join(", ", weights);
            });
            BgpWorld.Say($"weights in the kernel: {string.Join(", ", weights)}");
        }
        finally
        {
            await world.DeleteAsync($"/apis/discovery.k8s.io/v1/namespaces/{world.Cluster.Namespace}/endpointslices/web-more");
        }
    }

    private async Task<Dictionary<string, int>> WeightsAsync(string prefix)
    {
        string answer = await LabNetwork.RunAsync(world.Network.Router.Namespace, "ip", ["-d", "-j", "route", "show", prefix], null, BgpWorld.Cancellation);
        return (JsonNode.Parse(answer)?.AsArray() ?? []).SelectMany(static r => r!["nexthops"]?.AsArray() ?? []).ToDictionary(static h => (string)h!["gateway"]!, static h => (int)h!["weight"]!);
    }

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I29")]
    public async Task Bfd_LinkCut_TakesThePathAwayAtOnce(RouterKind kind)
    {
        Assert.SkipWhen(kind is RouterKind.GoBgp or RouterKind.OpenBgpd or RouterKind.ExaBgp, $"{kind} has no BFD in this version");
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, BfdMilliseconds = 50 });
        (string ipv4, string ipv6) = await scene.ServeAsync("web", "Local");
        await scene.CreateAsync("BFDProfile", "fast", """{"receiveInterval": 50, "transmitInterval": 50, "detectMultiplier": 3}""");
        await scene.PeerAsync(change: static spec => spec["bfdProfile"] = "fast");
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await scene.UntilBfdUpAsync();
        await scene.UntilInKernelAsync(3, ipv4, ipv6);
        LabHost cut = world.Network.Nodes[0];
        await using Crossing client = await Crossing.StartAsync(world, cut, ipv4, ipv6);
        int from = world.Cluster.Speaker(cut).Output.Count;
        long began = Stopwatch.GetTimestamp();
        try
        {
            await world.Network.CutLinkAsync(cut, Segment.Service, CutKind.Silent, BgpWorld.Cancellation);
            await scene.UntilInKernelAsync(2, ipv4, ipv6);
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            await client.UntilElsewhereAsync(cut);
            TimeSpan gap = client.LongestSilence;
            string words = await scene.UntilLoggedAsync(cut, from, scene.NameOf(), "is down");
            BgpWorld.Say($"{kind}: BFD 50 ms x 3, link cut: gone from the router's kernel after {took.TotalMilliseconds:f0} ms, the client's longest silence {gap.TotalMilliseconds:f0} ms; node: {words}");
            Assert.Contains("BFD", words, StringComparison.Ordinal);
            // Well below the hold time of 9 s, on a busy machine too.
            Assert.InRange(gap, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }
        finally
        {
            await world.Network.HealAllAsync(CancellationToken.None);
        }

        TimeSpan back = await scene.UntilRoutedAsync(3, ipv4, ipv6);
        BgpWorld.Say($"{kind}: back {back.TotalMilliseconds:f0} ms after the link was");
    }
}
