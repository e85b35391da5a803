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
    private readonly Dictionary<LabHost, string> _files = [];
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

    /// <summary>Starts the daemon on a node, with what was there before of its state. The name of its file says of which kind it is.</summary>
    public async Task<LabProcess> StartAsync(LabHost node, string configuration, string file = "vipd.yaml")
    {
        _files[node] = file;
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

    /// <summary>Writes a configuration in one step, so that nobody reads half of it.</summary>
    public async Task WriteAsync(LabHost node, string configuration)
    {
        string fresh = Path.Combine(DirectoryOf(node), "fresh");
        await System.IO.File.WriteAllTextAsync(fresh, configuration, VipLab.Cancellation);
        System.IO.File.Move(fresh, ConfigurationOf(node), overwrite: true);
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
        JsonNode document = await StatusAsync(node);
        return document["instances"]!.AsArray().Single(i => (string)i!["name"]! == instance)!;
    }

    /// <summary>The status document of a node.</summary>
    public async Task<JsonNode> StatusAsync(LabHost node) => JsonNode.Parse(await AskAsync(node, "status", "-o", "json"))!;

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

    /// <summary>A directory of the test's own on a node: root's, for all to read.</summary>
    public string DirectoryOf(LabHost node) => Directory.CreateDirectory(Path.Combine(lab.Network.State.Directory, "vipd", $"{number}-{node.Name}")).FullName;

    public string ConfigurationOf(LabHost node) => Path.Combine(DirectoryOf(node), _files.GetValueOrDefault(node, "vipd.yaml"));

    /// <summary>Puts a shell script into a node's directory, which all may run.</summary>
    public async Task<string> ScriptAsync(LabHost node, string name, string text)
    {
        string path = Path.Combine(DirectoryOf(node), name);
        await System.IO.File.WriteAllTextAsync(path, "#!/bin/sh\n" + text, VipLab.Cancellation);
        System.IO.File.SetUnixFileMode(path, (UnixFileMode)0x1ED); // 0755
        return path;
    }

    private string StateOf(LabHost node) => Path.Combine(DirectoryOf(node), "state");

    public async ValueTask DisposeAsync()
    {
        await lab.Network.HealAllAsync();
        await Task.WhenAll(_daemons.Values.Where(static p => p.IsRunning).Select(static p => p.StopAsync()));
        foreach (LabHost node in _used)
        {
            // What a killed one left is on nobody's books any more.
            string[] own = [node.ServiceAddress.ToString(), node.ServiceAddress6.ToString()];
            JsonNode link = JsonNode.Parse(await LabNetwork.RunAsync(node.Namespace, "ip", ["-j", "address", "show", "dev", "eth0"]))![0]!;
            foreach (JsonNode? left in link["addr_info"]!.AsArray().Where(a => (string)a!["scope"]! == "global" && !own.Contains((string)a["local"]!)))
            {
                await LabNetwork.RunAsync(node.Namespace, "ip", ["address", "del", $"{left!["local"]}/{left["prefixlen"]}", "dev", "eth0"]);
            }
        }
    }
}
