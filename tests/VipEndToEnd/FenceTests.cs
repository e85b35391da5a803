// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Vip;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>Two masters: how a node that stood still, or that was parted from the others, finds its place.</summary>
[Collection(VipCollection.Name)]
public sealed class FenceTests(VipLab lab)
{
    private const int Id = 51;
    private const string Addresses = VipLab.Vip + "/24";

    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    [Fact]
    [Trait("Scenario", "FI-12")]
    [Trait("Scenario", "FI-28")]
    public async Task Master_StoodStill_ListensBeforeItSpeaksAndEndsAsBackup()
    {
        using SegmentTape tape = await SegmentTape.StartAsync(lab.Network, VipLab.Cancellation);
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, Addresses, more: "    preempt: false\n")));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.StartAsync(Second, File(Instance("web", 100, Addresses)));
        await EventuallyAsync("the second follows", async () => (string)(await scene.RowAsync(Second, "web"))["master"]! == First.ServiceAddress.ToString());
        scene[First].Pause();
        await EventuallyAsync("the second took over, for a while", () => Task.FromResult(tape.Adverts(Id, ipv6: false).Count(a => a.Host == Second.Name) >= 25));
        int from = tape.Position;
        scene[First].Resume();
        await scene.WaitForHoldersAsync(VipLab.Vip, Second);
        await EventuallyAsync("the first follows", async () => (string)(await scene.RowAsync(First, "web"))["master"]! == Second.ServiceAddress.ToString());
        await EventuallyAsync("the second goes on", () => Task.FromResult(tape.Adverts(Id, ipv6: false, from).Count(a => a.Host == Second.Name) >= 10));
        Assert.All(tape.Adverts(Id, ipv6: false, from), a => Assert.Equal(Second.Name, a.Host));
        Assert.DoesNotContain(tape.Claims(IPAddress.Parse(VipLab.Vip), from), c => c.Host == First.Name && !c.IsAnswer);
        Assert.Equal(1, (int)(await scene.RowAsync(First, "web"))["counters"]!["fenced"]!);
        Assert.Equal("backup", await scene.StateAsync(First, "web"));
    }

    [Fact]
    [Trait("Scenario", "FI-22")]
    [Trait("Scenario", "FI-23")]
    public async Task Masters_OnBothSidesOfASplit_TheLowerLetsGoAndEveryoneFindsTheOther()
    {
        using SegmentTape tape = await SegmentTape.StartAsync(lab.Network, VipLab.Cancellation);
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, Addresses)));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.StartAsync(Second, File(Instance("web", 100, Addresses)));
        await EventuallyAsync("the second follows", async () => (string)(await scene.RowAsync(Second, "web"))["master"]! == First.ServiceAddress.ToString());
        LabHost[] near = [First, lab.Network.Control];
        LabHost[] far = [Second, lab.Network.Client];
        await lab.Network.PartitionAsync(Segment.Service, near, far, VipLab.Cancellation);
        await scene.WaitForHoldersAsync(VipLab.Vip, First, Second);
        // Each side has an owner, and hosts of it have found that one.
        Assert.Equal(First.Mac(Segment.Service), await OwnerAsync(lab.Network.Control));
        Assert.Equal(Second.Mac(Segment.Service), await OwnerAsync(lab.Network.Client));
        await lab.Network.HealAllAsync(VipLab.Cancellation);
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        int from = tape.Position;
        await EventuallyAsync("the client asks the first", async () => await OwnerAsync(lab.Network.Client) == First.Mac(Segment.Service));
        Assert.Equal(First.Mac(Segment.Service), await OwnerAsync(lab.Network.Control));
        Assert.DoesNotContain(tape.Claims(IPAddress.Parse(VipLab.Vip), from), c => c.Host == Second.Name);
        Assert.DoesNotContain(tape.Adverts(Id, ipv6: false, from), a => a.Host == Second.Name);
    }

    // Whom a host takes for the owner, after it has asked for something there.
    private static async Task<string> OwnerAsync(LabHost host)
    {
        string line = await LabNetwork.RunAsync(
            host.Namespace, "sh", ["-c", $"ping -n -q -c 1 -W 1 {VipLab.Vip} >/dev/null; ip neigh show {VipLab.Vip}"], null, VipLab.Cancellation);
        return line.Split(' ').SkipWhile(static w => w != "lladdr").Skip(1).FirstOrDefault("");
    }
}
