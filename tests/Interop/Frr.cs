// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Interop;

/// <summary>FRR in a namespace of the lab: zebra, bgpd and, where it is wanted, bfdd; learned routes reach the kernel there.</summary>
public sealed class Frr : IRouter
{
    private const string Programs = "/usr/lib/frr";
    private readonly LabNamespace _place;
    private readonly string _space;

    private Frr(LabNamespace place) => (_place, _space) = (place, place.Name);

    public string Name => "FRR";

    public static async Task<Frr> StartAsync(LabNetwork network, LabNamespace place, RouterOptions options, CancellationToken cancellation)
    {
        Frr frr = new(place);
        foreach (string directory in frr.Directories)
        {
            Directory.CreateDirectory(directory);
            await Command.RunAsync("chown", ["frr:frr", directory], null, cancellation);
        }

        string file = Path.Combine(frr.Directories[0], "frr.conf");
        await File.WriteAllTextAsync(file, Configuration(options), cancellation);
        await Command.RunAsync("chown", ["frr:frr", file], null, cancellation);
        string[] daemons = options.BfdMilliseconds is null ? ["zebra", "bgpd"] : ["zebra", "bfdd", "bgpd"];
        foreach (string daemon in daemons)
        {
            await network.StartProcessAsync(place, $"frr-{daemon}", Path.Combine(Programs, daemon), "-N", frr._space, "-f", file, "-u", "frr", "-g", "frr");
            await frr.UntilSpeaksAsync(daemon, cancellation);
        }

        return frr;
    }

    public async Task<IReadOnlyList<string>> EstablishedAsync()
    {
        JsonNode summary = await AskAsync("show bgp summary json");
        return [.. Families(summary).SelectMany(f => f["peers"]!.AsObject()).Where(p => (string?)p.Value?["state"] == "Established").Select(p => p.Key).Distinct()];
    }

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> RoutesAsync()
    {
        Dictionary<string, IReadOnlyList<string>> routes = new(StringComparer.Ordinal);
        foreach (string family in (string[])["ipv4", "ipv6"])
            foreach ((string prefix, JsonNode? paths) in (await AskAsync($"show bgp {family} unicast json"))["routes"]?.AsObject() ?? [])
                routes[prefix] = [.. paths!.AsArray().Where(p => (bool?)p?["valid"] == true).SelectMany(p => p!["nexthops"]!.AsArray().Where(h => (bool?)h?["used"] == true)).Select(h => (string)h!["ip"]!)];
        return routes;
    }

    public Task RefreshAsync(string peer) => VtyshAsync($"clear bgp {peer} soft in");

    /// <summary>What vtysh answers to a command.</summary>
    public Task<string> VtyshAsync(params IReadOnlyList<string> commands) =>
        LabNetwork.RunAsync(_place, "vtysh", ["-N", _space, .. commands.SelectMany(c => (string[])["-c", c])]);

    public async Task<JsonNode> AskAsync(string command) => JsonNode.Parse(await VtyshAsync(command)) ?? new JsonObject();

    public ValueTask DisposeAsync()
    {
        foreach (string directory in Directories)
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string[] Directories => [$"/etc/frr/{_space}", $"/var/run/frr/{_space}"];

    private static IEnumerable<JsonNode> Families(JsonNode summary) =>
        summary.AsObject().Where(f => f.Value?["peers"] is not null).Select(f => f.Value!);

    private async Task UntilSpeaksAsync(string daemon, CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        string socket = Path.Combine(Directories[1], $"{daemon}.vty");
        while (!File.Exists(socket))
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(20))
                throw new CommandFailedException($"{daemon} of FRR made no {socket}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
        }
    }

    private static string Configuration(RouterOptions options)
    {
        StringBuilder text = new();
        text.AppendLine("frr defaults datacenter").AppendLine("log stdout");
        if (options.Interface is { } port)
            text.AppendLine(CultureInfo.InvariantCulture, $"interface {port}").AppendLine(" no ipv6 nd suppress-ra").AppendLine(" ipv6 nd ra-interval 1").AppendLine("exit");
        if (options.BfdMilliseconds is { } interval)
            text.AppendLine("bfd").AppendLine(" profile lb").AppendLine(CultureInfo.InvariantCulture, $"  receive-interval {interval}").AppendLine(CultureInfo.InvariantCulture, $"  transmit-interval {interval}").AppendLine("  detect-multiplier 3").AppendLine(" exit").AppendLine("exit");
        text.AppendLine(CultureInfo.InvariantCulture, $"router bgp {RouterOptions.RouterAsn}");
        text.AppendLine(" bgp router-id 192.0.2.1").AppendLine(" no bgp ebgp-requires-policy").AppendLine(" no bgp default ipv4-unicast").AppendLine(" timers bgp 3 9");
        if (options.GracefulRestart)
            text.AppendLine(" bgp graceful-restart");
        foreach (string peer in options.Peers)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $" neighbor {peer} remote-as {RouterOptions.ClusterAsn}").AppendLine(CultureInfo.InvariantCulture, $" neighbor {peer} passive");
            if (options.Password is { } password)
                text.AppendLine(CultureInfo.InvariantCulture, $" neighbor {peer} password {password}");
            if (options.BfdMilliseconds is not null)
                text.AppendLine(CultureInfo.InvariantCulture, $" neighbor {peer} bfd profile lb");
        }

        if (options.Interface is { } name)
            text.AppendLine(CultureInfo.InvariantCulture, $" neighbor {name} interface remote-as {RouterOptions.ClusterAsn}");
        foreach (string family in (string[])["ipv4", "ipv6"])
        {
            text.AppendLine(CultureInfo.InvariantCulture, $" address-family {family} unicast").AppendLine("  maximum-paths 16");
            foreach (string peer in options.Peers.Where(p => options.DualStack || (family == "ipv6") == p.Contains(':', StringComparison.Ordinal)))
                text.AppendLine(CultureInfo.InvariantCulture, $"  neighbor {peer} activate").AppendLine(CultureInfo.InvariantCulture, $"  neighbor {peer} soft-reconfiguration inbound");
            if (options.Interface is { } unnumbered)
                text.AppendLine(CultureInfo.InvariantCulture, $"  neighbor {unnumbered} activate");
            text.AppendLine(" exit-address-family");
        }

        return text.AppendLine("exit").ToString();
    }
}
