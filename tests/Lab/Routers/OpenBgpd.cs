// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Routers;

/// <summary>OpenBGPD in a namespace of the lab; on Linux it keeps its routes to itself.</summary>
public sealed class OpenBgpd(LabNetwork network, RouterOptions options, CancellationToken cancellation) : RouterDaemon(network, options, cancellation), IRouter
{
    // The home of its user, where it shuts itself in; its package leaves the making to the init system.
    private const string Jail = "/run/openbgpd";

    private string Socket => Path.Combine(Files, "bgpd.sock");

    public async Task StartAsync()
    {
        Directory.CreateDirectory(Files);
        Directory.CreateDirectory(Jail);
        string file = Path.Combine(Files, "bgpd.conf");
        await File.WriteAllTextAsync(file, Configuration(), Cancellation);
#pragma warning disable CA1416 // the lab is Linux through and through
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416
        File.Delete(Socket);
        await LaunchAsync(new LabProcessOptions { Name = "openbgpd", File = "/usr/sbin/bgpd", Arguments = ["-d", "-v", "-f", file] });
        // It answers before it listens.
        await UntilAsync("OpenBGPD", async () => await SucceedsAsync("bgpctl", "-s", Socket, "show")
            && (Options.Dials || (await RunAsync("ss", "-Hltn", "sport", "=", $":{Options.Port}")).Length > 0));
    }

    public async Task<IReadOnlyList<string>> EstablishedAsync() =>
        [.. (await NeighborsAsync()).Where(static n => (string?)n!["state"] == "Established").Select(static n => (string)n!["remote_addr"]!)];

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> RoutesAsync() =>
        (await RibAsync()).GroupBy(static r => (string)r!["prefix"]!, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => (IReadOnlyList<string>)[.. g.Select(static r => (string)r!["exit_nexthop"]!)], StringComparer.Ordinal);

    public async Task<IReadOnlyList<RouterPath>> PathsAsync(string prefix) =>
        [.. (await RibAsync()).Where(r => (string?)r!["prefix"] == prefix).Select(static r => new RouterPath(
            ((string?)r!["aspath"] ?? "").Trim(),
            (uint?)r["metric"],
            Communities(r["communities"]),
            Communities(r["large_communities"]),
            (uint?)r["localpref"]))];

    public async Task<long> UpdatesAsync(string peer) =>
        (long?)(await NeighborsAsync()).FirstOrDefault(n => (string?)n!["remote_addr"] == peer)?["stats"]?["message"]?["received"]?["updates"] ?? 0;

    public Task RefreshAsync(string peer) => RunAsync("bgpctl", "-s", Socket, "neighbor", peer, "refresh");

    public Task DisableAsync(string peer, string words) => RunAsync("bgpctl", "-s", Socket, "neighbor", peer, "down", words);

    public Task EnableAsync(string peer) => RunAsync("bgpctl", "-s", Socket, "neighbor", peer, "up");

    private static string Communities(JsonNode? node) => RouterPath.Sorted((node?.AsArray() ?? []).Select(static c => (string)c!));

    private async Task<JsonArray> NeighborsAsync() => (await AskAsync("bgpctl", "-s", Socket, "-j", "show", "neighbor"))?["neighbors"]?.AsArray() ?? [];

    private async Task<JsonArray> RibAsync() => (await AskAsync("bgpctl", "-s", Socket, "-j", "show", "rib", "detail"))?["rib"]?.AsArray() ?? [];

    private string Configuration()
    {
        StringBuilder text = new();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Line($"AS {Options.RouterAsn}\nrouter-id 192.0.2.1\nholdtime 9\nsocket \"{Socket}\"");
        Line($"listen on {Own(false)} port {Options.Port}\nlisten on {Own(true)} port {Options.Port}");
        foreach (string peer in Options.Peers)
        {
            Line($"neighbor {peer} {{\n\tremote-as {Options.ClusterAsn}\n\tpassive\n\tannounce restart {(Options.GracefulRestart ? "yes" : "no")}\n\tannounce enhanced refresh yes");
            foreach (bool ipv6 in (bool[])[false, true])
                Line($"\tannounce {(ipv6 ? "IPv6" : "IPv4")} {(Options.Carries(peer, ipv6) ? "unicast" : "none")}");
            if (Options.Password is { } password)
                Line($"\ttcp md5sig password {password}");
            if (Options.TtlSecurity)
                Line($"\tttl-security yes");
            if (Options.MostPrefixes is { } most)
                Line($"\tmax-prefix {most}");
            Line($"}}");
        }

        Line($"allow from any\nallow to any");
        return text.ToString();
    }
}
