// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop;

/// <summary>Routers that connect from a prefix: FRR, and beside it BIRD on another address of its host.</summary>
[Collection(WorldCollection.Name)]
public sealed class DynamicPeerTests(BgpWorld world)
{
    private const string Prefix = "192.0.2.0/24";
    private const string Second = "192.0.2.99";
    private const string Password = "of-the-prefix";
    private const uint OtherAsn = 64777;

    private LabHost First => world.Network.Nodes[0];

    private string FirstRouter => world.Network.Router.ServiceAddress.ToString();

    [Fact]
    [Trait("Scenario", "X05")]
    [Trait("Scenario", "I65")]
    public async Task TwoRouters_ConnectFromOnePrefixWithThePassword_AreToldAllAndRememberedForAWhile()
    {
        await using SecondAddress address = await SecondAddress.AddAsync(world.Network, Second);
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions { DualStack = true, Dials = true, Password = Password });
        (string ipv4, string ipv6) = await scene.ServeAsync("web");
        await scene.PeerAsync(change: OfThePrefix);
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        int from = world.Cluster.Speaker(First).Output.Lines.Count;

        await using (await StartSecondAsync(RouterOptions.UsualRouterAsn, "not-the-password"))
        {
            await UntilSeenAsync(scene, "only the first is there", peers => peers.Count == 1 && Is(peers[0], FirstRouter, "Established"));
            Assert.DoesNotContain(world.Logged(First, from), static l => l.Contains(Second, StringComparison.Ordinal));
        }

        Task gone;
        await using (OwnBird second = await StartSecondAsync(RouterOptions.UsualRouterAsn, Password))
        {
            await UntilAsync("the second has both routes by three next hops", async () =>
                await second.AskAsync("show", "route") is var routes && Count(routes, ipv4) == 1 && Count(routes, ipv6) == 1 && Count(routes, "via ") == 6 ? null : routes);
            await UntilSeenAsync(scene, "both are up", static peers => peers.Count == 2 && peers.All(static p => (string?)p!["state"] == "Established"));
            string table = await BgpStatusTests.TableAsync(First, "peers");
            Assert.Matches($@"{scene.NameOf()}\s+{FirstRouter}\s+{RouterOptions.UsualRouterAsn}\s+Established", table);
            Assert.Matches($@"{scene.NameOf()}\s+{Second}\s+{RouterOptions.UsualRouterAsn}\s+Established", table);
            Assert.Matches($@"{ipv4}\s+\S+/web\s+{scene.NameOf()} \({Second}\)\s+yes", await BgpStatusTests.TableAsync(First, "routes", "--peer", scene.NameOf()));
            string metrics = await BgpStatusTests.MetricsAsync(First);
            Assert.Contains($"metallb_bgp_session_up{{peer=\"{Second}:179\",vrf=\"default\"}} 1", metrics, StringComparison.Ordinal);
            Assert.Contains($"loadbalancer_bgp_dynamic_peers{{bgp_peer=\"{scene.NameOf()}\",established=\"true\"}} 2", metrics, StringComparison.Ordinal);

            // From before it goes: it is remembered for the hold time, and its end takes a part of that.
            gone = UntilSeenAsync(scene, "the second is gone and not forgotten", static peers => peers.Count == 2 && peers.Any(static p => (string?)p!["state"] != "Established" && p["lastError"] is not null));
        }

