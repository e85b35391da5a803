// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Lab.Routers;

/// <summary>FRR in a namespace of the lab: zebra, bgpd and, where it is wanted, bfdd; learned routes reach the kernel there.</summary>
public sealed class Frr(LabNetwork network, RouterOptions options, CancellationToken cancellation) : RouterDaemon(network, options, cancellation), IRouter
{
    private const string Programs = "/usr/lib/frr";

    protected override bool PutsRoutes => true;

    private string[] Directories => [$"/etc/frr/{Place.Name}", $"/var/run/frr/{Place.Name}"];

    public async Task StartAsync()
    {
        foreach (string directory in Directories)
            Directory.CreateDirectory(directory);
        // A file for each: a daemon leaves the configuration at the `exit` of a block that it does not know.
        string[] daemons = Options.BfdMilliseconds is null ? ["zebra", "bgpd"] : ["zebra", "bfdd", "bgpd"];
        foreach (string daemon in daemons)
            await File.WriteAllTextAsync(ConfigurationFile(daemon), Configuration(daemon), Cancellation);
        await Command.RunAsync("chown", ["-R", "frr:frr", .. Directories], null, Cancellation);
        foreach (string daemon in daemons)
        {
            string socket = Path.Combine(Directories[1], $"{daemon}.vty");
            File.Delete(socket);
            // Without its flag zebra changes an IPv6 route by removing it first, and packets between the two are lost.
            string[] more = daemon switch
            {
                "bgpd" => ["-p", Options.Dials ? "0" : Options.Port.ToString(CultureInfo.InvariantCulture)],
                "zebra" => ["--v6-rr-semantics"],
                _ => [],
            };
            await LaunchAsync(new LabProcessOptions { Name = $"frr-{daemon}", File = Path.Combine(Programs, daemon), Arguments = ["-N", Place.Name, "-f", ConfigurationFile(daemon), "-u", "frr", "-g", "frr", .. more] });
            await UntilAsync($"{daemon} of FRR", () => Task.FromResult(File.Exists(socket)));
        }
    }

    public async Task<IReadOnlyList<string>> EstablishedAsync()
    {
        JsonNode? summary = await VtyshJsonAsync("show bgp summary json");
        return [.. (summary?.AsObject() ?? []).SelectMany(static f => f.Value?["peers"]?.AsObject() ?? []).Where(static p => (string?)p.Value?["state"] == "Established").Select(static p => p.Key).Distinct()];
    }

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> RoutesAsync()
    {
        Dictionary<string, IReadOnlyList<string>> routes = new(StringComparer.Ordinal);
        foreach (string family in (string[])["ipv4", "ipv6"])
            foreach ((string prefix, JsonNode? paths) in (await VtyshJsonAsync($"show bgp {family} unicast json"))?["routes"]?.AsObject() ?? [])
                routes[prefix] = [.. paths!.AsArray().Where(static p => (bool?)p?["valid"] == true).SelectMany(static p => p!["nexthops"]!.AsArray().Where(static h => (bool?)h?["used"] == true)).Select(static h => (string)h!["ip"]!)];
        return routes;
    }

    public async Task<IReadOnlyList<RouterPath>> PathsAsync(string prefix)
    {
        JsonNode? answer = await VtyshJsonAsync($"show bgp {(RouterOptions.IsIPv6(prefix) ? "ipv6" : "ipv4")} unicast {prefix} json");
        return [.. (answer?["paths"]?.AsArray() ?? []).Select(static p => new RouterPath(
            (string?)p!["aspath"]?["string"] is { } path && path != "Local" ? path : "",
            (uint?)p["metric"],
            Communities(p["community"]),
            Communities(p["largeCommunity"]),
            (uint?)p["locPrf"]))];
    }

    public async Task<long> UpdatesAsync(string peer) =>
        (long?)(await VtyshJsonAsync($"show bgp neighbors {peer} json"))?[peer]?["messageStats"]?["updatesRecv"] ?? 0;

    public async Task RefreshAsync(string peer)
    {
        foreach (string family in (string[])["ipv4", "ipv6"])
            await VtyshAsync($"clear bgp {family} {peer} soft in");
    }

