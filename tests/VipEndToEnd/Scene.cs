// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Testing;

namespace LoadBalancer.VipEndToEnd;

/// <summary>What one test runs: daemons on nodes, with a configuration each. All of it ends, and every link is whole, when it is disposed.</summary>
public sealed class Scene(VipLab lab, int number) : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<LabHost, LabProcess> _daemons = [];
    private readonly HashSet<LabHost> _used = [];
    private int _starts;

    public LabProcess this[LabHost node] => _daemons[node];

    /// <summary>An instance of the usual kind; more lines of YAML may follow, indented by four.</summary>
    public static string Instance(string name, int priority, string addresses, int id = 51, string more = "", string interval = "100ms") => string.Create(
        CultureInfo.InvariantCulture,
        $"""
          {name}:
            interface: eth0
            virtualRouterId: {id}
            priority: {priority}
            advertInterval: {interval}
            addresses: [{addresses}]

        """) + more;

    public static string File(params IReadOnlyList<string> instances) => "version: 1\ninstances:\n" + string.Concat(instances);

    /// <summary>Starts the daemon on a node, with what was there before of its state.</summary>
    public async Task<LabProcess> StartAsync(LabHost node, string configuration)
    {
        await WriteAsync(node, configuration);
        _used.Add(node);
        LabProcess process = await lab.Network.StartProcessAsync(
            node.Namespace,
            string.Create(CultureInfo.InvariantCulture, $"vipd-{number}-{node.Name}-{++_starts}"),
            Checkout.Program("vipd"),
            "--config", ConfigurationOf(node), "--state-dir", StateOf(node), "--node-name", node.Name, "--port", "0", "--health-probe-port", "0");
        _daemons[node] = process;
        await process.WaitForLineAsync("\"EventId\":12000", Patience, VipLab.Cancellation);
        return process;
    }

    public Task WriteAsync(LabHost node, string configuration)
    {
        Directory.CreateDirectory(DirectoryOf(node));
        return System.IO.File.WriteAllTextAsync(ConfigurationOf(node), configuration, VipLab.Cancellation);
    }

    /// <summary>Writes another configuration and has it read; waits until it was.</summary>
    public async Task ReloadAsync(LabHost node, string configuration)
    {
        await WriteAsync(node, configuration);
        int from = _daemons[node].Output.Count;
        _daemons[node].Signal(1);
        await EventuallyAsync($"{node} reads the configuration anew", () => Task.FromResult(_daemons[node].Output.From(from).Any(static l => l.Contains("\"EventId\":1203", StringComparison.Ordinal))));
    }

    /// <summary>Runs a verb against the daemon of a node.</summary>
    public Task<string> AskAsync(LabHost node, params IReadOnlyList<string> words) =>
        LabNetwork.RunAsync(node.Namespace, Checkout.Program("vipd"), [.. words, "--state-dir", StateOf(node)], null, VipLab.Cancellation);

    /// <summary>The row of an instance in a node's status.</summary>
    public async Task<JsonNode> RowAsync(LabHost node, string instance)
    {
        JsonNode document = JsonNode.Parse(await AskAsync(node, "status", "-o", "json"))!;
        return document["instances"]!.AsArray().Single(i => (string)i!["name"]! == instance)!;
    }

    public async Task<string> StateAsync(LabHost node, string instance) => (string)(await RowAsync(node, instance))["state"]!;

    /// <summary>Addresses on a node, on all of its interfaces.</summary>
    public static async Task<IReadOnlyList<string>> AddressesAsync(LabHost node)
    {
        JsonArray links = JsonNode.Parse(await LabNetwork.RunAsync(node.Namespace, "ip", ["-j", "address"], null, VipLab.Cancellation))!.AsArray();
        return [.. links.SelectMany(static l => l!["addr_info"]!.AsArray()).Select(static a => (string)a!["local"]!)];
    }

    /// <summary>The nodes that have an address.</summary>
    public async Task<IReadOnlyList<LabHost>> HoldersAsync(string address)
    {
        List<LabHost> holders = [];
        foreach (LabHost node in lab.Nodes)
        {
            if ((await AddressesAsync(node)).Contains(address))
            {
                holders.Add(node);
            }
        }

        return holders;
    }

    /// <summary>Waits until exactly these nodes have an address, and it is so twice in a row.</summary>
    public async Task WaitForHoldersAsync(string address, params IReadOnlyList<LabHost> nodes)
    {
        bool before = false;
        await EventuallyAsync($"{address} is on {(nodes.Count == 0 ? "no node" : string.Join(", ", nodes))}", async () =>
        {
            bool now = (await HoldersAsync(address)).SequenceEqual(nodes);
            (bool was, before) = (before, now);
            return was && now;
        });
    }

    public GapProbe Probe(string address = VipLab.Vip) =>
        GapProbe.Start(lab.Network.Client.Namespace, new IPEndPoint(IPAddress.Parse(address), VipLab.EchoPort));

    public static async Task EventuallyAsync(string what, Func<Task<bool>> holds)
    {
        long until = Stopwatch.GetTimestamp() + (long)(Patience.TotalSeconds * Stopwatch.Frequency);
        while (!await holds())
        {
            Assert.True(Stopwatch.GetTimestamp() < until, $"It did not come to be within {Patience.TotalSeconds:0} s that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, VipLab.Cancellation);
        }
    }

    private string DirectoryOf(LabHost node) => Path.Combine(lab.Network.State.Directory, "vipd", $"{number}-{node.Name}");

    private string ConfigurationOf(LabHost node) => Path.Combine(DirectoryOf(node), "vipd.yaml");

    private string StateOf(LabHost node) => Path.Combine(DirectoryOf(node), "state");

    public async ValueTask DisposeAsync()
    {
        await lab.Network.HealAllAsync();
        foreach (LabProcess process in _daemons.Values)
        {
            if (process.IsRunning)
            {
                await process.StopAsync();
            }
        }

        foreach (LabHost node in _used)
        {
            // What a killed one left is on nobody's books any more.
            foreach (string vip in (string[])[VipLab.Vip + "/24", VipLab.Vip6 + "/64"])
            {
                if ((await AddressesAsync(node)).Contains(vip.Split('/')[0]))
                {
                    await LabNetwork.RunAsync(node.Namespace, "ip", ["address", "del", vip, "dev", "eth0"]);
                }
            }
        }
    }
}
