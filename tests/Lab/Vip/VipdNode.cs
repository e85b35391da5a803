// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Testing;

namespace LoadBalancer.Lab.Vip;

/// <summary>vipd on a host of the lab: its configuration, its life, its verbs. The scene parts files and logs of one test from those of another.</summary>
public sealed class VipdNode(LabNetwork network, LabHost host, string scene = "") : IVipNode
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Path.Combine(network.State.Directory, $"vipd-{host.Name}{scene}");
    private int _starts;

    public LabHost Host => host;

    /// <summary>The daemon; null before the first start.</summary>
    public LabProcess? Process { get; private set; }

    public bool IsRunning => Process is { IsRunning: true };

    /// <summary>The file it reads; written anew it is taken up.</summary>
    public string ConfigurationFile { get; private set; } = "";

    private string StateDirectory => Path.Combine(_directory, "state");

    public Task ConfigureAsync(string yaml, CancellationToken cancellation = default) => ConfigureAsync("vipd.yaml", yaml, cancellation);

    /// <summary>Writes the configuration under a name, which says what it is: vipd.yaml or keepalived.conf.</summary>
    public async Task ConfigureAsync(string name, string text, CancellationToken cancellation = default)
    {
        Directory.CreateDirectory(StateDirectory);
        ConfigurationFile = Path.Combine(_directory, name);
        // In one step, so that the daemon never reads half a file.
        var fresh = ConfigurationFile + ".new";
        await File.WriteAllTextAsync(fresh, text, cancellation);
        File.Move(fresh, ConfigurationFile, overwrite: true);
    }

    /// <summary>Starts it and waits until its configuration is in force.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        Process = await network.StartProcessAsync(
            host.Namespace, $"vipd-{host.Name}{scene}-{++_starts}", Checkout.Program("vipd"),
            ["run", "--config", ConfigurationFile, "--node-name", host.Name, "--state-dir", StateDirectory]);
        await Process.WaitForLineAsync("\"EventId\":12000", Patience, cancellation);
    }

    /// <summary>Runs a verb, as an operator on the host would; throws with what it printed when it fails.</summary>
    public Task<string> RunAsync(IReadOnlyList<string> verb, CancellationToken cancellation = default) =>
        LabNetwork.RunAsync(host.Namespace, Checkout.Program("vipd"), [.. verb, "--state-dir", StateDirectory], null, cancellation);

    /// <summary>The status document, or null while nobody answers.</summary>
    public async Task<JsonNode?> StatusAsync(CancellationToken cancellation = default)
    {
        try
        {
            return JsonNode.Parse(await RunAsync(["status", "--output", "json"], cancellation));
        }
        catch (CommandFailedException)
        {
            return null;
        }
    }

    public async Task<IReadOnlyDictionary<string, string>> StatesAsync(CancellationToken cancellation = default) =>
        ((await StatusAsync(cancellation))?["instances"]?.AsArray() ?? []).ToDictionary(static i => (string)i!["name"]!, static i => (string)i!["state"]!);

    /// <summary>State of an instance in lower case, as `master`; empty while nobody answers.</summary>
    public async Task<string> StateAsync(string instance, CancellationToken cancellation = default) =>
        ((string?)(await StatusAsync(cancellation))?["instances"]?.AsArray().FirstOrDefault(i => (string?)i?["name"] == instance)?["state"] ?? "").ToLowerInvariant();
}
