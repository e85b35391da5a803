// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>What a router's operator does, or has left undone, and what is told of it on our side.</summary>
[Collection(FaultCollection.Name)]
public sealed class OperatorTests(BgpWorld world)
{
    private const string Words = "going home";
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(120);

    private LabHost First => world.Network.Nodes[0];

    [Theory]
    [InlineData(RouterKind.Frr)]
    [InlineData(RouterKind.Bird)]
    [InlineData(RouterKind.GoBgp)]
    [InlineData(RouterKind.OpenBgpd)]
    [Trait("Scenario", "I13")]
    [Trait("Scenario", "I35")]
    [Trait("Scenario", "I42")]
    [Trait("Scenario", "I55")]
    public async Task Router_DisablesItsNeighbour_ItsWordsAreToldAndTheSessionComesBack(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        await scene.UntilUpAsync();
        int mark = scene.Marks()[0];
        string first = Scene.Peer(First, ipv6: false);
        await scene.Router.DisableAsync(first, Words);
        // GoBGP 3.10 keeps the words to itself.
        string told = kind == RouterKind.GoBgp ? "its operator shut it down" : Words;
        string end = await scene.UntilLoggedAsync(First, mark, $"BGP with {scene.NameOf()} is down", "(6/2)", told);
        await scene.UntilSessionAsync("router", First, "tells why", s => ((string?)s["lastError"])?.Contains(told, StringComparison.Ordinal) == true);
        await scene.UntilRoutedAsync(2, ipv4, ipv6);
        await scene.Router.EnableAsync(first);
        // Whoever was shut down on purpose is not knocked at more often than twice a minute.
        await world.UntilAsync("the session is back", LongPatience, async () =>
            await scene.Router.EstablishedAsync() is var up && up.Contains(first) ? null : $"up: {string.Join(", ", up)}");
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        BgpWorld.Say($"{kind}: {end}");
    }

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I38")]
    public async Task Router_ExpectsAnotherAs_IsToldWithTheField(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true });
        await scene.PeerAsync(change: static spec => spec["myASN"] = 64999);
        string end = await scene.UntilLoggedAsync(First, 0, scene.NameOf(), "(2/2)", "correct myASN");
        Assert.Empty(await scene.Router.EstablishedAsync());
        BgpWorld.Say($"{kind}: {end}");
    }

    [Fact]
    [Trait("Scenario", "I04")]
    public async Task Frr_WithoutAPolicy_TakesNothingAndTheSessionIsUp()
    {
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions { DualStack = true, RequiresPolicy = true });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();
        await scene.UntilEstablishedAsync();
        await scene.UntilSessionAsync("router", First, "is up and has sent both", static s => (string?)s["state"] == "Established" && (int?)s["prefixesSent"] == 2);
        await world.UntilAsync("FRR has counted the UPDATEs", Scene.Patience, async () =>
            await scene.Router.UpdatesAsync(Scene.Peer(First, ipv6: false)) is var heard && heard >= 2 ? null : $"{heard}");
        IReadOnlyDictionary<string, IReadOnlyList<string>> routes = await scene.Router.RoutesAsync();
        Assert.False(routes.ContainsKey(ipv4) || routes.ContainsKey(ipv6), string.Join(", ", routes.Keys));
        Assert.Contains("(Policy)", await ((Frr)scene.Router).VtyshAsync("show bgp summary"), StringComparison.Ordinal);
    }
}
