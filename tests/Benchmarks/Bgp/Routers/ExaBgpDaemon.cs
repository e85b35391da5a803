// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Bgp.Routers;

/// <summary>ExaBGP, which announces only: it has no table, so its routes stand in its configuration.</summary>
internal sealed class ExaBgpDaemon(BgpStage stage, LabHost host, int prefixes) : Daemon(stage, host, announces: true)
{
    internal override string Name => "ExaBGP";

    internal override bool WantsFeed => false;

    internal override async Task StartAsync(CancellationToken cancellation)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"neighbor {Peers} {{ router-id {Own}; local-address {Own}; local-as {Asn}; peer-as {PeerAsn}; hold-time {BenchRoutes.HoldSeconds}; passive true; listen 179;\n");
        text.Append(" family { ipv4 unicast; }\n capability { graceful-restart disable; }\n static {\n");
        for (var i = 0; i < prefixes; i++)
            text.Append("  route ").Append(BenchRoutes.Text(i)).Append(CultureInfo.InvariantCulture, $" next-hop {Own} med 0;\n");
        text.Append(" }\n}\n");
        var file = await WriteAsync("exabgp.conf", text.ToString(), cancellation);
        await LaunchAsync(
            "exabgp", "env", "exabgp.daemon.user=root", $"exabgp.tcp.bind={Own}", "exabgp.tcp.port=179", "exabgp.api.cli=false",
            "exabgp.log.destination=stdout", "exabgp.log.level=ERR", "exabgp", file);
        // It listens when it has read its routes; whoever dials waits for that.
    }

    internal override Task<int> CountAsync(CancellationToken cancellation) => Task.FromResult(prefixes);
}
