// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

[Collection(VipCollection.Name)]
public sealed class ElectionTests(VipLab lab)
{
    private const string Addresses = VipLab.Vip + "/24";

    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    private LabHost Third => lab.Nodes[2];

    [Fact]
    [Trait("Scenario", "CFG-15")]
    public async Task ThreeNodes_Start_TheHighestPriorityHoldsTheAddress()
    {
        await using Scene scene = lab.Open();
        await scene.StartAsync(Third, File(Instance("web", 50, Addresses)));
        await scene.StartAsync(Second, File(Instance("web", 100, Addresses)));
        await scene.StartAsync(First, File(Instance("web", 150, Addresses)));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        // A node that was kept waiting for a processor may have had its own opinion for a moment.
        await EventuallyAsync("all agree", async () =>
            await scene.StateAsync(First, "web") == "master"
            && (string)(await scene.RowAsync(Second, "web"))["master"]! == First.ServiceAddress.ToString()
            && await scene.StateAsync(Third, "web") == "backup");
        JsonNode row = await scene.RowAsync(Third, "web");
        Assert.Equal((50, 0.1), ((int)row["priority"]!, (double)row["advertIntervalSeconds"]!));
        Assert.InRange((double)row["masterDownIntervalSeconds"]!, 0.3, 0.4);
        Assert.Contains(row["peers"]!.AsArray(), p => (string)p!["address"]! == First.ServiceAddress.ToString() && (int)p["priority"]! == 150);
        Assert.True((long)row["counters"]!["received"]! > 0);
    }

    [Theory]
    [InlineData(CutKind.Silent)]
    [InlineData(CutKind.Carrier)]
    [Trait("Scenario", "FI-02")]
    public async Task Master_LosesItsLink_TheNextTakesOverAndLosesAgain(CutKind kind)
    {
        await using Scene scene = lab.Open();
        await PairAsync(scene);
        await using GapProbe probe = scene.Probe();
        await probe.WaitForAnswersAsync(200, Patience, VipLab.Cancellation);
        Assert.Equal(First.Name, probe.LastAnswerer);
        await lab.Network.CutLinkAsync(First, Segment.Service, kind, VipLab.Cancellation);
        Assert.Equal(Second.Name, await probe.WaitForOtherAsync(First.Name, Patience, VipLab.Cancellation));
        await probe.WaitForAnswersAsync(400, Patience, VipLab.Cancellation);
        TestContext.Current.SendDiagnosticMessage($"{kind}: {probe.Report()}");
        if (kind == CutKind.Carrier)
        {
            await EventuallyAsync("the node without a link lets go", async () => !(await AddressesAsync(First)).Contains(VipLab.Vip));
        }

        await lab.Network.HealLinkAsync(First, Segment.Service, VipLab.Cancellation);
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
    }

    [Fact]
    public async Task Master_IsTerminated_TheClientLosesNearlyNothing()
    {
        await using Scene scene = lab.Open();
        // A successor of the least priority waits for nearly an interval after a farewell: far longer than what is due to the machine.
        string slow(int priority) => File(Instance("web", priority, Addresses, interval: "900ms"));
        await scene.StartAsync(First, slow(150));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.StartAsync(Second, slow(1));
        await EventuallyAsync("the second follows", async () => (string)(await scene.RowAsync(Second, "web"))["master"]! == First.ServiceAddress.ToString());
        await using GapProbe probe = scene.Probe();
        await probe.WaitForAnswersAsync(200, Patience, VipLab.Cancellation);
        scene[First].Terminate();
        Assert.Equal(Second.Name, await probe.WaitForOtherAsync(First.Name, Patience, VipLab.Cancellation));
        Assert.Equal(0, await scene[First].WaitForExitAsync(VipLab.Cancellation));
        await probe.WaitForAnswersAsync(400, Patience, VipLab.Cancellation);
        GapReport report = probe.Report();
        TestContext.Current.SendDiagnosticMessage($"terminated: {report}");
        await scene.WaitForHoldersAsync(VipLab.Vip, Second);
        // The address was there until the successor had it.
        Assert.True(report.LongestSilence < report.LongestSendPause + TimeSpan.FromMilliseconds(600), report.ToString());
        // The successor waited for its skew after the farewell, and not for a master-down interval.
        Assert.Equal("the master said farewell", (string)(await scene.RowAsync(Second, "web"))["lastTransition"]!["reason"]!);
    }

