// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

[Collection(VipCollection.Name)]
public sealed class StartDelayTests(VipLab lab)
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);

    [Fact]
    [Trait("Scenario", "CFG-19")]
    public async Task Start_WithADelay_HoldsNothingBeforeItIsOver()
    {
        LabHost node = lab.Nodes[0];
        await using Scene scene = lab.Open();
        DateTimeOffset began = TimeProvider.System.GetUtcNow();
        await scene.StartAsync(node, File(Instance("web", 150, VipLab.Vip + "/24")) + "global: {startupDelay: 3s}\n");
        await scene.WaitForHoldersAsync(VipLab.Vip, node);
        JsonNode row = await scene.RowAsync(node, "web");
        Assert.True(DateTimeOffset.Parse((string)row["since"]!, CultureInfo.InvariantCulture) - began >= Delay);
    }
}
