// SPDX-License-Identifier: Apache-2.0

namespace LoadBalancer.Interop;

/// <summary>What every router has to see: sessions of each kind, exact attributes, and no more change than there was.</summary>
[Collection(WorldCollection.Name)]
public sealed class SessionTests(BgpWorld world)
{
    private const string Marked = """{"communities": ["64513:100", "large:64513:1:2"], "med": 7}""";

    public static MatrixTheoryData<RouterKind, bool> AllOverBoth { get; } = new(Enum.GetValues<RouterKind>(), [false, true]);

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I01")]
    [Trait("Scenario", "I26")]
    [Trait("Scenario", "I40")]
    [Trait("Scenario", "I48")]
    [Trait("Scenario", "I52")]
    public async Task Session_OfEachFamily_CarriesItsOwn(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { Peers = [.. Scene.Peers(world, false), .. Scene.Peers(world, true)] });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync(ipv6: false, name: "router-ipv4");
        await scene.PeerAsync(ipv6: true, name: "router-ipv6");

        TimeSpan took = await scene.UntilRoutedAsync(3, ipv4, ipv6);

        Assert.Equal(scene.Options.Peers.Order(StringComparer.Ordinal), (await scene.Router.EstablishedAsync()).Order(StringComparer.Ordinal));
        BgpWorld.Say($"{kind}: six sessions and their routes {took.TotalMilliseconds:f0} ms after the BGPPeers were made");

        await scene.WithdrawAsync("web");
        took = await scene.UntilRoutedAsync(0, ipv4, ipv6);
        BgpWorld.Say($"{kind}: withdrawn {took.TotalMilliseconds:f0} ms after the Service was deleted");
    }

    [Theory]
    [Trait("Scenario", "I20")]
    [MemberData(nameof(AllOverBoth))]
    public async Task Session_DualStack_CarriesBothWithTheirAttributes(RouterKind kind, bool ipv6)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true }, ipv6, Marked);
        (string first4, string first6) = await scene.ServeAsync("web");
        await scene.PeerAsync(ipv6);

        await scene.UntilRoutedAsync(3, first4, first6);

        foreach (string prefix in (string[])[first4, first6])
        {
            IReadOnlyList<RouterPath> paths = await scene.Router.PathsAsync(prefix);
            Assert.Equal(3, paths.Count);
            Assert.All(paths, static p => Assert.Equal(new RouterPath("64513", 7, "64513:100", "64513:1:2", null), p with { LocalPref = null }));
        }
    }

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I19")]
    public async Task Session_WithinAnAs_CarriesLocalPreference(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(
            world, kind, new RouterOptions { DualStack = true, RouterAsn = RouterOptions.UsualClusterAsn }, advertisement: """{"localPref": 150}""");
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync();

        await scene.UntilRoutedAsync(3, ipv4, ipv6);

        foreach (string prefix in (string[])[ipv4, ipv6])
            Assert.All(await scene.Router.PathsAsync(prefix), static p => Assert.Equal(("", 150u), (p.AsPath, p.LocalPref)));
    }

    [Theory]
    [Trait("Scenario", "I48")]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    public async Task Service_AnotherMadeAndDeleted_ChangesItsOwnPrefixesAlone(RouterKind kind)
    {
        await using Scene scene = await Scene.OpenAsync(world, kind, new RouterOptions { DualStack = true });
        (string first4, string first6) = await scene.ServeAsync("first");
        await scene.PeerAsync();
        await scene.UntilRoutedAsync(3, first4, first6);
        await scene.UntilUpAsync();
        int[] marks = scene.Marks();
        long[] before = await UpdatesAsync(scene);

        (string second4, string second6) = await scene.ServeAsync("second");
        await scene.UntilRoutedAsync(3, first4, first6, second4, second6);
        long[] between = await UpdatesAsync(scene);
        await scene.WithdrawAsync("second");
        await scene.UntilRoutedAsync(0, second4, second6);
        await scene.UntilRoutedAsync(3, first4, first6);

        BgpWorld.Say($"{kind}: UPDATEs of each node for a Service of two families: {string.Join(", ", between.Zip(before, static (a, b) => a - b))}");
        // One for each family; the router's End-of-RIB count may lag behind the routes it came after.
        Assert.All(between.Zip(before, static (a, b) => a - b), static n => Assert.InRange(n, 2, 4));
        scene.AssertUndisturbed(marks);
    }

    private static async Task<long[]> UpdatesAsync(Scene scene)
    {
        List<long> updates = [];
        foreach (string peer in scene.Options.Peers)
            updates.Add(await scene.Router.UpdatesAsync(peer));
        return [.. updates];
    }
}
