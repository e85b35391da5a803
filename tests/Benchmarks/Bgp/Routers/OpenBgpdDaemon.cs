// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Benchmarks.Bgp.Routers;

/// <summary>OpenBGPD.</summary>
internal sealed class OpenBgpdDaemon(BgpStage stage, LabHost host, bool announces) : Daemon(stage, host, announces)
{
    // The home of its user, where it shuts itself in; its package leaves the making to the init system.
    private const string Jail = "/run/openbgpd";

    internal override string Name => "OpenBGPD";

    private string Control => Path.Combine(Files, "sock");

    internal override async Task StartAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Jail);
        var file = await WriteAsync(
            "bgpd.conf",
            Text(
                $"AS {Asn}\nrouter-id {Own}\nholdtime {BenchRoutes.HoldSeconds}\nfib-update no\nsocket \"{Control}\"\nlisten on {Own}",
                $"neighbor {Feeder} {{\n\tremote-as {BenchRoutes.FeederAsn}\n\tpassive\n\tannounce restart no\n}}",
                $"neighbor {Peers} {{\n\tremote-as {PeerAsn}\n\tpassive\n\tannounce restart no\n}}",
                $"allow from any\nallow to any"),
            cancellation);
#pragma warning disable CA1416 // the lab is Linux through and through
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416
        await LaunchAsync("openbgpd", "/usr/sbin/bgpd", "-d", "-f", file);
        await UntilAsync(async () => (await Command.TryRunAsync("bgpctl", ["-s", Control, "show"], null, cancellation)).Status == 0, cancellation);
    }

    internal override async Task<int> CountAsync(CancellationToken cancellation)
    {
        var answer = await Command.RunAsync("bgpctl", ["-s", Control, "-j", "show", "neighbor"], null, cancellation);
        return (JsonNode.Parse(answer)?["neighbors"]?.AsArray() ?? [])
            .Where(static n => (string?)n!["state"] == "Established").Sum(static n => (int?)n!["stats"]?["prefixes"]?["received"] ?? 0);
    }
}
