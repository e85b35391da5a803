// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Vip;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>Nodes with two interfaces on one segment: the kernel, left alone, answers for any address on any of them.</summary>
[Collection(VipCollection.Name)]
public sealed class SeveralLinksTests(VipLab lab)
{
    private const int Id = 51;

    private static readonly IPAddress Vip = IPAddress.Parse(VipLab.Vip);

    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 2, false)]
    [InlineData(2, 1, false)]
    [InlineData(0, 0, true)]
    [InlineData(1, 2, true)]
    [InlineData(2, 1, true)]
    [Trait("Scenario", "ARP-17")]
    public async Task Address_OnANodeWithTwoLinks_IsAnsweredForByOneHardwareAddress(int ignore, int announce, bool virtualMac)
    {
        await using Links links = await Links.AddAsync(lab, ignore, announce, First, Second);
        using SegmentTape tape = await SegmentTape.StartAsync(lab.Network, VipLab.Cancellation);
        string mac(LabHost owner) => virtualMac ? "00:00:5e:00:01:33" : owner.Mac(Segment.Service);
        string more = virtualMac ? "    virtualMac: {}\n" : "";
        await using (Scene scene = lab.Open())
        {
            await scene.StartAsync(First, File(Instance("web", 150, VipLab.Vip + "/24", more: more)));
            await scene.WaitForHoldersAsync(VipLab.Vip, First);
            await scene.StartAsync(Second, File(Instance("web", 100, VipLab.Vip + "/24", more: more)));
            await EventuallyAsync("the second follows", async () => (string)(await scene.RowAsync(Second, "web"))["master"]! == First.ServiceAddress.ToString());
            await AnswersAloneAsync(tape, First, mac(First));

            int from = tape.Position;
            await scene.AskAsync(First, "failover", "web");
            await scene.WaitForHoldersAsync(VipLab.Vip, Second);
            await EventuallyAsync("the second says so", () => Task.FromResult(tape.Claims(Vip, from).Any(c => c.Host == Second.Name)));
            await AnswersAloneAsync(tape, Second, mac(Second));
            AdvertFrame advert = tape.Adverts(Id, ipv6: false, from).First(a => a.Host == Second.Name);
            Assert.DoesNotContain(tape.Claims(Vip, advert.Number), c => c.Host == First.Name);
            Assert.All(tape.Claims(Vip, advert.Number), c => Assert.Equal(mac(Second), c.Mac));
        }

        foreach (LabHost node in (LabHost[])[First, Second])
        {
            // What was set for it is put back at the end.
            Assert.Equal("0 0", await ArpAsync(node));
        }
    }

    [Fact]
    public async Task ArpIgnore_OfAllInterfaces_ThatOutweighsOurs_IsToldWithTheRemedy()
    {
        await using Links links = await Links.AddAsync(lab, 3, 2, First);
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, VipLab.Vip + "/24")));
        Assert.Contains("sysctl -w net.ipv4.conf.all.arp_ignore=1", await scene[First].WaitForLineAsync("\"EventId\":12019", Patience, VipLab.Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Scenario", "ARP-17")]
    public async Task Killed_SuccessorThatEnds_PutsBackWhatTheHostHad(bool virtualMac)
    {
        await using Links links = await Links.AddAsync(lab, 0, 0, First);
        First.Namespace.SetKernel(("net/ipv4/conf/eth1/arp_announce", "1"));
        await using Scene scene = lab.Open();
        string file = File(Instance("web", 150, VipLab.Vip + "/24", more: virtualMac ? "    virtualMac: {}\n" : ""));
        await scene.StartAsync(First, file);
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await EventuallyAsync("the other interface is kept quiet", async () => await ArpAsync(First) == "1 2");
        string below = await ArpAsync(First, "eth0");
        scene[First].Kill();
        await scene[First].WaitForExitAsync(VipLab.Cancellation);
        Assert.Equal("1 2", await ArpAsync(First));

        await scene.StartAsync(First, file);
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        Assert.Equal(("1 2", below), (await ArpAsync(First), await ArpAsync(First, "eth0")));
        // A third one knows it as well.
        scene[First].Kill();
        await scene[First].WaitForExitAsync(VipLab.Cancellation);
        await scene.StartAsync(First, file);
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene[First].StopAsync(VipLab.Cancellation);
        Assert.Equal(("0 1", "0 0"), (await ArpAsync(First), await ArpAsync(First, "eth0")));
    }

    [Fact]
    [Trait("Scenario", "ARP-17")]
    public async Task Killed_SuccessorHasNoInstanceThere_PutsBackWhatTheHostHad()
    {
        await using Links links = await Links.AddAsync(lab, 0, 0, First);
        await using Scene scene = lab.Open();
        await scene.StartAsync(First, File(Instance("web", 150, VipLab.Vip + "/24")));
        await EventuallyAsync("the other interface is kept quiet", async () => await ArpAsync(First) == "1 2");
        scene[First].Kill();
        await scene[First].WaitForExitAsync(VipLab.Cancellation);
        // Somebody sets one of them by hand meanwhile, and means it.
        First.Namespace.SetKernel(("net/ipv4/conf/eth1/arp_ignore", "2"));

        await scene.StartAsync(First, "version: 1\n");
        await EventuallyAsync("what nothing needs is put back", async () => await ArpAsync(First) == "2 0");
        First.Namespace.SetKernel(("net/ipv4/conf/eth1/arp_ignore", "0"));

        // And without a kill: a new configuration takes the instance away.
        await scene.ReloadAsync(First, File(Instance("web", 150, VipLab.Vip + "/24")));
        await EventuallyAsync("the other interface is kept quiet", async () => await ArpAsync(First) == "1 2");
        await scene.ReloadAsync(First, "version: 1\n");
        await EventuallyAsync("what nothing needs is put back", async () => await ArpAsync(First) == "0 0");
    }

    // arp_ignore and arp_announce.
    private static async Task<string> ArpAsync(LabHost node, string device = "eth1") => string.Join(' ', (await LabNetwork.RunAsync(
        node.Namespace, "cat", [$"/proc/sys/net/ipv4/conf/{device}/arp_ignore", $"/proc/sys/net/ipv4/conf/{device}/arp_announce"], null, VipLab.Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries));

    // A client that knows nobody asks, thrice; the node that answers has to ask for the client as well, by its other interface.
    private async Task AnswersAloneAsync(SegmentTape tape, LabHost owner, string mac)
    {
        int from = tape.Position;
        string client = lab.Network.Client.ServiceAddress.ToString();
        for (int i = 1; i <= 3; i++)
        {
            // What was announced this very moment the client knows without asking.
            await EventuallyAsync("the client asks, and is answered", async () =>
            {
                await LabNetwork.RunAsync(owner.Namespace, "ip", ["neigh", "flush", "to", client], null, VipLab.Cancellation);
                await LabNetwork.RunAsync(
                    lab.Network.Client.Namespace, "sh", ["-c", $"ip neigh flush to {VipLab.Vip}; ping -n -q -c 1 -W 5 {VipLab.Vip}"], null, VipLab.Cancellation);
                return tape.Claims(Vip, from).Count(static c => c.IsAnswer) >= i;
            });
        }

        Assert.All(tape.Claims(Vip, from), c => Assert.Equal((owner.Name, mac), (c.Host, c.Mac)));
        // It did ask for the client by its other interface, so that there was something to be got wrong.
        Assert.Contains(tape.Claims(Links.AddressOf(owner), from), c => c.Host == owner.Name && !c.IsAnswer);
    }

    /// <summary>Second interfaces of nodes, by which their way to the client leads, and ARP settings of all their interfaces. Everything is undone at the end.</summary>
    private sealed class Links(VipLab lab, IReadOnlyList<LabHost> nodes) : IAsyncDisposable
    {
        public static IPAddress AddressOf(LabHost node) => IPAddress.Parse($"192.0.2.{node.Number + 200}");

        public static async Task<Links> AddAsync(VipLab lab, int ignore, int announce, params IReadOnlyList<LabHost> nodes)
        {
            Links links = new(lab, nodes);
            try
            {
                foreach (LabHost node in nodes)
                {
                    string port = PortOf(node);
                    Arp(node, ignore, announce);
                    await LabNetwork.RunAsync(lab.Network.Switch, "ip", ["-batch", "-"], $"link add {port} type veth peer name eth1 netns {node.Namespace.Name}\nlink set {port} master br-service up\n", VipLab.Cancellation);
                    await LabNetwork.RunAsync(
                        node.Namespace, "ip", ["-batch", "-"], $"address add {AddressOf(node)}/24 dev eth1\nlink set eth1 up\nroute add {lab.Network.Client.ServiceAddress} dev eth1\n", VipLab.Cancellation);
                }

                return links;
            }
            catch
            {
                await links.DisposeAsync();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (LabHost node in nodes)
            {
                // As a node of the lab has it.
                Arp(node, 1, 2);
                await LabNetwork.RunAsync(lab.Network.Switch, "sh", ["-c", $"ip link del {PortOf(node)} || true"]);
            }
        }

        private static string PortOf(LabHost node) => node.Port(Segment.Service) + SegmentTape.SecondPort;

        private static void Arp(LabHost node, int ignore, int announce) => node.Namespace.SetKernel(
            ("net/ipv4/conf/all/arp_ignore", ignore.ToString(CultureInfo.InvariantCulture)), ("net/ipv4/conf/all/arp_announce", announce.ToString(CultureInfo.InvariantCulture)));
    }
}
