// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Interop.Vrrp;

/// <summary>
/// vrrpd of FRR, with its zebra, on a host of the lab. It makes no interfaces: a macvlan with the virtual router's hardware
/// address and its addresses is there before it, down in effect (protodown) while it is backup.
/// </summary>
internal sealed class FrrVrrp(LabNetwork network, LabHost host, string scene) : IVipNode, IAsyncDisposable
{
    private readonly List<VirtualRouter> _routers = [];
    private LabProcess? _zebra;
    private int _starts;

    public LabHost Host => host;

    public LabProcess? Process { get; private set; }

    private string[] Directories => [$"/etc/frr/{host.Namespace.Name}", $"/var/run/frr/{host.Namespace.Name}"];

    /// <summary>Makes the macvlans and writes the configuration.</summary>
    public async Task ConfigureAsync(Func<VirtualRouter, int> priority, params IReadOnlyList<VirtualRouter> routers)
    {
        _routers.AddRange(routers);
        foreach (string directory in Directories)
            Directory.CreateDirectory(directory);
        List<string> links = [], lines = ["log stdout", "interface eth0"];
        foreach (VirtualRouter router in routers)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"frr{(router.IsIPv6 ? 6 : 4)}-{router.Id}");
            links.Add($"ip link add {name} link eth0 type macvlan mode bridge && ip link set {name} address {router.VirtualMac}");
            links.AddRange(router.Addresses.Select(a => $"ip address add {a} dev {name}{(router.IsIPv6 ? " nodad" : "")}"));
            links.Add($"ip link set {name} up");
            string prefix = string.Create(CultureInfo.InvariantCulture, $" vrrp {router.Id}");
            lines.AddRange([
                string.Create(CultureInfo.InvariantCulture, $"{prefix} version {router.Version}"),
                string.Create(CultureInfo.InvariantCulture, $"{prefix} priority {priority(router)}"),
                string.Create(CultureInfo.InvariantCulture, $"{prefix} advertisement-interval {router.Interval}"),
                .. router.Addresses.Select(a => $"{prefix} {(router.IsIPv6 ? "ipv6" : "ip")} {a.Split('/')[0]}")]);
        }

        await LabNetwork.RunAsync(host.Namespace, "sh", ["-c", string.Join(" && ", links)], null, VrrpWorld.Cancellation);
        await File.WriteAllTextAsync(ConfigurationFile("vrrpd"), string.Join('\n', lines) + "\nexit\n", VrrpWorld.Cancellation);
        await File.WriteAllTextAsync(ConfigurationFile("zebra"), "log stdout\n", VrrpWorld.Cancellation);
        await Command.RunAsync("chown", ["-R", "frr:frr", .. Directories], null, VrrpWorld.Cancellation);
    }

    public async Task StartAsync(CancellationToken cancellation = default)
    {
        ++_starts;
        if (_zebra is null)
            _zebra = await LaunchAsync("zebra", cancellation);
        Process = await LaunchAsync("vrrpd", cancellation);
    }

    public async Task<IReadOnlyDictionary<string, string>> StatesAsync(CancellationToken cancellation = default)
    {
        (int status, string output, _) = await Command.TryRunAsync(
            "ip", ["netns", "exec", host.Namespace.Name, "vtysh", "-N", host.Namespace.Name, "-c", "show vrrp json"], null, cancellation);
        if (status != 0 || string.IsNullOrWhiteSpace(output))
            return new Dictionary<string, string>();
        JsonArray shown = JsonNode.Parse(output)!.AsArray();
        return _routers.ToDictionary(
            static r => r.Name,
            r => ((string?)shown.FirstOrDefault(s => (int?)s!["vrid"] == r.Id)?[r.IsIPv6 ? "v6" : "v4"]?["status"] ?? "").ToLowerInvariant());
    }

    public async ValueTask DisposeAsync()
    {
        if (_zebra is not null)
            await _zebra.DisposeAsync();
        foreach (string directory in Directories.Where(Directory.Exists))
            Directory.Delete(directory, recursive: true);
    }

    private async Task<LabProcess> LaunchAsync(string daemon, CancellationToken cancellation)
    {
        string socket = Path.Combine(Directories[1], $"{daemon}.vty");
        File.Delete(socket);
        File.Delete(Path.Combine(Directories[1], $"{daemon}.pid"));
        LabProcess process = await network.StartProcessAsync(
            host.Namespace,
            string.Create(CultureInfo.InvariantCulture, $"frr-{daemon}-{host.Name}{scene}-{_starts}"),
            $"/usr/lib/frr/{daemon}",
            "-N", host.Namespace.Name, "-f", ConfigurationFile(daemon), "-u", "frr", "-g", "frr");
        await VrrpScene.UntilAsync($"{daemon} of FRR listens", () => Task.FromResult(File.Exists(socket) ? null : process.Output.Tail(10)));
        return process;
    }

    private string ConfigurationFile(string daemon) => Path.Combine(Directories[0], $"{daemon}.conf");
}