    [Fact]
    [Trait("Scenario", "FI-08")]
    [Trait("Scenario", "FI-37")]
    public async Task Master_IsKilledAndStartsAgainAtOnce_GoesOnAsMaster()
    {
        await using Scene scene = lab.Open();
        string slow(int priority) => File(Instance("web", priority, Addresses, interval: "3s"));
        await scene.StartAsync(First, slow(150));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.StartAsync(Second, slow(100));
        await EventuallyAsync("the second follows", async () => (string)(await scene.RowAsync(Second, "web"))["master"]! == First.ServiceAddress.ToString());
        await using GapProbe probe = scene.Probe();
        await probe.WaitForAnswersAsync(200, Patience, VipLab.Cancellation);
        scene[First].Kill();
        await scene[First].WaitForExitAsync(VipLab.Cancellation);
        Assert.Contains(VipLab.Vip, await AddressesAsync(First));
        await scene.StartAsync(First, slow(150));
        await EventuallyAsync("the first is master", async () => await scene.StateAsync(First, "web") == "master");
        Assert.Equal("it was master a moment ago, before a restart", (string)(await scene.RowAsync(First, "web"))["lastTransition"]!["reason"]!);
        Assert.Equal("backup", await scene.StateAsync(Second, "web"));
        Assert.Equal(First.Name, probe.LastAnswerer);
        TestContext.Current.SendDiagnosticMessage($"resumed: {probe.Report()}");
    }

    [Fact]
    [Trait("Scenario", "ARP-14")]
    [Trait("Scenario", "FI-09")]
    public async Task Node_IsKilledAndStartsMuchLater_LeftoversGoFirst()
    {
        await using Scene scene = lab.Open();
        await PairAsync(scene);
        scene[First].Kill();
        await scene[First].WaitForExitAsync(VipLab.Cancellation);
        await scene.WaitForHoldersAsync(VipLab.Vip, First, Second);
        await scene.StartAsync(First, File(Instance("web", 50, Addresses)));
        await scene.WaitForHoldersAsync(VipLab.Vip, Second);
        Assert.Contains(scene[First].Output.Lines, static l => l.Contains("\"EventId\":12010", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SixAndFour_OneGroup_MoveTogether()
    {
        await using Scene scene = lab.Open();
        string both(int priority) => File(
            Instance("web", priority, Addresses),
            Instance("web6", priority, $"\"{VipLab.Vip6}/64\"", id: 52)) + "syncGroups:\n  both:\n    members: [web, web6]\n";
        await scene.StartAsync(First, both(150));
        await scene.StartAsync(Second, both(100));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.WaitForHoldersAsync(VipLab.Vip6, First);
        await using GapProbe probe = scene.Probe(VipLab.Vip6);
        await probe.WaitForAnswersAsync(200, Patience, VipLab.Cancellation);
        // One member of it is asked to go: the other goes along.
        await scene.AskAsync(First, "failover", "web");
        await scene.WaitForHoldersAsync(VipLab.Vip, Second);
        await scene.WaitForHoldersAsync(VipLab.Vip6, Second);
        Assert.Equal(Second.Name, await probe.WaitForOtherAsync(First.Name, Patience, VipLab.Cancellation));
        TestContext.Current.SendDiagnosticMessage($"group moved: {probe.Report()}");
    }

    [Fact]
    public async Task Unicast_TwoPeers_ElectOne()
    {
        await using Scene scene = lab.Open();
        string unicast(int priority, LabHost other) => File(Instance("web", priority, Addresses, more: $"    unicast:\n      peers: [{other.ServiceAddress}]\n"));
        await scene.StartAsync(First, unicast(150, Second));
        await scene.StartAsync(Second, unicast(100, First));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await EventuallyAsync("the second follows", async () => (string)(await scene.RowAsync(Second, "web"))["master"]! == First.ServiceAddress.ToString());
        scene[First].Terminate();
        await scene.WaitForHoldersAsync(VipLab.Vip, Second);
    }

    [Fact]
    [Trait("Scenario", "TX-11")]
    public async Task VirtualMac_AddressMoves_KeepsTheHardwareAddress()
    {
        await using Scene scene = lab.Open();
        string mac(int priority) => File(Instance("web", priority, Addresses, more: "    virtualMac: {}\n"));
        await scene.StartAsync(First, mac(150));
        await scene.StartAsync(Second, mac(100));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await using GapProbe probe = scene.Probe();
        await probe.WaitForAnswersAsync(200, Patience, VipLab.Cancellation);
        Assert.Equal("00:00:5e:00:01:33", await NeighbourAsync());
        scene[First].Terminate();
        Assert.Equal(Second.Name, await probe.WaitForOtherAsync(First.Name, Patience, VipLab.Cancellation));
        Assert.Equal("00:00:5e:00:01:33", await NeighbourAsync());
        await scene[First].WaitForExitAsync(VipLab.Cancellation);
        Assert.DoesNotContain("vrrp.51", await LabNetwork.RunAsync(First.Namespace, "ip", ["link"], null, VipLab.Cancellation), StringComparison.Ordinal);
    }

    private async Task<string> NeighbourAsync()
    {
        string line = await LabNetwork.RunAsync(lab.Network.Client.Namespace, "ip", ["neigh", "show", VipLab.Vip], null, VipLab.Cancellation);
        return line.Split(' ').SkipWhile(static w => w != "lladdr").Skip(1).FirstOrDefault("");
    }

    private async Task PairAsync(Scene scene)
    {
        await scene.StartAsync(First, File(Instance("web", 150, Addresses)));
        await scene.StartAsync(Second, File(Instance("web", 100, Addresses)));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
    }
}