        await gone;
        await UntilSeenAsync(scene, "it is forgotten", peers => peers.Count == 1 && Is(peers[0], FirstRouter, "Established"));
        await scene.UntilRoutedAsync(3, ipv4, ipv6);
        Assert.DoesNotContain(world.Logged(First, from), l => l.Contains($"({FirstRouter}) is down", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ExactAddress_InAPrefix_IsTheOtherPeers()
    {
        await using SecondAddress address = await SecondAddress.AddAsync(world.Network, Second);
        await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions { Dials = true });
        (string ipv4, _) = await scene.ServeAsync("web");
        await scene.PeerAsync(change: OfThePrefix);
        await scene.UntilRoutedAsync(3, ipv4);
        await using OwnBird second = await StartSecondAsync(OtherAsn, null);
        await scene.UntilLoggedAsync(First, 0, $"{scene.NameOf()} ({Second})", "64777");
        Assert.Equal(0, await second.EstablishedAsync());

        await scene.PeerAsync(name: "exact", change: static spec =>
        {
            (spec["peerAddress"], spec["passive"], spec["peerASN"]) = (Second, true, OtherAsn);
            spec.Remove("connectTime");
        });

        await UntilAsync("the second is up with each node", async () => await second.EstablishedAsync() is 3 ? null : await second.AskAsync("show", "protocols", "all"));
        await UntilSeenAsync(scene, "it is no longer one of the prefix", peers => peers.Count == 1 && Is(peers[0], FirstRouter, "Established"));
    }

    [Fact]
    [Trait("Scenario", "X02")]
    public async Task ManyAddresses_ConnectAndLeave_TakeNoPlaceOfTheRouterAndNoMoreThanThereAre()
    {
        const int Most = 4;
        const int Strangers = 400;
        // Any address of this prefix is the host's own, so it can connect from as many as it likes.
        const string Many = "100.64.0.0/16";
        string router = FirstRouter;
        await RouteAsync(world.Network.Router, "add", "local", Many, "dev", "lo");
        await RouteAsync(First, "add", Many, "via", router);
        try
        {
            await using Scene scene = await Scene.OpenAsync(world, RouterKind.Frr, new RouterOptions { Dials = true });
            (string ipv4, _) = await scene.ServeAsync("web");
            await scene.PeerAsync(name: "many", change: spec =>
            {
                OfThePrefix(spec);
                (spec["peerAddress"], spec["maxDynamicPeers"]) = (Many, Most);
            });
            await scene.PeerAsync(change: OfThePrefix);
            await scene.UntilRoutedAsync(3, ipv4);
            int from = world.Cluster.Speaker(First).Output.Lines.Count;

            List<Socket> open = [];
            try
            {
                for (int i = 0; i < Strangers; i++)
                {
                    Socket socket = world.Network.Router.Namespace.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    socket.Bind(new IPEndPoint(new IPAddress([100, 64, (byte)(i / 250), (byte)(1 + (i % 250))]), 0));
                    await socket.ConnectAsync(new IPEndPoint(First.ServiceAddress, 179), BgpWorld.Cancellation);
                    open.Add(socket);
                    // Half of them leave at once, the others stay as long as they may.
                    if (i % 2 == 0)
                        socket.Dispose();
                }

                await scene.UntilLoggedAsync(First, from, scene.NameOf("many"), $"has all the {Most} peers that spec.maxDynamicPeers allows");
                JsonArray peers = await PeersAsync(scene.NameOf("many"));
                Assert.True(peers.Count <= Most, peers.ToJsonString());
                string metrics = "";
                await UntilAsync("the metrics have those that are there", async () =>
                    (metrics = await BgpStatusTests.MetricsAsync(First)).Contains("metallb_bgp_session_up{peer=\"100.64.", StringComparison.Ordinal) ? null : metrics);
                Assert.InRange(metrics.Split('\n').Count(static l => l.StartsWith("metallb_bgp_session_up{peer=\"100.64.", StringComparison.Ordinal)), 1, Most);
                Assert.Contains("loadbalancer_bgp_connections_refused_total{reason=\"full\"} ", metrics, StringComparison.Ordinal);
                Assert.InRange(world.Logged(First, from).Count(static l => l.Contains("closed unread", StringComparison.Ordinal)), 1, Strangers / 10);
            }
            finally
            {
                foreach (Socket socket in open)
                    socket.Dispose();
            }

            Assert.DoesNotContain(world.Logged(First, from), l => l.Contains($"({router}) is down", StringComparison.Ordinal));
            await scene.UntilRoutedAsync(3, ipv4);
        }
        finally
        {
            await RouteAsync(First, "del", Many, "via", router);
            await RouteAsync(world.Network.Router, "del", "local", Many, "dev", "lo");
        }
    }

    private static void OfThePrefix(JsonObject spec)
    {
        (spec["peerAddress"], spec["passive"]) = (Prefix, true);
        spec.Remove("peerPort");
        spec.Remove("connectTime");
    }

    private static bool Is(JsonNode? peer, string address, string state) => (string?)peer!["address"] == address && (string?)peer["state"] == state;

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private Task<OwnBird> StartSecondAsync(uint asn, string? password)
    {
        string signed = password is null ? "" : $"password \"{password}\";";
        string protocols = string.Concat(world.Network.Nodes.Select((node, i) => $$"""
            protocol bgp p{{i}} {
              local {{Second}} as {{asn}}; neighbor {{node.ServiceAddress}} as {{RouterOptions.UsualClusterAsn}}; {{signed}}
              hold time 9; connect delay time 1; connect retry time 1; error wait time 1,3; error forget time 1;
              ipv4 { import all; export none; };
              ipv6 { import all; export none; };
            }

            """));
        return OwnBird.StartAsync(world.Network, "second-router", $"router id {Second};\n{protocols}");
    }

    private async Task<JsonArray> PeersAsync(string peer)
    {
        (_, JsonNode? found) = await world.Cluster.Admin.SendAsync(HttpMethod.Get, $"/apis/metallb.io/v1beta2/namespaces/{world.Cluster.Namespace}/bgppeers/{peer}", null, BgpWorld.Cancellation);
        JsonNode? own = found?["status"]?["sessions"]?.AsArray().FirstOrDefault(s => (string?)s!["node"] == world.Cluster.NodeName(First));
        return own?["dynamicPeers"]?.AsArray() ?? [];
    }

    private Task UntilSeenAsync(Scene scene, string what, Func<JsonArray, bool> asWanted) => UntilAsync(what, async () =>
        await PeersAsync(scene.NameOf()) is var peers && asWanted(peers) ? null : peers.ToJsonString());

    private Task UntilAsync(string what, Func<Task<string?>> look) => world.UntilAsync(what, TimeSpan.FromSeconds(60), look);

    /// <summary>One more address of the router's host.</summary>
    private sealed class SecondAddress(LabNetwork network, string address) : IAsyncDisposable
    {
        public static async Task<SecondAddress> AddAsync(LabNetwork network, string address)
        {
            await LabNetwork.RunAsync(network.Router.Namespace, "ip", ["address", "add", $"{address}/24", "dev", "eth0"]);
            return new SecondAddress(network, address);
        }

        public async ValueTask DisposeAsync() => await LabNetwork.RunAsync(network.Router.Namespace, "ip", ["address", "del", $"{address}/24", "dev", "eth0"]);
    }

    // What was added goes again, also when the test was cancelled.
    private static Task<string> RouteAsync(LabHost host, params IReadOnlyList<string> arguments) => LabNetwork.RunAsync(host.Namespace, "ip", ["route", .. arguments]);
}
