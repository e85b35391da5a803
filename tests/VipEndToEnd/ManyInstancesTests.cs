// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>As many virtual routers as a segment can have.</summary>
[Collection(VipCollection.Name)]
public sealed class ManyInstancesTests(VipLab lab)
{
    private const int Count = 255;

    private static readonly string[] Vips = [.. Enumerable.Range(0, Count).Select(static i => string.Create(CultureInfo.InvariantCulture, $"198.51.100.{i}"))];

    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    [Fact]
    [Trait("Scenario", "ARP-14")]
    [Trait("Scenario", "FI-09")]
    public async Task EveryRouterOfASegment_NodeIsKilledAndComesBackLater_EachAddressHasOneOwner()
    {
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, All(150));
        await HaveAllAsync(First);
        await scene.StartAsync(Second, All(100));
        await EventuallyAsync("the second follows all", async () => (await MastersAsync(scene, Second)).All(m => m.Master == First.ServiceAddress.ToString()));
        Assert.Empty(await OfThemAsync(Second));
        Assert.All(await MastersAsync(scene, First), static m => Assert.Equal("master", m.State));

        scene[First].Kill();
        await HaveAllAsync(Second);
        await EventuallyAsync("the second is master of all", async () => (await MastersAsync(scene, Second)).All(static m => m.State == "master"));
        Assert.Equal(Count, (await OfThemAsync(First)).Count);
        await scene.StartAsync(First, All(50));
        await EventuallyAsync("what the first left is swept", async () => (await OfThemAsync(First)).Count == 0);
        await EventuallyAsync("the first follows all", async () => (await MastersAsync(scene, First)).All(m => m.Master == Second.ServiceAddress.ToString()));
        Assert.Equal(Count, (await OfThemAsync(Second)).Count);
        Assert.All(await MastersAsync(scene, Second), static m => Assert.Equal("master", m.State));
    }

    private static string All(int priority)
    {
        StringBuilder text = new("version: 1\ninstances:\n");
        for (int i = 0; i < Count; i++)
        {
            text.Append(Instance(string.Create(CultureInfo.InvariantCulture, $"router-{i + 1}"), priority, Vips[i] + "/32", id: i + 1, interval: "300ms"));
        }

        return text.ToString();
    }

    private static async Task<List<(string State, string Master)>> MastersAsync(Scene scene, LabHost node)
    {
        JsonArray rows = (await scene.StatusAsync(node))["instances"]!.AsArray();
        Assert.Equal(Count, rows.Count);
        return [.. rows.Select(static r => ((string)r!["state"]!, (string)r["master"]!))];
    }

    private static async Task<IReadOnlyList<string>> OfThemAsync(LabHost node) => [.. (await AddressesAsync(node)).Intersect(Vips)];

    private static Task HaveAllAsync(LabHost node) => EventuallyAsync($"{node} has all addresses", async () => (await OfThemAsync(node)).Count == Count);
}
