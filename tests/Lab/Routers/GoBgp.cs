// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Routers;

/// <summary>GoBGP in a namespace of the lab; it keeps its routes to itself.</summary>
public sealed class GoBgp(LabNetwork network, RouterOptions options, CancellationToken cancellation) : RouterDaemon(network, options, cancellation), IRouter
{
    private const int Established = 6;
    private const int AsPath = 2;
    private const int NextHop = 3;
    private const int Med = 4;
    private const int LocalPref = 5;
    private const int Community = 8;
    private const int MpReach = 14;
    private const int LargeCommunity = 32;

    public async Task StartAsync()
    {
        Directory.CreateDirectory(Files);
        string file = Path.Combine(Files, "gobgpd.toml");
        await File.WriteAllTextAsync(file, Configuration(), Cancellation);
        await LaunchAsync(new LabProcessOptions { Name = "gobgpd", File = "gobgpd", Arguments = ["-f", file, "--api-hosts", "127.0.0.1:50051", "--log-plain"] });
        await UntilAsync("GoBGP", async () =>
            await SucceedsAsync("gobgp", "neighbor") && (await AnswerAsync("-j", "neighbor"))?.AsArray().Count == Options.Peers.Count);
    }

    public async Task<IReadOnlyList<string>> EstablishedAsync() =>
        [.. await NeighborsAsync((n => (int?)n["state"]?["session_state"] == Established), static n => (string)n["state"]!["neighbor_address"]!)];

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> RoutesAsync()
    {
        Dictionary<string, IReadOnlyList<string>> routes = new(StringComparer.Ordinal);
        foreach (string family in (string[])["ipv4", "ipv6"])
            foreach ((string prefix, JsonNode? paths) in (await AnswerAsync("-j", "global", "rib", "-a", family))?.AsObject() ?? [])
                routes[prefix] = [.. paths!.AsArray().Select(static p => (string)(Attribute(p!, NextHop) ?? Attribute(p!, MpReach))!["nexthop"]!)];
        return routes;
    }

    public async Task<IReadOnlyList<RouterPath>> PathsAsync(string prefix)
    {
        JsonNode? answer = await AnswerAsync("-j", "global", "rib", "-a", RouterOptions.IsIPv6(prefix) ? "ipv6" : "ipv4", prefix);
        return [.. (answer as JsonObject ?? []).SelectMany(static r => r.Value!.AsArray()).Select(static p => new RouterPath(
            string.Join(' ', (Attribute(p!, AsPath)?["as_paths"]?.AsArray() ?? []).SelectMany(static s => s!["asns"]!.AsArray()).Select(static a => a!.ToString())),
            (uint?)Attribute(p!, Med)?["metric"],
            RouterPath.Sorted((Attribute(p!, Community)?["communities"]?.AsArray() ?? []).Select(static c => RouterPath.Community((uint)c!))),
            RouterPath.Sorted((Attribute(p!, LargeCommunity)?["value"]?.AsArray() ?? []).Select(static c => $"{c!["ASN"]}:{c["LocalData1"]}:{c["LocalData2"]}")),
            (uint?)Attribute(p!, LocalPref)?["value"]))];
    }

    public async Task<long> UpdatesAsync(string peer) =>
        (await NeighborsAsync(n => (string?)n["state"]?["neighbor_address"] == peer, static n => (long?)n["state"]?["messages"]?["received"]?["update"] ?? 0)).FirstOrDefault();

    public Task DisableAsync(string peer, string words) => RunAsync("gobgp", "neighbor", peer, "disable", "--reason", words);

    public Task EnableAsync(string peer) => RunAsync("gobgp", "neighbor", peer, "enable");

    public Task RefreshAsync(string peer) => throw new NotSupportedException("GoBGP 3.10 answers softresetin from its own copy and sends no ROUTE-REFRESH");

    private static JsonNode? Attribute(JsonNode path, int type) => path["attrs"]!.AsArray().FirstOrDefault(a => (int)a!["type"]! == type);

    private async Task<IEnumerable<T>> NeighborsAsync<T>(Func<JsonNode, bool> which, Func<JsonNode, T> what) =>
        ((await AnswerAsync("-j", "neighbor"))?.AsArray() ?? []).Where(n => which(n!)).Select(n => what(n!));

    private string Configuration()
    {
        StringBuilder text = new();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Line($"[global.config]\nas = {Options.RouterAsn}\nrouter-id = \"192.0.2.1\"\nport = {Options.Port}\nlocal-address-list = [\"{Own(false)}\", \"{Own(true)}\"]");
        foreach (string peer in Options.Peers)
        {
            Line($"[[neighbors]]\n[neighbors.config]\nneighbor-address = \"{peer}\"\npeer-as = {Options.ClusterAsn}");
            if (Options.Password is { } password)
                Line($"auth-password = \"{password}\"");
            Line($"[neighbors.transport.config]\npassive-mode = true\n[neighbors.timers.config]\nhold-time = 9\nkeepalive-interval = 3\nidle-hold-time-after-reset = 1");
            if (Options.TtlSecurity)
                Line($"[neighbors.ttl-security.config]\nenabled = true\nttl-min = 255");
            if (Options.GracefulRestart)
                Line($"[neighbors.graceful-restart.config]\nenabled = true\nrestart-time = 60");
            foreach (bool ipv6 in (bool[])[false, true])
            {
                if (!Options.Carries(peer, ipv6))
                    continue;
                Line($"[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"{(ipv6 ? "ipv6" : "ipv4")}-unicast\"");
                if (Options.GracefulRestart)
                    Line($"[neighbors.afi-safis.mp-graceful-restart.config]\nenabled = true");
                if (Options.MostPrefixes is { } most)
                    Line($"[neighbors.afi-safis.prefix-limit.config]\nmax-prefixes = {most}");
            }
        }

        return text.ToString();
    }

    // Its own client waits a second for the daemon and no longer, which on a busy machine says nothing of the daemon.
    private async Task<JsonNode?> AnswerAsync(params IReadOnlyList<string> arguments)
    {
        string answer = "";
        await UntilAsync("an answer of GoBGP", async () =>
        {
            (int status, answer, string error) = await Command.TryRunAsync("ip", ["netns", "exec", Place.Name, "gobgp", .. arguments], null, Cancellation);
            if (status != 0 && !(answer + error).Contains("deadline exceeded", StringComparison.Ordinal))
                throw new CommandFailedException($"gobgp {string.Join(' ', arguments)}: exit {status}\n{error}{answer}");
            return status == 0;
        });
        return string.IsNullOrWhiteSpace(answer) ? null : JsonNode.Parse(answer);
    }
}
