// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Vip;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

[Collection(VipCollection.Name)]
public sealed class HoldingTests(VipLab lab)
{
    private const string Addresses = VipLab.Vip + "/24";

    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    [Fact]
    [Trait("Scenario", "ARP-10")]
    public async Task Address_DeletedByHand_IsBack()
    {
        using SegmentTape tape = await SegmentTape.StartAsync(lab.Network, VipLab.Cancellation);
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, Addresses)));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        int from = tape.Position;
        await LabNetwork.RunAsync(First.Namespace, "ip", ["address", "del", Addresses, "dev", "eth0"], null, VipLab.Cancellation);
        await scene[First].WaitForLineAsync("\"EventId\":12011", Patience, VipLab.Cancellation);
        Assert.Contains(VipLab.Vip, await AddressesAsync(First));
        // It stayed master all the time, and said no farewell.
        Assert.Equal(1, (int)(await scene.RowAsync(First, "web"))["counters"]!["becameMaster"]!);
        Assert.DoesNotContain(tape.Adverts(51, ipv6: false, from), static a => a.Priority == 0);
    }

    [Fact]
    [Trait("Scenario", "ARP-11")]
    public async Task Address_AddedByHandOnABackup_IsToldAndStays()
    {
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, Addresses)));
        await scene.StartAsync(Second, File(Instance("web", 100, Addresses)));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await LabNetwork.RunAsync(Second.Namespace, "ip", ["address", "add", Addresses, "dev", "eth0"], null, VipLab.Cancellation);
        await scene[Second].WaitForLineAsync("\"EventId\":12013", Patience, VipLab.Cancellation);
        Assert.Contains(VipLab.Vip, await AddressesAsync(Second));
    }

    [Fact]
    public async Task RoutesAndRules_OfTheMaster_ComeAndGoWithIt()
    {
        const string More = """
                routes:
                  - destination: 198.51.100.0/24
                    via: 192.0.2.1
                    table: "100"
                rules:
                  - priority: 1000
                    from: 192.0.2.100
                    table: "100"
            """;
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, Addresses, more: More + "\n")));
        await EventuallyAsync("the route is there", async () => (await RunAsync("ip", "route", "show", "table", "all")).Contains("198.51.100.0/24 via 192.0.2.1 dev eth0 table 100", StringComparison.Ordinal));
        Assert.Contains("1000:\tfrom 192.0.2.100 lookup 100", await RunAsync("ip", "rule"), StringComparison.Ordinal);
        await RunAsync("ip", "route", "del", "198.51.100.0/24", "table", "100");
        await scene[First].WaitForLineAsync("\"EventId\":12012", Patience, VipLab.Cancellation);
        await EventuallyAsync("the route is back", async () => (await RunAsync("ip", "route", "show", "table", "all")).Contains("198.51.100.0/24 via 192.0.2.1 dev eth0 table 100", StringComparison.Ordinal));
        await scene[First].StopAsync(VipLab.Cancellation);
        Assert.DoesNotContain("198.51.100.0", await RunAsync("ip", "route", "show", "table", "all"), StringComparison.Ordinal);
        Assert.DoesNotContain("1000:", await RunAsync("ip", "rule"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Scenario", "CFG-05")]
    [Trait("Scenario", "CFG-06")]
    [Trait("Scenario", "CFG-08")]
    public async Task Reload_AnotherInstanceIsAddedAndGone_TheFirstIsUntouched()
    {
        await using Scene scene = lab.Open();
        string web = Instance("web", 150, Addresses);
        string other = Instance("other", 150, "192.0.2.101/24, 192.0.2.102/24", id: 52);
        await scene.StartAsync(First, File(web));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await using GapProbe probe = scene.Probe();
        await probe.WaitForAnswersAsync(200, Patience, VipLab.Cancellation);
        string since = (string)(await scene.RowAsync(First, "web"))["lastTransition"]!["at"]!;
        await scene.ReloadAsync(First, File(web, other));
        await scene.WaitForHoldersAsync("192.0.2.101", First);
        await scene.ReloadAsync(First, File(web, Instance("other", 150, "192.0.2.102/24", id: 52)));
        await scene.WaitForHoldersAsync("192.0.2.101");
        Assert.Contains("192.0.2.102", await AddressesAsync(First));
        await scene.ReloadAsync(First, File(web));
        await scene.WaitForHoldersAsync("192.0.2.102");
        GapReport report = await probe.StopAsync(VipLab.Cancellation);
        TestContext.Current.SendDiagnosticMessage($"reloads: {report}");
        Assert.Equal(0, report.Lost);
        Assert.Equal("master", await scene.StateAsync(First, "web"));
        Assert.Equal(DateTimeOffset.Parse(since, System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.Parse((string)(await scene.RowAsync(First, "web"))["lastTransition"]!["at"]!, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Reload_WithErrors_ChangesNothingAndSaysWhy()
    {
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, Addresses)));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.WriteAsync(First, File(Instance("web", 150, Addresses)) + "nonsense: 1\n");
        scene[First].Signal(1);
        await scene[First].WaitForLineAsync("\"EventId\":12031", Patience, VipLab.Cancellation);
        Assert.Contains("not in force", await scene.AskAsync(First, "status"), StringComparison.Ordinal);
        Assert.Contains(VipLab.Vip, await AddressesAsync(First));
    }

    [Fact]
    public async Task Maintenance_OnAndOff_TheAddressGoesAndComes()
    {
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, Addresses)));
        await scene.StartAsync(Second, File(Instance("web", 100, Addresses)));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.AskAsync(First, "maintenance", "on");
        await scene.WaitForHoldersAsync(VipLab.Vip, Second);
        Assert.Contains("maintenance", (string)(await scene.RowAsync(First, "web"))["held"]!, StringComparison.Ordinal);
        await scene.AskAsync(First, "maintenance", "off");
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
    }

    [Fact]
    public async Task Failover_AwayAndHere_MovesTheAddress()
    {
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, Addresses)));
        await scene.StartAsync(Second, File(Instance("web", 100, Addresses)));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await using GapProbe probe = scene.Probe();
        await probe.WaitForAnswersAsync(200, Patience, VipLab.Cancellation);
        await scene.AskAsync(First, "failover", "web");
        await scene.WaitForHoldersAsync(VipLab.Vip, Second);
        await scene.AskAsync(First, "failover", "web", "--to", First.Name);
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        TestContext.Current.SendDiagnosticMessage($"moved twice: {await probe.StopAsync(VipLab.Cancellation)}");
    }

    private Task<string> RunAsync(string file, params IReadOnlyList<string> arguments) => LabNetwork.RunAsync(First.Namespace, file, arguments, null, VipLab.Cancellation);
}
