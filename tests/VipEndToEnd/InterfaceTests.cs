// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>An interface that goes and comes back, beside the one that the lab needs.</summary>
[Collection(VipCollection.Name)]
public sealed class InterfaceTests(VipLab lab)
{
    private const string Vip = "198.51.100.100";
    private const string Link = "vip0";

    private LabHost Node => lab.Nodes[0];

    [Fact]
    [Trait("Scenario", "FI-05")]
    public async Task Interface_RemovedAndMadeAgain_HasTheAddressAgain()
    {
        await using Scene scene = lab.Open();
        await AddAsync();
        try
        {
            await StartAsync(scene);
            await RunAsync("link", "del", Link);
            await WaitForHeldAsync(scene, $"interface {Link} is missing");
            await AddAsync();
            await EventuallyAsync("it is master again", async () => await scene.StateAsync(Node, "web") == "master" && (await AddressesAsync(Node)).Contains(Vip));
        }
        finally
        {
            await RunAsync("link", "del", Link);
        }
    }

    [Fact]
    [Trait("Scenario", "FI-06")]
    public async Task Interface_RenamedAndBack_LosesTheAddressAndHasItAgain()
    {
        await using Scene scene = lab.Open();
        await AddAsync();
        try
        {
            await StartAsync(scene);
            await RenameAsync(Link, "other0");
            await WaitForHeldAsync(scene, $"interface {Link} is missing");
            await EventuallyAsync("the address is let go", async () => !(await AddressesAsync(Node)).Contains(Vip));
            await RenameAsync("other0", Link);
            await EventuallyAsync("it is master again", async () => await scene.StateAsync(Node, "web") == "master" && (await AddressesAsync(Node)).Contains(Vip));
        }
        finally
        {
            await RunAsync("link", "del", Link);
        }
    }

    private async Task StartAsync(Scene scene)
    {
        await scene.StartAsync(Node, File(Instance("web", 150, Vip + "/24").Replace("eth0", Link, StringComparison.Ordinal)));
        await scene.WaitForHoldersAsync(Vip, Node);
    }

    private Task WaitForHeldAsync(Scene scene, string words) => EventuallyAsync(words, async () =>
        await scene.RowAsync(Node, "web") is var row && (string?)row["state"] == "initialize" && ((string)row["held"]!).Contains(words, StringComparison.Ordinal));

    private async Task AddAsync()
    {
        await RunAsync("link", "add", Link, "type", "veth", "peer", "name", "vip1");
        await RunAsync("link", "set", "vip1", "up");
        await RunAsync("link", "set", Link, "up");
        await RunAsync("address", "add", "198.51.100.1/24", "dev", Link);
    }

    // Its addresses stay with it, but for those of IPv6.
    private async Task RenameAsync(string from, string to)
    {
        await RunAsync("link", "set", from, "down");
        await RunAsync("link", "set", from, "name", to);
        await RunAsync("link", "set", to, "up");
    }

    private Task<string> RunAsync(params IReadOnlyList<string> arguments) => LabNetwork.RunAsync(Node.Namespace, "ip", arguments, null, VipLab.Cancellation);
}
