// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Bgp.Routers;

/// <summary>GoBGP.</summary>
internal sealed partial class GoBgpDaemon(BgpStage stage, LabHost host, bool announces) : Daemon(stage, host, announces)
{
    private const string Api = "127.0.0.1:50051";

    internal override string Name => "GoBGP";

    internal override async Task StartAsync(CancellationToken cancellation)
    {
        var file = await WriteAsync(
            "gobgpd.toml",
            Text(
                $"[global.config]\nas = {Asn}\nrouter-id = \"{Own}\"\nport = 179\nlocal-address-list = [\"{Own}\"]",
                $"[[peer-groups]]\n[peer-groups.config]\npeer-group-name = \"lb\"\npeer-as = {PeerAsn}",
                $"[peer-groups.timers.config]\nhold-time = {BenchRoutes.HoldSeconds}\nkeepalive-interval = 30",
                $"[peer-groups.transport.config]\npassive-mode = true",
                $"[[peer-groups.afi-safis]]\n[peer-groups.afi-safis.config]\nafi-safi-name = \"ipv4-unicast\"",
                $"[[dynamic-neighbors]]\n[dynamic-neighbors.config]\nprefix = \"{Peers}\"\npeer-group = \"lb\"",
                $"[[neighbors]]\n[neighbors.config]\nneighbor-address = \"{Feeder}\"\npeer-as = {BenchRoutes.FeederAsn}",
                $"[neighbors.transport.config]\npassive-mode = true",
                $"[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"ipv4-unicast\""),
            cancellation);
        await LaunchAsync("gobgpd", "gobgpd", "-f", file, "--api-hosts", Api, "--log-plain", "--log-level", "error");
        await UntilAsync(
            async () => (await Lab.Processes.Command.TryRunAsync("ip", ["netns", "exec", Host.Namespace.Name, "gobgp", "neighbor"], null, cancellation)).Status == 0,
            cancellation);
    }

    internal override async Task<int> CountAsync(CancellationToken cancellation)
    {
        var answer = await LabNetwork.RunAsync(Host.Namespace, "gobgp", ["global", "rib", "summary"], null, cancellation);
        return Paths().Match(answer) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"Path:\s*(\d+)")]
    private static partial Regex Paths();
}
