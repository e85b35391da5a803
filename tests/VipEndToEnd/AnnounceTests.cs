// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Vip;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>What hosts on the segment are told of who has an address.</summary>
[Collection(VipCollection.Name)]
public sealed class AnnounceTests(VipLab lab)
{
    private const int Id = 51;

    private static readonly IPAddress Vip = IPAddress.Parse(VipLab.Vip);

    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    private LabHost Third => lab.Nodes[2];

    [Fact]
    [Trait("Scenario", "ARP-02")]
    [Trait("Scenario", "ARP-05")]
    [Trait("Scenario", "ARP-07")]
    [Trait("Scenario", "ARP-08")]
    [Trait("Scenario", "ARP-15")]
    public async Task Takeover_IsAnnouncedAfterItsAdvert_AndTheOwnerAloneAnswers()
    {
        using SegmentTape tape = await SegmentTape.StartAsync(lab.Network, VipLab.Cancellation);
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, VipLab.Vip + "/32")));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.StartAsync(Second, File(Instance("web", 100, VipLab.Vip + "/32")));
        await EventuallyAsync("the second follows", async () => (string)(await scene.RowAsync(Second, "web"))["master"]! == First.ServiceAddress.ToString());
        await AnswersAloneAsync(tape, First);
        int from = tape.Position;
        await scene.AskAsync(First, "failover", "web");
        await scene.WaitForHoldersAsync(VipLab.Vip, Second);
        // The client knew the first, asks nobody, and goes to the second.
        await EventuallyAsync("the client knows the second", async () => (await NeighbourAsync()).Contains(Second.Mac(Segment.Service), StringComparison.Ordinal));
        AdvertFrame advert = tape.Adverts(Id, ipv6: false, from).First(a => a.Host == Second.Name && a.Priority > 0);
        ClaimFrame claim = tape.Claims(Vip, from).First(c => c.Host == Second.Name);
        Assert.True(advert.Number < claim.Number, $"the advert is number {advert.Number}, the claim {claim.Number}");
        Assert.DoesNotContain(tape.Claims(Vip, advert.Number), c => c.Host == First.Name);
        await AnswersAloneAsync(tape, Second);
        JsonNode route = JsonNode.Parse(await LabNetwork.RunAsync(Second.Namespace, "ip", ["-j", "route", "get", lab.Network.Client.ServiceAddress.ToString()], null, VipLab.Cancellation))!;
        Assert.Equal(Second.ServiceAddress.ToString(), (string)route[0]!["prefsrc"]!);
    }

    [Fact]
    public async Task Address_ClaimedByAnotherHost_ItsHardwareAddressIsTold()
    {
        using SegmentTape tape = await SegmentTape.StartAsync(lab.Network, VipLab.Cancellation);
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, VipLab.Vip + "/24")));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        // It ends with a status of its own, since nobody answers.
        await LabNetwork.RunAsync(Third.Namespace, "sh", ["-c", $"arping -q -c 1 -w 1 -U -i eth0 -S {VipLab.Vip} {VipLab.Vip} || true"], null, VipLab.Cancellation);
        await EventuallyAsync("the other claims it", () => Task.FromResult(tape.Claims(Vip).Any(c => c.Host == Third.Name)));
        string told = await scene[First].WaitForLineAsync("\"EventId\":12016", Patience, VipLab.Cancellation);
        Assert.Contains(Third.Mac(Segment.Service), told, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("master", await scene.StateAsync(First, "web"));
    }

    // A client that knows nobody asks: one host answers, with its own hardware address.
    private async Task AnswersAloneAsync(SegmentTape tape, LabHost owner)
    {
        int from = tape.Position;
        await LabNetwork.RunAsync(
            lab.Network.Client.Namespace, "sh", ["-c", $"ip neigh flush to {VipLab.Vip}; ping -n -q -c 1 -W 5 {VipLab.Vip}"], null, VipLab.Cancellation);
        Assert.Equal(
            [(owner.Name, owner.Mac(Segment.Service))], tape.Claims(Vip, from).Where(static c => c.IsAnswer).Select(static c => (c.Host, c.Mac)));
    }

    private Task<string> NeighbourAsync() => LabNetwork.RunAsync(lab.Network.Client.Namespace, "ip", ["neigh", "show", VipLab.Vip], null, VipLab.Cancellation);
}
