// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>The interface of an instance is not there, comes, and goes.</summary>
[Collection(VipCollection.Name)]
public sealed class LinkTests(VipLab lab)
{
    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    [Fact]
    [Trait("Scenario", "CFG-20")]
    public async Task Link_IsDownAtTheStart_TheOtherIsMasterUntilItIsUp()
    {
        await using Scene scene = lab.Open();
        await lab.Network.CutLinkAsync(First, Segment.Service, CutKind.Carrier, VipLab.Cancellation);
        await Task.WhenAll(
            scene.StartAsync(First, File(Instance("web", 150, VipLab.Vip + "/24"))),
            scene.StartAsync(Second, File(Instance("web", 100, VipLab.Vip + "/24"))));
        await scene.WaitForHoldersAsync(VipLab.Vip, Second);
        JsonNode row = await scene.RowAsync(First, "web");
        Assert.Equal("initialize", (string)row["state"]!);
        Assert.NotEqual("", (string)row["held"]!);
        await lab.Network.HealLinkAsync(First, Segment.Service, VipLab.Cancellation);
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
    }

    [Fact]
    [Trait("Scenario", "ND-06")]
    public async Task LinkLocalAddress_OfAnInstance_IsReachedThroughItsInterface()
    {
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, "\"fe80::51/64\", \"2001:db8:0:1::51/64\"")));
        await scene.WaitForHoldersAsync("fe80::51", First);
        await EventuallyAsync("a client reaches it", async () =>
            (await Command.TryRunAsync("ip", ["netns", "exec", lab.Network.Client.Namespace.Name, "ping", "-6", "-q", "-c", "1", "-W", "2", "fe80::51%eth0"], null, VipLab.Cancellation)).Status == 0);
    }

    [Fact]
    [Trait("Scenario", "FI-05")]
    [Trait("Scenario", "FI-06")]
    public async Task Interface_IsDeletedOrRenamed_IsFollowedByItsName()
    {
        await using Scene scene = lab.Open();
        string web = Instance("web", 150, "198.51.100.100/24").Replace("eth0", "extra0", StringComparison.Ordinal);
        await IpAsync("link add extra0 type veth peer name extra1\nlink set extra1 up\nlink set extra0 up\naddress add 198.51.100.1/24 dev extra0\n");
        try
        {
            await scene.StartAsync(First, File(web));
            await scene.WaitForHoldersAsync("198.51.100.100", First);

            await IpAsync("link del extra0\n");
            await EventuallyAsync("it is no master", async () => await scene.StateAsync(First, "web") == "initialize");
            await IpAsync("link add extra0 type veth peer name extra1\nlink set extra1 up\nlink set extra0 up\naddress add 198.51.100.1/24 dev extra0\n");
            await scene.WaitForHoldersAsync("198.51.100.100", First);

            await IpAsync("link set extra0 down\nlink set extra0 name other0\nlink set other0 up\n");
            await EventuallyAsync("it is no master", async () => await scene.StateAsync(First, "web") == "initialize");
            Assert.DoesNotContain("198.51.100.100", await AddressesAsync(First));
            await IpAsync("link set other0 down\nlink set other0 name extra0\nlink set extra0 up\n");
            await scene.WaitForHoldersAsync("198.51.100.100", First);
            Assert.Equal("master", await scene.StateAsync(First, "web"));
        }
        finally
        {
            await IpAsync("link del extra1\n");
        }
    }

    private Task IpAsync(string batch) => LabNetwork.RunAsync(First.Namespace, "ip", ["-batch", "-"], batch, VipLab.Cancellation);
}
