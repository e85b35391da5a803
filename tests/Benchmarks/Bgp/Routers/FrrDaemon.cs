// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Benchmarks.Bgp.Routers;

/// <summary>FRR: zebra, bgpd and, where it is wanted, bfdd. Nothing is installed in the kernel, as with the others.</summary>
internal sealed class FrrDaemon(BgpStage stage, LabHost host, bool announces) : Daemon(stage, host, announces)
{
    private const string Programs = "/usr/lib/frr";
    private const string WholeAnswer = "\0\0\0\0";
    private ControlSocket? _control;

    internal override string Name => "FRR";

    private string Place => Host.Namespace.Name;

    private string[] Directories => [$"/etc/frr/{Place}", $"/var/run/frr/{Place}"];

    internal override async Task StartAsync(CancellationToken cancellation)
    {
        foreach (var directory in Directories)
            Directory.CreateDirectory(directory);
        string[] daemons = BfdMilliseconds is null ? ["zebra", "bgpd"] : ["zebra", "bfdd", "bgpd"];
        foreach (var daemon in daemons)
            await File.WriteAllTextAsync(Configuration(daemon), Lines(daemon), cancellation);
        await Command.RunAsync("chown", ["-R", "frr:frr", .. Directories], null, cancellation);
        foreach (var daemon in daemons)
        {
            var socket = Path.Combine(Directories[1], daemon + ".vty");
            File.Delete(socket);
            string[] more = daemon == "bgpd" ? ["-n"] : [];
            await LaunchAsync("frr-" + daemon, Path.Combine(Programs, daemon), ["-N", Place, "-f", Configuration(daemon), "-u", "frr", "-g", "frr", .. more]);
            await UntilAsync(() => Task.FromResult(File.Exists(socket)), cancellation);
        }

        _control = new ControlSocket(Path.Combine(Directories[1], "bgpd.vty"));
    }

    internal override async Task<int> CountAsync(CancellationToken cancellation)
    {
        var answer = await AskAsync("show bgp ipv4 unicast summary json", cancellation);
        return (answer?["peers"]?.AsObject() ?? []).Sum(static p => (int?)p.Value?["pfxRcd"] ?? 0);
    }

    // Routes wait in a queue to be compared after they are counted.
    internal override async Task<long> ChosenAsync(int prefix, TimeSpan limit, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < limit)
        {
            var answer = await AskAsync($"show bgp ipv4 unicast {BenchRoutes.Text(prefix)} json", cancellation);
            if ((bool?)answer?["paths"]?[0]?["bestpath"]?["overall"] == true)
                return Stopwatch.GetTimestamp();
        }

        throw new TimeoutException($"FRR has chosen no route to {BenchRoutes.Text(prefix)} after {limit.TotalSeconds:f0} s.");
    }

    /// <summary>How often BFD with a neighbor of its own went down.</summary>
    internal async Task<int> BfdDownsAsync(CancellationToken cancellation)
    {
        using var control = new ControlSocket(Path.Combine(Directories[1], "bfdd.vty"));
        await control.AskAsync("enable\0", static a => a.Contains("\0\0\0", StringComparison.Ordinal), cancellation);
        var answer = await control.AskAsync("show bfd peers counters json\0", static a => a.Contains("\0\0\0", StringComparison.Ordinal), cancellation);
        var peers = JsonNode.Parse(answer[..answer.IndexOf('\0', StringComparison.Ordinal)])?.AsArray() ?? [];
        var peer = peers.FirstOrDefault(p => (string?)p?["peer"] == BfdNeighbor?.ToString());
        return (int?)peer?["session-up"] > 0 ? (int?)peer?["session-down"] ?? 0 : throw new InvalidOperationException("FRR's BFD session with BIRD never came up.");
    }

    /// <summary>What bgpd answers: text, three zero octets and a status.</summary>
    internal async Task<JsonNode?> AskAsync(string question, CancellationToken cancellation)
    {
        var answer = await _control!.AskAsync(question + "\0", static a => a.EndsWith(WholeAnswer, StringComparison.Ordinal) || a.Contains("\0\0\0", StringComparison.Ordinal), cancellation);
        var text = answer[..answer.IndexOf('\0', StringComparison.Ordinal)];
        return string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text);
    }

    public override async ValueTask DisposeAsync()
    {
        _control?.Dispose();
        await base.DisposeAsync();
        foreach (var directory in Directories.Where(Directory.Exists))
            Directory.Delete(directory, recursive: true);
    }

    private string Configuration(string daemon) => Path.Combine(Directories[0], daemon + ".conf");

    private string Lines(string daemon) => daemon switch
    {
        "bgpd" => Text(
            $"frr defaults datacenter",
            $"log stdout errors",
            $"router bgp {Asn}",
            $" bgp router-id {Own}\n no bgp ebgp-requires-policy\n no bgp default ipv4-unicast",
            $" timers bgp 30 {BenchRoutes.HoldSeconds}",
            $" neighbor LB peer-group\n neighbor LB remote-as {PeerAsn}",
            $" bgp listen limit 500\n bgp listen range {Peers} peer-group LB",
            $" neighbor {Feeder} remote-as {BenchRoutes.FeederAsn}\n neighbor {Feeder} passive",
            $"{(BfdMilliseconds is null ? "" : " neighbor LB bfd\n neighbor LB bfd profile lb")}",
            $" address-family ipv4 unicast\n  neighbor LB activate\n  neighbor {Feeder} activate\n exit-address-family",
            $"exit"),
        "bfdd" => Text($"log stdout errors\nbfd\n profile lb\n  receive-interval {BfdMilliseconds}\n  transmit-interval {BfdMilliseconds}\n  detect-multiplier 3\n exit\n{(BfdNeighbor is null ? "" : $" peer {BfdNeighbor}\n  profile lb\n exit\n")}exit"),
        _ => "log stdout errors\n",
    };
}
