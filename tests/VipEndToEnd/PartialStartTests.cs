// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>A start with a file of which a part is wrong.</summary>
[Collection(VipCollection.Name)]
public sealed class PartialStartTests(VipLab lab)
{
    private const string Other = "192.0.2.101";

    private static readonly string Web = Instance("web", 150, VipLab.Vip + "/24");
    private static readonly string Whole = File(Web, Instance("other", 150, Other + "/24", id: 52));
    private static readonly string Broken = File(Web, Instance("other", 150, Other + "/24", id: 352));

    private LabHost First => lab.Nodes[0];

    [Fact]
    [Trait("Scenario", "CFG-11")]
    public async Task Start_OneInstanceIsWrong_TheOtherRunsAndNothingIsLeftOfTheOne()
    {
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, Whole);
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.WaitForHoldersAsync(Other, First);
        scene[First].Kill();
        await scene[First].WaitForExitAsync(VipLab.Cancellation);
        Assert.Contains(Other, await AddressesAsync(First));

        await scene.StartAsync(First, Broken);
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        // Nobody looks after what the one held before.
        await scene.WaitForHoldersAsync(Other);
        Assert.Contains("vipd.yaml:", await scene[First].WaitForLineAsync("\"EventId\":12035", Patience, VipLab.Cancellation), StringComparison.Ordinal);
        await scene[First].WaitForLineAsync("\"EventId\":12036", Patience, VipLab.Cancellation);
        JsonNode row = (await scene.StatusAsync(First))["configuration"]!;
        Assert.Equal("instances.other", (string)row["leftOut"]![0]!["object"]!);
        Assert.Contains("instances.other.virtualRouterId", (string)row["refused"]![0]!, StringComparison.Ordinal);
        Assert.Contains("left out instances.other", await scene.AskAsync(First, "status"), StringComparison.Ordinal);

        // A reload takes all or nothing.
        await scene.ReloadAsync(First, Broken.Replace(VipLab.Vip, "192.0.2.102", StringComparison.Ordinal));
        await scene[First].WaitForLineAsync("\"EventId\":12031", Patience, VipLab.Cancellation);
        await scene.WaitForHoldersAsync("192.0.2.102");
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.ReloadAsync(First, Whole);
        await scene.WaitForHoldersAsync(Other, First);
        row = (await scene.StatusAsync(First))["configuration"]!;
        Assert.Empty(row["leftOut"]!.AsArray());
        Assert.Empty(row["refused"]!.AsArray());
    }
}
