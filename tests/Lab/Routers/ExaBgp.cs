// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Routers;

/// <summary>
/// ExaBGP in a namespace of the lab. It keeps no table: it tells a program of ours every message as one line of JSON, and what
/// a table would hold follows from those lines.
/// </summary>
public sealed class ExaBgp(LabNetwork network, RouterOptions options, CancellationToken cancellation) : RouterDaemon(network, options, cancellation), IRouter
{
    private string Told => Path.Combine(Files, "told.json");

    private string Orders => Path.Combine(Files, "orders");

    public async Task StartAsync()
    {
        Directory.CreateDirectory(Files);
        string script = Path.Combine(Files, "listener");
        File.Delete(Orders);
        File.Delete(Told);
        await RunAsync("mkfifo", Orders);
        // The fifo is open for both, so that neither side waits for the other; what pumps it ends with the daemon's pipe.
        await File.WriteAllTextAsync(script, $"#!/bin/sh\nexec 3<&0 4<>{Orders}\ncat <&4 3<&- &\npump=$!\ncat <&3 4<&- >{Told}\nkill $pump\n", Cancellation);
        await RunAsync("chmod", "755", script);
        string file = Path.Combine(Files, "exabgp.conf");
        await File.WriteAllTextAsync(file, Configuration(script), Cancellation);
        await LaunchAsync(new LabProcessOptions
        {
            Name = "exabgp",
            File = "env",
            Arguments =
            [
                "exabgp.daemon.user=root", $"exabgp.tcp.bind={Own(false)} {Own(true)}", string.Create(CultureInfo.InvariantCulture, $"exabgp.tcp.port={Options.Port}"),
                "exabgp.api.cli=false", "exabgp.log.destination=stdout", "exabgp", file,
            ],
        });
        await UntilAsync("ExaBGP", () => Task.FromResult(File.Exists(Told)));
    }

    public async Task<IReadOnlyList<string>> EstablishedAsync() => [.. (await ReadAsync()).Up];

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> RoutesAsync() =>
        (await ReadAsync()).Paths.GroupBy(static p => p.Key.Prefix, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => (IReadOnlyList<string>)[.. g.Select(static p => p.Value.NextHop)], StringComparer.Ordinal);

    public async Task<IReadOnlyList<RouterPath>> PathsAsync(string prefix) =>
        [.. (await ReadAsync()).Paths.Where(p => p.Key.Prefix == prefix).Select(static p => p.Value.Attributes).Select(static a => new RouterPath(
            string.Join(' ', AsPath(a["as-path"])),
            (uint?)a["med"],
            Communities(a["community"]),
            Communities(a["large-community"]),
            (uint?)a["local-preference"]))];

    public async Task<long> UpdatesAsync(string peer) => (await ReadAsync()).Updates.GetValueOrDefault(peer);

    public Task RefreshAsync(string peer) => File.AppendAllTextAsync(
        Orders, $"neighbor {peer} announce route-refresh ipv4 unicast\nneighbor {peer} announce route-refresh ipv6 unicast\n", Cancellation);

    public Task DisableAsync(string peer, string words) => throw new NotSupportedException("ExaBGP disables no single neighbour");

    public Task EnableAsync(string peer) => throw new NotSupportedException("ExaBGP disables no single neighbour");

    private static IEnumerable<string> AsPath(JsonNode? node) => node switch
    {
        JsonArray flat => flat.Select(static a => a!.ToString()),
        JsonObject segments => segments.SelectMany(static s => s.Value!["value"]!.AsArray()).Select(static a => a!.ToString()),
        _ => [],
    };

    private static string Communities(JsonNode? node) =>
        RouterPath.Sorted((node?.AsArray() ?? []).Select(static c => string.Join(':', c!.AsArray().Select(static n => n!.ToString()))));

    private async Task<Heard> ReadAsync()
    {
        Heard heard = new([], [], []);
        if (!File.Exists(Told))
            return heard;
        await using FileStream stream = new(Told, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        string text = await reader.ReadToEndAsync(Cancellation);
        // What follows the last line feed is being written.
        foreach (string line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            // Orders are acknowledged in between, with a bare word.
            if (line.StartsWith('{') && JsonNode.Parse(line)?["neighbor"] is JsonObject neighbor)
                Take(heard, neighbor);
        return heard;
    }

    private static void Take(Heard heard, JsonObject neighbor)
    {
        string peer = (string)neighbor["address"]!["peer"]!;
        switch ((string?)neighbor["state"])
        {
            case "up":
                heard.Up.Add(peer);
                heard.Updates[peer] = 0;
                break;
            case "down":
                heard.Up.Remove(peer);
                foreach ((string Peer, string Prefix) key in heard.Paths.Keys.Where(k => k.Peer == peer).ToArray())
                    heard.Paths.Remove(key);
                break;
            default:
                break;
        }

        if (neighbor["message"]?["update"] is not JsonObject update)
            return;
        heard.Updates[peer]++;
        foreach ((_, JsonNode? hops) in update["announce"]?.AsObject() ?? [])
            foreach ((string hop, JsonNode? routes) in hops!.AsObject())
                foreach (JsonNode? route in routes as JsonArray ?? [])
                    heard.Paths[(peer, (string)route!["nlri"]!)] = (hop, update["attribute"]!);
        foreach ((_, JsonNode? routes) in update["withdraw"]?.AsObject() ?? [])
            foreach (JsonNode? route in routes as JsonArray ?? [])
                heard.Paths.Remove((peer, (string)route!["nlri"]!));
    }

    private string Configuration(string script)
    {
        StringBuilder text = new();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Line($"process listener {{ run {script}; encoder json; }}");
        foreach (string peer in Options.Peers)
        {
            Line($"neighbor {peer} {{ router-id 192.0.2.1; local-address {Own(RouterOptions.IsIPv6(peer))}; local-as {Options.RouterAsn}; peer-as {Options.ClusterAsn}; hold-time 9; passive true; listen {Options.Port};");
            if (Options.Password is { } password)
                Line($" md5-password \"{password}\"; md5-base64 disable;");
            if (Options.TtlSecurity)
                Line($" incoming-ttl 255; outgoing-ttl 255;");
            Line($" family {{ {(Options.Carries(peer, false) ? "ipv4 unicast;" : "")} {(Options.Carries(peer, true) ? "ipv6 unicast;" : "")} }}");
            Line($" capability {{ route-refresh enable; graceful-restart {(Options.GracefulRestart ? "60" : "disable")}; }}");
            Line($" api {{ processes [ listener ]; neighbor-changes; receive {{ parsed; update; }} }} }}");
        }

        return text.ToString();
    }

    /// <summary>What was told so far.</summary>
    private sealed record Heard(HashSet<string> Up, Dictionary<string, long> Updates, Dictionary<(string Peer, string Prefix), (string NextHop, JsonNode Attributes)> Paths);
}
