// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Vip;

/// <summary>keepalived, of which only the VRRP process runs, on a host of the lab. The scene parts files and logs of one test from those of another.</summary>
public sealed partial class KeepalivedNode(LabNetwork network, LabHost host, string scene = "") : IVipNode
{
    private readonly string _stem = Path.Combine(network.State.Directory, $"keepalived-{host.Name}{scene}");
    private int _starts;

    public LabHost Host => host;

    public LabProcess? Process { get; private set; }

    public string ConfigurationFile => _stem + ".conf";

    public Task ConfigureAsync(string configuration, CancellationToken cancellation = default) =>
        File.WriteAllTextAsync(ConfigurationFile, configuration, cancellation);

    /// <summary>Makes it read its file anew.</summary>
    public void Reload() => Process!.Signal(1);

    public async Task StartAsync(CancellationToken cancellation = default)
    {
        // It will not start beside the file of one that was killed.
        File.Delete(_stem + ".pid");
        File.Delete(_stem + ".vrrp.pid");
        Process = await network.StartProcessAsync(
            host.Namespace,
            $"keepalived-{host.Name}{scene}-{++_starts}",
            "keepalived",
            // Without its details, which are a line for each advertisement it does not like: it waits for whoever reads them.
            ["-n", "-l", "-P", "-f", ConfigurationFile, "-p", _stem + ".pid", "-r", _stem + ".vrrp.pid"]);
    }

    /// <summary>By its log: it tells each transition.</summary>
    public Task<IReadOnlyDictionary<string, string>> StatesAsync(CancellationToken cancellation = default)
    {
        Dictionary<string, string> states = new(StringComparer.Ordinal);
        if (Process is { IsRunning: true })
        {
            foreach (var line in Process.Output.Lines)
            {
                if (Transition().Match(line) is { Success: true } told)
                    states[told.Groups[1].Value] = told.Groups[2].Value.ToLowerInvariant();
            }
        }

        return Task.FromResult<IReadOnlyDictionary<string, string>>(states);
    }

    [GeneratedRegex(@"\(([^)]+)\) Entering ([A-Z]+) STATE")]
    private static partial Regex Transition();
}
