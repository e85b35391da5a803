// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Vip;
using LoadBalancer.Testing;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>vipd in a namespace whose interface is a macvlan above one on the segment, as containers have it.</summary>
[Collection(VipCollection.Name)]
public sealed class BehindMacvlanTests(VipLab lab)
{
    private const string Mac = "02:4c:42:00:01:f1";
    private const string Own = "192.0.2.241";

    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    /// <summary>
    /// A switch that reflects gives each frame back to a macvlan that is private, and a kernel told to accept its own addresses
    /// takes it: then the daemon does hear itself, and has to know.
    /// </summary>
    [Theory]
    [InlineData("bridge", false)]
    [InlineData("private", true)]
    [Trait("Scenario", "MIX-48")]
    public async Task Daemon_InANamespaceBehindAMacvlan_WorksAndPassesOverItsOwnVoice(string mode, bool reflected)
    {
        LabNamespace place = new(lab.Network.State.NamespacePrefix + "behind");
        try
        {
            await OpenAsync(place, mode, reflected);
            using SegmentTape tape = await SegmentTape.StartAsync(lab.Network, VipLab.Cancellation);
            await using Scene scene = lab.Open();
            await scene.StartAsync(Second, Both(100));
            await scene.WaitForHoldersAsync(VipLab.Vip, Second);
            await using LabProcess daemon = await StartAsync(scene, place);
            await EventuallyAsync("the one behind is master, and is followed", async () =>
                await IsMasterAsync(scene, place) && (string?)(await scene.RowAsync(Second, "web"))["master"] == Own && await scene.StateAsync(Second, "web6") == "backup");
            await scene.WaitForHoldersAsync(VipLab.Vip);

            int from = tape.Position;
            // What was announced this very moment the client knows without asking.
            await EventuallyAsync("a client asks for it", async () =>
            {
                await LabNetwork.RunAsync(lab.Network.Client.Namespace, "sh", ["-c", $"ip neigh flush to {VipLab.Vip}; ping -n -q -c 1 -W 5 {VipLab.Vip}; ping -n -q -c 1 -W 5 {VipLab.Vip6}"], null, VipLab.Cancellation);
                return tape.Claims(IPAddress.Parse(VipLab.Vip), from).Any(static c => c.IsAnswer);
            });
            Assert.All(tape.Claims(IPAddress.Parse(VipLab.Vip), from), static c => Assert.Equal(Mac, c.Mac));
            await EventuallyAsync("it has advertised thirty times", () => Task.FromResult(
                tape.Adverts(51, ipv6: false, from).Count >= 30 && tape.Adverts(52, ipv6: true, from).Count >= 30));
            Assert.All(tape.Adverts(51, ipv6: false, from), a => Assert.Equal((Mac, 150), (a.SourceMac, a.Priority)));
            Assert.All(tape.Adverts(52, ipv6: true, from), a => Assert.Equal((Mac, 150), (a.SourceMac, a.Priority)));

            string linkLocal = (await AddressesAsync(Second)).First(static a => a.StartsWith("fe80::", StringComparison.Ordinal));
            foreach (JsonNode? row in (await StatusAsync(scene, place))["instances"]!.AsArray())
            {
                Assert.Equal(("master", 1), ((string)row!["state"]!, (int)row["counters"]!["becameMaster"]!));
                JsonNode[] peers = [.. row["peers"]!.AsArray().Select(static p => p!)];
                string other = (string)row["family"]! == "IPv6" ? linkLocal : Second.ServiceAddress.ToString();
                // The other one, which it took over from, is all it has listened to. That its own voice comes back is told.
                Assert.Equal([other], peers.Where(static p => (int)p["priority"]! > 0).Select(static p => (string)p["address"]!));
                Assert.Equal(reflected, peers.Any(p => (string)p["address"]! != other && p["disagreements"]!.AsArray().Any(static d => ((string)d!).Contains("sends from our own address", StringComparison.Ordinal))));
                // Unless its frames do come back, it hears nothing: then the test would show nothing.
                Assert.Equal(reflected, (long)row["counters"]!["discarded"]! >= 30);
            }

            Assert.DoesNotContain(daemon.Output.Lines, static l => l.Contains("\"EventId\":12016", StringComparison.Ordinal));

            daemon.Terminate();
            await scene.WaitForHoldersAsync(VipLab.Vip, Second);
            Assert.Equal(0, await daemon.WaitForExitAsync(VipLab.Cancellation));
        }
        finally
        {
            await CloseAsync(place);
        }
    }

    private static string Both(int priority) => File(Instance("web", priority, VipLab.Vip + "/24"), Instance("web6", priority, $"\"{VipLab.Vip6}/64\"", id: 52));

    private async Task OpenAsync(LabNamespace place, string mode, bool reflected)
    {
        await Command.RunAsync("ip", ["netns", "add", place.Name], null, VipLab.Cancellation);
        string accept = reflected ? "1" : "0";
        place.SetKernel(
            ("net/ipv4/conf/all/rp_filter", "0"), ("net/ipv4/conf/default/rp_filter", "0"), ("net/ipv4/conf/all/accept_local", accept),
            ("net/ipv6/conf/default/accept_dad", "0"), ("net/ipv6/conf/all/accept_dad", "0"));
        await LabNetwork.RunAsync(First.Namespace, "ip", ["link", "add", "eth0", "link", "eth0", "netns", place.Name, "address", Mac, "type", "macvlan", "mode", mode], null, VipLab.Cancellation);
        await LabNetwork.RunAsync(place, "ip", ["-batch", "-"], $"link set lo up\naddress add {Own}/24 dev eth0\nlink set eth0 up\naddress add 2001:db8:0:1::241/64 dev eth0 nodad\n", VipLab.Cancellation);
        if (reflected)
        {
            await LabNetwork.RunAsync(lab.Network.Switch, "ip", ["link", "set", First.Port(Segment.Service), "type", "bridge_slave", "hairpin", "on"], null, VipLab.Cancellation);
        }
    }

    // Also after the test was cancelled.
    private async Task CloseAsync(LabNamespace place)
    {
        await LabNetwork.RunAsync(lab.Network.Switch, "ip", ["link", "set", First.Port(Segment.Service), "type", "bridge_slave", "hairpin", "off"]);
        await Command.TryRunAsync("ip", ["netns", "delete", place.Name]);
    }

    private async Task<LabProcess> StartAsync(Scene scene, LabNamespace place)
    {
        string file = Path.Combine(scene.DirectoryOf(First), "vipd.yaml");
        await System.IO.File.WriteAllTextAsync(file, Both(150), VipLab.Cancellation);
        LabProcess process = await lab.Network.StartProcessAsync(
            place, "vipd-behind-" + Path.GetFileName(scene.DirectoryOf(First)), Checkout.Program("vipd"),
            "--config", file, "--state-dir", StateOf(scene), "--node-name", "behind", "--port", "0", "--health-probe-port", "0");
        await process.WaitForLineAsync("\"EventId\":12000", Patience, VipLab.Cancellation);
        return process;
    }

    private async Task<JsonNode> StatusAsync(Scene scene, LabNamespace place) =>
        JsonNode.Parse(await LabNetwork.RunAsync(place, Checkout.Program("vipd"), ["status", "-o", "json", "--state-dir", StateOf(scene)], null, VipLab.Cancellation))!;

    private async Task<bool> IsMasterAsync(Scene scene, LabNamespace place) =>
        (await StatusAsync(scene, place))["instances"]!.AsArray().All(static i => (string)i!["state"]! == "master");

    private string StateOf(Scene scene) => Path.Combine(scene.DirectoryOf(First), "state");
}
