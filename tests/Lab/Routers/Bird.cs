// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Routers;

/// <summary>BIRD in a namespace of the lab; learned routes reach the kernel there.</summary>
public sealed partial class Bird(LabNetwork network, RouterOptions options, CancellationToken cancellation) : RouterDaemon(network, options, cancellation), IRouter
{
    protected override bool PutsRoutes => true;

    private string Control => Path.Combine(Files, "bird.ctl");

    public async Task StartAsync()
    {
        Directory.CreateDirectory(Files);
        string file = Path.Combine(Files, "bird.conf");
        await File.WriteAllTextAsync(file, Configuration(), Cancellation);
        await LaunchAsync(new LabProcessOptions { Name = "bird", File = "bird", Arguments = ["-f", "-c", file, "-s", Control, "-P", Path.Combine(Files, "bird.pid")] });
        await UntilAsync("BIRD", () => SucceedsAsync("birdc", "-s", Control, "show", "status"));
    }

    public async Task<IReadOnlyList<string>> EstablishedAsync()
    {
        string answer = await BirdcAsync("show", "protocols");
        return [.. Options.Peers.Where((_, i) => Regex.IsMatch(answer, $@"^p{i}\s.*\sEstablished", RegexOptions.Multiline))];
    }

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> RoutesAsync()
    {
        Dictionary<string, IReadOnlyList<string>> routes = new(StringComparer.Ordinal);
        foreach ((string prefix, string path) in await TableAsync())
            if (Via().Match(path) is { Success: true } via)
                routes[prefix] = [.. routes.GetValueOrDefault(prefix, []), via.Groups[1].Value];
        return routes;
    }

    public async Task<IReadOnlyList<RouterPath>> PathsAsync(string prefix) =>
        [.. (await TableAsync()).Where(r => r.Prefix == prefix).Select(static r => new RouterPath(
            Attribute(r.Path, "as_path"),
            uint.TryParse(Attribute(r.Path, "med"), CultureInfo.InvariantCulture, out uint med) ? med : null,
            Communities(Attribute(r.Path, "community")),
            Communities(Attribute(r.Path, "large_community")),
            uint.TryParse(Attribute(r.Path, "local_pref"), CultureInfo.InvariantCulture, out uint preference) ? preference : null))];

    // BIRD counts routes in UPDATEs, not messages: those received of both channels.
    public async Task<long> UpdatesAsync(string peer)
    {
        string answer = await BirdcAsync("show", "protocols", "all", $"p{Options.Peers.ToList().IndexOf(peer)}");
        return Counted().Matches(answer).Sum(static m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    public Task RefreshAsync(string peer) => BirdcAsync("reload", "in", $"p{Options.Peers.ToList().IndexOf(peer)}");

    public Task DisableAsync(string peer, string words) => BirdcAsync("disable", $"p{Options.Peers.ToList().IndexOf(peer)}", $"\"{words}\"");

    public Task EnableAsync(string peer) => BirdcAsync("enable", $"p{Options.Peers.ToList().IndexOf(peer)}");

    /// <summary>Why the last session with a peer ended: what it shows, and what the router said of itself, which only the log has.</summary>
    public async Task<string> LastEndAsync(string peer)
    {
        string name = $"p{Options.Peers.ToList().IndexOf(peer)}";
        IEnumerable<string> shown = (await BirdcAsync("show", "protocols", "all", name)).Split('\n').Where(static l => l.Contains("Last error:", StringComparison.Ordinal)).Select(static l => l.Trim());
        return string.Join("; ", shown.Concat(Processes[0].Output.Lines.Where(l => l.Contains($" {name}: ", StringComparison.Ordinal)).TakeLast(2)));
    }

    /// <summary>With how many peers BFD is up.</summary>
    public async Task<int> BfdUpAsync() => (await BirdcAsync("show", "bfd", "sessions")).Split('\n').Count(static l => l.Contains(" Up ", StringComparison.Ordinal));

    /// <summary>What birdc answers to a command.</summary>
    public Task<string> BirdcAsync(params IReadOnlyList<string> command) => RunAsync("birdc", ["-s", Control, .. command]);

    private async Task<List<(string Prefix, string Path)>> TableAsync()
    {
        List<(string, string)> table = [];
        string prefix = "";
        StringBuilder path = new();
        foreach (string line in (await BirdcAsync("show", "route", "all")).Split('\n'))
        {
            Match begin = Begin().Match(line);
            if (begin.Success)
            {
                Flush();
                if (begin.Groups[1].Length > 0)
                    prefix = begin.Groups[1].Value;
            }

            path.AppendLine(line);
        }

        Flush();
        return table;

        void Flush()
        {
            if (prefix.Length > 0 && path.Length > 0)
                table.Add((prefix, path.ToString()));
            path.Clear();
        }
    }

    private static string Attribute(string path, string name) =>
        Regex.Match(path, $@"^\s+BGP\.{name}:[ ]*(.*)$", RegexOptions.Multiline).Groups[1].Value.Trim();

    private static string Communities(string written) =>
        RouterPath.Sorted(Tuple().Matches(written).Select(static m => m.Groups[1].Value.Replace(" ", "", StringComparison.Ordinal).Replace(',', ':')));

    private string Configuration()
    {
        StringBuilder text = new();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Line($"log stderr all;\nrouter id 192.0.2.1;\nprotocol device {{ scan time 1; }}");
        foreach (string family in (string[])["ipv4", "ipv6"])
            Line($"protocol kernel {{ merge paths on limit 16; {family} {{ import none; export all; }}; }}");
        if (Options.BfdMilliseconds is { } interval)
            Line($"protocol bfd {{ interface \"eth0\" {{ min rx interval {interval} ms; min tx interval {interval} ms; multiplier 3; }}; }}");
        for (int i = 0; i < Options.Peers.Count; i++)
        {
            string peer = Options.Peers[i];
            Line($"protocol bgp p{i} {{");
            Line($"  local {Own(RouterOptions.IsIPv6(peer))} port {Options.Port} as {Options.RouterAsn};\n  neighbor {peer} as {Options.ClusterAsn};");
            // Within an AS it would look the next hop up in a table that has no segment of ours.
            Line($"  {(Options.IsInternal ? "direct;" : "")}");
            Line($"  hold time 9; connect delay time 1; connect retry time 1; error wait time 1,3; error forget time 1;");
            Line($"  passive {(Options.Dials ? "off" : "on")};\n  graceful restart {(Options.GracefulRestart ? "aware" : "off")};");
            if (Options.Password is { } password)
                Line($"  password \"{password}\";");
            if (Options.TtlSecurity)
                Line($"  ttl security on;");
            if (Options.BfdMilliseconds is not null)
                Line($"  bfd on;");
            foreach (bool ipv6 in (bool[])[false, true])
                if (Options.Carries(peer, ipv6))
                    Line($"  {(ipv6 ? "ipv6" : "ipv4")} {{ import all; export none; {(Options.IPv4OverIPv6 && !ipv6 ? "extended next hop on;" : "")} {(Options.MostPrefixes is { } most ? $"receive limit {most} action disable;" : "")} }};");
            Line($"}}");
        }

        return text.ToString();
    }

    [GeneratedRegex(@"^(\S*/\d+)?\s+(?:unicast|unreachable) \[")]
    private static partial Regex Begin();

    [GeneratedRegex(@"^\s+via (\S+)", RegexOptions.Multiline)]
    private static partial Regex Via();

    [GeneratedRegex(@"Import updates:\s+(\d+)")]
    private static partial Regex Counted();

    [GeneratedRegex(@"\(([\d, ]+)\)")]
    private static partial Regex Tuple();
}
