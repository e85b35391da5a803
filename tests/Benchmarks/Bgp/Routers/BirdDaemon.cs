// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Bgp.Routers;

/// <summary>BIRD.</summary>
internal sealed partial class BirdDaemon(BgpStage stage, LabHost host, bool announces) : Daemon(stage, host, announces)
{
    private ControlSocket? _control;

    internal override string Name => "BIRD";

    private string Control => Path.Combine(Files, "ctl");

    internal override async Task StartAsync(CancellationToken cancellation)
    {
        var bfd = BfdMilliseconds is { } interval
            ? string.Create(CultureInfo.InvariantCulture, $"protocol bfd {{ interface \"eth0\" {{ min rx interval {interval} ms; min tx interval {interval} ms; multiplier 3; }}; {(BfdNeighbor is null ? "" : $"neighbor {BfdNeighbor} dev \"eth0\" local {Own};")} }}\n")
            : "";
        var file = await WriteAsync(
            "bird.conf",
            bfd + Text(
                $"router id {Own};",
                $"protocol device {{ }}",
                $"protocol bgp feed {{ local {Own} as {Asn}; neighbor {Feeder} as {BenchRoutes.FeederAsn}; passive on; ipv4 {{ import all; export none; }}; }}",
                $"protocol bgp lb {{ local {Own} as {Asn}; neighbor range {Peers} as {PeerAsn}; dynamic name \"lb\"; passive on; hold time {BenchRoutes.HoldSeconds};",
                $"  {(BfdMilliseconds is null ? "" : "bfd on;")} {(Announces ? "" : "graceful restart off;")}",
                $"  ipv4 {{ import {(Announces ? "none" : "all")}; export {(Announces ? "all" : "none")}; }}; }}"),
            cancellation);
        await LaunchAsync("bird", "bird", "-f", "-c", file, "-s", Control, "-P", Path.Combine(Files, "pid"));
        await UntilAsync(() => Task.FromResult(File.Exists(Control)), cancellation);
        _control = new ControlSocket(Control);
        await _control.AskAsync("", static a => a.StartsWith("0001", StringComparison.Ordinal) && a.EndsWith('\n'), cancellation);
    }

    // Counters of the protocols, not of the table: these cost no walk over it.
    internal override async Task<int> CountAsync(CancellationToken cancellation) =>
        Imported().Matches(await AskAsync("show protocols all", cancellation)).Sum(static m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));

    /// <summary>What it answers; the last line of an answer carries its number and a space.</summary>
    internal Task<string> AskAsync(string question, CancellationToken cancellation) =>
        _control!.AskAsync(question + "\n", static a => a.EndsWith('\n') && LastLine().IsMatch(a), cancellation);

    public override async ValueTask DisposeAsync()
    {
        _control?.Dispose();
        await base.DisposeAsync();
    }

    [GeneratedRegex(@"Routes:\s+(\d+) imported")]
    private static partial Regex Imported();

    [GeneratedRegex(@"(^|\n)[089]\d{3} [^\n]*\n$")]
    private static partial Regex LastLine();
}
