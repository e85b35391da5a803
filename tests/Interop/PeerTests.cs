// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>What can be said of a peer: ports, AS numbers, passwords, who dials, limits; and a router that comes back.</summary>
[Collection(WorldCollection.Name)]
public sealed class PeerTests(BgpWorld world)
{
    private LabHost First => world.Network.Nodes[0];

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I24")]
    [Trait("Scenario", "I25")]
    [Trait("Scenario", "I60")]
    [Trait("Scenario", "S35")]
    public async Task Router_WithLargeAsOnOtherPortKilledAndStarted_IsToldAllAgain(RouterKind kind)
    {
        const uint Asn = 4200000000;
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, RouterAsn = Asn, ClusterAsn = Asn + 1, Port = 1179 });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        Assert.All(await scene.Router.PathsAsync(ipv6), static p => Assert.Equal("4200000001", p.AsPath));

        await scene.Router.StopAsync();
        await scene.UntilLoggedAsync(First, 0, scene.NameOf(), "is down");
        await scene.Router.StartAsync();
        TimeSpan took = await scene.UntilRoutedAsync(3, ipv4, ipv6);

        BgpWorld.Say($"{kind}: all routes again {took.TotalMilliseconds:f0} ms after the router answered");
    }

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I05")]
    [Trait("Scenario", "I41")]
    [Trait("Scenario", "I51")]
    [Trait("Scenario", "I58")]
    public async Task Password_OfSecret_WrongThenRightThenChanged(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, Password = "right-one" });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.SecretAsync("bgp-key", "wrong-one");
        await scene.PeerAsync(change: static spec =>
        {
            spec.Remove("password");
            spec["passwordSecret"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "bgp-key" };
        });

        string words = await scene.UntilLoggedAsync(First, 0, scene.NameOf(), "an attempt ended");
        Assert.Contains("did not answer", words, StringComparison.Ordinal);
        Assert.Empty(await scene.Router.EstablishedAsync());
        long began = Stopwatch.GetTimestamp();
        await scene.SecretAsync("bgp-key", "right-one");
        await scene.UntilRoutedAsync(3, ipv4, ipv6);

        BgpWorld.Say($"{kind}: up {Stopwatch.GetElapsedTime(began).TotalMilliseconds:f0} ms after the Secret was put right; before: {words}");
        foreach (LabHost node in world.Network.Nodes)
            Assert.DoesNotContain(world.Logged(node), static l => l.Contains("right-one", StringComparison.Ordinal) || l.Contains("wrong-one", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Routers.Whole), MemberType = typeof(Routers))]
    [Trait("Scenario", "I18")]
    public async Task Peer_Passive_IsDialledByTheRouter(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true, Dials = true, Password = "both-know" });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync(change: static spec => spec["passive"] = true);

        TimeSpan took = await scene.UntilRoutedAsync(3, ipv4, ipv6);

        BgpWorld.Say($"{kind}: dialled, and all routes there, {took.TotalMilliseconds:f0} ms after the BGPPeer was made");
    }

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I14")]
    [Trait("Scenario", "I46")]
    [Trait("Scenario", "I56")]
    public async Task Router_WithFewerPrefixesAllowed_IsLeftAloneAndItsReasonTold(RouterKind kind)
    {
        Assert.SkipWhen(kind == RouterKind.ExaBgp, "ExaBGP limits no prefixes");
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { MostPrefixes = 1 });
        (string first, _) = await scene.ServeAsync("first");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, first);
        int from = world.Cluster.Speaker(First).Output.Count;

        // FRR looks at its count before it adds the prefix at hand: the third is the one it notices.
        await scene.ServeAsync("second");
        await scene.ServeAsync("third");

        string words = await scene.UntilLoggedAsync(First, from, scene.NameOf(), "is down");
        Assert.True(words.Contains("(6/1)", StringComparison.Ordinal), words);
        Assert.Contains("it takes no more prefixes", words, StringComparison.Ordinal);
        BgpWorld.Say($"{kind}: {words}");
    }
}
