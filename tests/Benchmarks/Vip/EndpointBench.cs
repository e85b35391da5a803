// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>
/// One server of one virtual server changes among many: from the new file to the kernel's word that it is in force. Beside
/// it the least there is: one element of a map of the same size, replaced by nft.
/// </summary>
internal static class EndpointBench
{
    internal const string Peer = "nft, one element of a map by hand";
    internal const int ServersEach = 3;
    private const int Hangup = 1;
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    internal static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    internal static async Task<IReadOnlyList<Figure>> RunAsync(Report report, VipSizes sizes, CancellationToken cancellation)
    {
        await using var network = await LabNetwork.StartAsync(new LabTopology { Nodes = 2 }, cancellation);
        VipdNode vipd = new(network, network.Nodes[0]);
        var hand = network.Nodes[1];
        await vipd.ConfigureAsync(Configuration(sizes.Services, 0), cancellation);
        var began = Stopwatch.GetTimestamp();
        await vipd.StartAsync(cancellation);
        await UntilInForceAsync(network.Nodes[0], vipd.Process!, Address(sizes.Services - 1, 0), cancellation);
        var start = Stopwatch.GetElapsedTime(began);
        await NftAsync(hand, HandTable(sizes.Services), cancellation);
        await Task.Delay(Settle, TimeProvider.System, cancellation);
        await using var ours = await Monitor.StartAsync(network, network.Nodes[0], cancellation);
        await using var theirs = await Monitor.StartAsync(network, hand, cancellation);

        Samples changes = new(), elements = new();
        for (var run = 1; run <= sizes.Runs; run++)
        {
            await vipd.ConfigureAsync(Configuration(sizes.Services, run), cancellation);
            began = Stopwatch.GetTimestamp();
            vipd.Process!.Signal(Hangup);
            await ours.SeeAsync(Changed(run), Patience, cancellation);
            changes.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            elements.Add(await ByHandAsync(hand, theirs, sizes.Services, run, cancellation));
            report.Say(string.Create(CultureInfo.InvariantCulture, $"{run}/{sizes.Runs}: by vipd {changes.Values[^1]:f1} ms, one element by nft {elements.Values[^1]:f1} ms"));
        }

        return
        [
            new Figure($"one server changes among {sizes.Services} virtual servers, file to kernel, median of {sizes.Runs}", changes.Median, "ms") { Peer = Peer, PeerValue = elements.Median },
            new Figure($"the same, worst of {sizes.Runs}", changes.Worst, "ms") { Peer = Peer, PeerValue = elements.Worst },
            new Figure($"start of vipd with {sizes.Services} virtual servers, until all are in force", start.TotalMilliseconds, "ms"),
        ];
    }

    /// <summary>Milliseconds that one element of a map of this size takes, from nft to the kernel's word.</summary>
    internal static async Task<double> ByHandAsync(LabHost hand, Monitor monitor, int services, int run, CancellationToken cancellation)
    {
        var element = $"192.0.2.100 . {Port(services / 2)}";
        var began = Stopwatch.GetTimestamp();
        await NftAsync(hand, $"delete element ip hand services {{ {element} }}\nadd element ip hand services {{ {element} : {Changed(run)} . 80 }}\n", cancellation);
        await monitor.SeeAsync(Changed(run), Patience, cancellation);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    // The first transaction is more than a monitor takes in.
    internal static async Task UntilInForceAsync(LabHost host, LabProcess vipd, string address, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var rules = await LabNetwork.RunAsync(host.Namespace, "nft", ["list", "ruleset"], null, cancellation);
            if (rules.Contains(address, StringComparison.Ordinal))
                return;
            if (!vipd.IsRunning || Stopwatch.GetElapsedTime(began) > Patience)
                throw new CommandFailedException($"vipd does not forward to {address}:\n{vipd.Output.Tail(20)}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
        }
    }

    private static string Configuration(int services, int run)
    {
        var yaml = new StringBuilder();
        yaml.Append("""
            version: 1
            instances:
              web:
                interface: eth0
                virtualRouterId: 51
                advertInterval: 100ms
                addresses: [192.0.2.100/24]
            virtualServers:

            """);
        for (var service = 0; service < services; service++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  service-{service:d5}:\n    endpoints: [\"192.0.2.100:{Port(service)}\"]\n    protocol: tcp\n    method: masquerade\n    servers:\n");
            for (var server = 0; server < ServersEach; server++)
            {
                var address = server == 0 && run > 0 && service == services / 2 ? Changed(run) : Address(service, server);
                yaml.Append(CultureInfo.InvariantCulture, $"      - {{address: {address}, port: 80}}\n");
            }
        }

        return yaml.ToString();
    }

    internal static string HandTable(int services)
    {
        var table = new StringBuilder("table ip hand {\n  map services {\n    type ipv4_addr . inet_service : ipv4_addr . inet_service\n    elements = {\n");
        for (var service = 0; service < services; service++)
            table.Append(CultureInfo.InvariantCulture, $"      192.0.2.100 . {Port(service)} : {Address(service, 0)} . 80,\n");
        return table.Append("    }\n  }\n  chain there { type nat hook prerouting priority dstnat; dnat ip to ip daddr . tcp dport map @services; }\n}\n").ToString();
    }

    internal static Task NftAsync(LabHost host, string commands, CancellationToken cancellation) =>
        LabNetwork.RunAsync(host.Namespace, "nft", ["-f", "-"], commands, cancellation);

    private static int Port(int service) => 10_000 + service;

    internal static string Address(int service, int server) => string.Create(CultureInfo.InvariantCulture, $"100.{64 + server}.{service / 250}.{(service % 250) + 1}");

    internal static string Changed(int run) => string.Create(CultureInfo.InvariantCulture, $"198.51.100.{(run % 250) + 1}");

    /// <summary>nft monitor in a host: what the kernel says it has taken over.</summary>
    internal sealed class Monitor(LabProcess process) : IAsyncDisposable
    {
        internal static async Task<Monitor> StartAsync(LabNetwork network, LabHost host, CancellationToken cancellation)
        {
            var process = await network.StartProcessAsync(host.Namespace, "monitor-" + host.Name, "stdbuf", "-oL", "nft", "monitor");
            Monitor monitor = new(process);
            // It says nothing when it is ready: a table that comes and goes until it is seen does.
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; ; i++)
            {
                await NftAsync(host, $"add table ip probe{i}\ndelete table ip probe{i}\n", cancellation);
                try
                {
                    // It reads all tables first, and again when one has changed meanwhile: it is given longer each time.
                    await monitor.SeeAsync($"probe{i}", TimeSpan.FromMilliseconds(500 * (i + 1)), cancellation);
                    return monitor;
                }
                catch (CommandFailedException) when (process.IsRunning && Stopwatch.GetElapsedTime(began) < Patience)
                {
                    // Not yet.
                }
            }
        }

        internal Task<string> SeeAsync(string text, TimeSpan patience, CancellationToken cancellation) => process.WaitForLineAsync(text, patience, cancellation);

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}
