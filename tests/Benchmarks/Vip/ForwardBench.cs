// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>
/// New connections and throughput through a virtual address: by vipd's rules, by the shortest rules a hand would write on
/// the same kernel, and straight to the server without anything between.
/// </summary>
internal static class ForwardBench
{
    private const string OurVip = "192.0.2.100";
    private const string HandVip = "192.0.2.101";
    private const string Hand = "a hand-written DNAT rule";
    private const string Direct = "no forwarding at all";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, VipSizes sizes, CancellationToken cancellation)
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 3 }, cancellation);
        var (balancer, server, hand) = (network.Nodes[0], network.Nodes[1], network.Nodes[2]);
        // What a connection leaves behind in connection tracking goes before the next measurement.
        foreach (var host in network.Nodes)
            host.Namespace.SetKernel(("net/netfilter/nf_conntrack_tcp_timeout_close", "1"));
        using var load = new TcpLoad(server.Namespace, server.ServiceAddress);
        await HandAsync(hand, server, cancellation);
        VipdNode vipd = new(network, balancer);
        await vipd.ConfigureAsync(Configuration(server), cancellation);
        await vipd.StartAsync(cancellation);
        await UntilForwardsAsync(network, vipd, cancellation);

        (string Name, IPAddress Address)[] ways = [("vipd", IPAddress.Parse(OurVip)), (Hand, IPAddress.Parse(HandVip)), (Direct, server.ServiceAddress)];
        var time = TimeSpan.FromSeconds(sizes.LoadSeconds);
        var rates = ways.ToDictionary(static w => w.Name, static _ => new Samples());
        var speeds = ways.ToDictionary(static w => w.Name, static _ => new Samples());
        for (var run = 0; run < sizes.Runs; run++)
        {
            // Each is first in its turn.
            for (var i = 0; i < ways.Length; i++)
            {
                var (name, address) = ways[(run + i) % ways.Length];
                rates[name].Add(TcpLoad.ConnectionsPerSecond(network.Client.Namespace, address, time));
                await Task.Delay(Pause, TimeProvider.System, cancellation);
                speeds[name].Add(TcpLoad.GigabitsPerSecond(network.Client.Namespace, address, time));
                report.Say(string.Create(CultureInfo.InvariantCulture, $"{name} {run + 1}/{sizes.Runs}: {rates[name].Values[^1]:f0} connections/s, {speeds[name].Values[^1]:f2} Gbit/s"));
            }
        }

        return
        [
            .. ((string[])[Hand, Direct]).SelectMany(peer => (Figure[])
            [
                new Figure($"new connections through a VIP, median of {sizes.Runs}", rates["vipd"].Median, "/s") { Peer = peer, PeerValue = rates[peer].Median },
                new Figure($"throughput of one connection, median of {sizes.Runs}", speeds["vipd"].Median, "Gbit/s") { Peer = peer, PeerValue = speeds[peer].Median },
            ]),
        ];
    }

    private static Task HandAsync(LabHost host, LabHost server, CancellationToken cancellation) => LabNetwork.RunAsync(
        host.Namespace, "sh",
        ["-c", $$"""
            ip address add {{HandVip}}/24 dev eth0
            nft -f - <<END
            table ip hand {
              chain there { type nat hook prerouting priority dstnat; ip daddr {{HandVip}} tcp dport { {{TcpLoad.ConnectPort}}, {{TcpLoad.StreamPort}} } dnat to {{server.ServiceAddress}} ; }
              chain back { type nat hook postrouting priority srcnat; ct status dnat masquerade ; }
            }
            END
            """],
        null, cancellation);

    private static async Task UntilForwardsAsync(LabNetwork network, VipdNode vipd, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (TcpLoad.ConnectionsPerSecond(network.Client.Namespace, IPAddress.Parse(OurVip), Glance) > 0)
                    return;
            }
            catch (IOException fault)
            {
                if (TimeProvider.System.GetElapsedTime(began) > Patience)
                    throw new CommandFailedException($"vipd does not forward: {fault.Message}\n{vipd.Process!.Output.Tail(20)}");
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
            }
        }
    }

    private static string Configuration(LabHost server) => $$"""
        version: 1
        instances:
          web:
            interface: eth0
            virtualRouterId: 51
            advertInterval: 100ms
            addresses: [{{OurVip}}/24]
        virtualServers:
        {{Server("connect", TcpLoad.ConnectPort)}}
        {{Server("stream", TcpLoad.StreamPort)}}
        """.Replace("SERVER", server.ServiceAddress.ToString(), StringComparison.Ordinal);

    private static string Server(string name, int port) => string.Create(CultureInfo.InvariantCulture, $$"""
          {{name}}:
            endpoints: ["{{OurVip}}:{{port}}"]
            protocol: tcp
            method: masquerade
            servers: [{address: SERVER, port: {{port}}}]
        """);
}