    public Task DisableAsync(string peer, string words) => VtyshAsync("configure terminal", $"router bgp {Options.RouterAsn}", $"neighbor {peer} shutdown message {words}");

    public Task EnableAsync(string peer) => VtyshAsync("configure terminal", $"router bgp {Options.RouterAsn}", $"no neighbor {peer} shutdown");

    /// <summary>Why the last session with a peer ended.</summary>
    public async Task<string> LastEndAsync(string peer)
    {
        JsonNode? neighbor = (await VtyshJsonAsync($"show bgp neighbors {peer} json"))?[peer];
        return $"{neighbor?["lastResetDueTo"]}; {neighbor?["lastNotificationReason"]}; {neighbor?["lastShutdownDescription"]}";
    }

    /// <summary>With how many peers BFD is up.</summary>
    public async Task<int> BfdUpAsync() => (await VtyshJsonAsync("show bfd peers json"))?.AsArray().Count(static p => (string?)p!["status"] == "up") ?? 0;

    /// <summary>What vtysh answers to commands.</summary>
    public Task<string> VtyshAsync(params IReadOnlyList<string> commands) =>
        RunAsync("vtysh", ["-N", Place.Name, .. commands.SelectMany(static c => (string[])["-c", c])]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (string directory in Directories.Where(Directory.Exists))
            Directory.Delete(directory, recursive: true);
    }

    private Task<JsonNode?> VtyshJsonAsync(string command) => AskAsync("vtysh", "-N", Place.Name, "-c", command);

    private static string Communities(JsonNode? node) =>
        RouterPath.Sorted(((string?)node?["string"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private string ConfigurationFile(string daemon) => Path.Combine(Directories[0], $"{daemon}.conf");

    private string Configuration(string daemon) => daemon switch
    {
        "bgpd" => Bgp(),
        "bfdd" => string.Create(CultureInfo.InvariantCulture, $"log stdout\nbfd\n profile lb\n  receive-interval {Options.BfdMilliseconds}\n  transmit-interval {Options.BfdMilliseconds}\n  detect-multiplier 3\n exit\nexit\n"),
        _ => Options.Interface is { } port ? $"log stdout\ninterface {port}\n no ipv6 nd suppress-ra\n ipv6 nd ra-interval 1\nexit\n" : "log stdout\n",
    };

    private string Bgp()
    {
        StringBuilder text = new();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        Line($"frr defaults datacenter");
        Line($"log stdout");
        Line($"router bgp {Options.RouterAsn}");
        Line($" bgp router-id 192.0.2.1\n {(Options.RequiresPolicy ? "" : "no ")}bgp ebgp-requires-policy\n no bgp default ipv4-unicast\n bgp bestpath as-path multipath-relax");
        if (Options.GracefulRestart)
            Line($" bgp graceful-restart");
        foreach (string peer in Options.Peers)
        {
            Line($" neighbor {peer} remote-as {Options.ClusterAsn}");
            Line($" neighbor {peer} timers 3 9\n neighbor {peer} timers connect 1");
            if (!Options.Dials)
                Line($" neighbor {peer} passive");
            if (Options.Password is { } password)
                Line($" neighbor {peer} password {password}");
            if (Options.TtlSecurity)
                Line($" neighbor {peer} ttl-security hops 1");
            if (Options.IPv4OverIPv6)
                Line($" neighbor {peer} capability extended-nexthop");
            if (Options.BfdMilliseconds is not null)
                Line($" neighbor {peer} bfd\n neighbor {peer} bfd profile lb");
        }

        if (Options.Interface is { } name)
            Line($" neighbor {name} interface remote-as {Options.ClusterAsn}");
        foreach (bool ipv6 in (bool[])[false, true])
        {
            Line($" address-family {(ipv6 ? "ipv6" : "ipv4")} unicast\n  maximum-paths 16");
            foreach (string peer in Options.Peers.Where(p => Options.Carries(p, ipv6)))
            {
                Line($"  neighbor {peer} activate");
                if (Options.MostPrefixes is { } most)
                    Line($"  neighbor {peer} maximum-prefix {most}");
            }

            if (Options.Interface is { } unnumbered)
                Line($"  neighbor {unnumbered} activate");
            Line($" exit-address-family");
        }

        Line($"exit");
        return text.ToString();
    }
}
