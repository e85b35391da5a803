// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using LoadBalancer.Lab.Native;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.State;

namespace LoadBalancer.Lab.Network;

/// <summary>
/// A network of namespaces: a switch with two bridges, nodes, client, router and control plane. It lives until it is
/// disposed, until this process is told to end, or, after a kill, until the next lab starts on the machine.
/// </summary>
public sealed partial class LabNetwork : IAsyncDisposable
{
    private const int FirstNodeNumber = 11;
    private const int MaxNodes = 80;

    private readonly ConcurrentBag<LabProcess> _processes = [];
    private readonly LabTopology _topology;
    private int _disposed;

    private LabNetwork(LabTopology topology, LabState state)
    {
        _topology = topology;
        State = state;
        Switch = new LabNamespace(state.NamespacePrefix + "switch");
        Router = new LabHost(state.Id, "router", 1, managed: false);
        Client = new LabHost(state.Id, "client", 2, managed: false);
        Control = new LabHost(state.Id, "control", 3, managed: true);
        Nodes = [.. Enumerable.Range(1, topology.Nodes)
            .Select(n => new LabHost(state.Id, LabTopology.NodeName(n), FirstNodeNumber - 1 + n, managed: true))];
        Remote = topology.RemoteClient ? new LabNamespace(state.NamespacePrefix + "remote") : null;
    }

    public LabState State { get; }

    public string Id => State.Id;

    public LabNamespace Switch { get; }

    public LabHost Router { get; }

    public LabHost Client { get; }

    public LabHost Control { get; }

    public IReadOnlyList<LabHost> Nodes { get; }

    /// <summary>The client behind the router, where the topology has one.</summary>
    public LabNamespace? Remote { get; }

    /// <summary>Everything with an interface on the service segment.</summary>
    public IEnumerable<LabHost> Hosts => [Router, Client, Control, .. Nodes];

    /// <summary>Directory of the logs of what runs in the lab.</summary>
    public string Logs => Path.Combine(State.Directory, "logs");

    /// <summary>Builds a lab, after removing what killed labs left on the machine.</summary>
    public static async Task<LabNetwork> StartAsync(LabTopology topology, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(Libc.EffectiveUser(), 0u, "user id (the lab makes namespaces and needs root)");
        ArgumentOutOfRangeException.ThrowIfLessThan(topology.Nodes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(topology.Nodes, MaxNodes);
        await Sweep.RunAsync(cancellation);
        var network = new LabNetwork(topology, LabState.Create());
        OwnedLabs.Add(network.State);
        try
        {
            await network.BuildAsync(cancellation);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public LabHost Node(string name) => Nodes.FirstOrDefault(n => n.Name == name)
        ?? throw new ArgumentException($"The lab has no node {name}: it has {string.Join(", ", Nodes)}.", nameof(name));

    /// <summary>Starts a program in a namespace of the lab; it ends with the lab at the latest.</summary>
    public Task<LabProcess> StartProcessAsync(LabNamespace place, string name, string file, params IReadOnlyList<string> arguments) =>
        StartProcessAsync(place, new LabProcessOptions { Name = name, File = file, Arguments = arguments });

    /// <summary>Starts a program in a namespace of the lab; it ends with the lab at the latest.</summary>
    public async Task<LabProcess> StartProcessAsync(LabNamespace place, LabProcessOptions options)
    {
        var process = await LabProcess.StartAsync(State, place, options);
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs a short command in a namespace and returns what it printed.</summary>
    public static Task<string> RunAsync(
        LabNamespace place, string file, IReadOnlyList<string> arguments, string? input = null, CancellationToken cancellation = default) =>
        Command.RunAsync("ip", ["netns", "exec", place.Name, file, .. arguments], input, cancellation);

    /// <summary>Leaves the lab standing when this process ends; it goes with `lab down`.</summary>
    public void Keep()
    {
        State.Keep();
        OwnedLabs.Remove(State);
        Volatile.Write(ref _disposed, 1);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        foreach (var process in _processes)
            await process.DisposeAsync();
        await Sweep.RemoveAsync(State, CancellationToken.None);
        OwnedLabs.Remove(State);
        _changing.Dispose();
    }

    private async Task BuildAsync(CancellationToken cancellation)
    {
        var make = new StringBuilder();
        foreach (var name in Hosts.Select(h => h.Namespace).Append(Switch).Concat(Remote is null ? [] : [Remote]))
            make.Append(CultureInfo.InvariantCulture, $"netns add {name.Name}\n");
        await IpAsync(null, make, cancellation);

        var steps = new List<Task> { WireSwitchAsync(cancellation) };
        await steps[0];
        steps.AddRange(Hosts.Select(h => ConfigureAsync(h, cancellation)));
        if (Remote is not null)
            steps.Add(AddRemoteAsync(Remote, cancellation));
        await Task.WhenAll(steps);
    }

    private async Task WireSwitchAsync(CancellationToken cancellation)
    {
        var snooping = _topology.MulticastSnooping ? 1 : 0;
        var wire = new StringBuilder("link set lo up\n");
        foreach (var bridge in new[] { "br-service", "br-mgmt" })
            wire.Append(CultureInfo.InvariantCulture, $"link add {bridge} type bridge mcast_snooping {snooping} forward_delay 0 stp_state 0\n");
        foreach (var host in Hosts)
        {
            AddPort(wire, host, Segment.Service, "eth0", "br-service");
            if (host.Managed)
                AddPort(wire, host, Segment.Management, "mgmt0", "br-mgmt");
        }

        wire.Append("link set br-service up\nlink set br-mgmt up\n");
        // Frames are switched, not filtered as packets; a bridge without addresses must not speak itself.
        Switch.SetKernel(
            ("net/bridge/bridge-nf-call-iptables", "0"),
            ("net/bridge/bridge-nf-call-ip6tables", "0"),
            ("net/bridge/bridge-nf-call-arptables", "0"),
            ("net/ipv6/conf/default/disable_ipv6", "1"),
            ("net/ipv6/conf/all/disable_ipv6", "1"));
        await IpAsync(Switch, wire, cancellation);
    }

    private static void AddPort(StringBuilder wire, LabHost host, Segment segment, string inside, string bridge)
    {
        var port = host.Port(segment);
        wire.Append(
            CultureInfo.InvariantCulture,
            $"link add {port} type veth peer name {inside} address {host.Mac(segment)} netns {host.Namespace.Name}\n");
        wire.Append(CultureInfo.InvariantCulture, $"link set {port} master {bridge} up\n");
    }

    private async Task ConfigureAsync(LabHost host, CancellationToken cancellation)
    {
        host.Namespace.SetKernel(KernelSettings.For(host, this));
        var batch = new StringBuilder("link set lo up\n");
        batch.Append("link set eth0 up\n");
        batch.Append(CultureInfo.InvariantCulture, $"address add {host.ServiceAddress}/24 dev eth0\n");
        batch.Append(CultureInfo.InvariantCulture, $"address add {host.ServiceAddress6}/64 dev eth0 nodad\n");
        if (host.Managed)
        {
            batch.Append("link set mgmt0 up\n");
            batch.Append(CultureInfo.InvariantCulture, $"address add {host.ManagementAddress}/24 dev mgmt0\n");
            batch.Append(CultureInfo.InvariantCulture, $"address add {host.ManagementAddress6}/64 dev mgmt0 nodad\n");
        }

        if (host != Router)
        {
            batch.Append(CultureInfo.InvariantCulture, $"route add default via {Router.ServiceAddress}\n");
            batch.Append(CultureInfo.InvariantCulture, $"route add ::/0 via {Router.ServiceAddress6}\n");
        }

        await IpAsync(host.Namespace, batch, cancellation);
    }

    private async Task AddRemoteAsync(LabNamespace remote, CancellationToken cancellation)
    {
        var router = new StringBuilder();
        router.Append(CultureInfo.InvariantCulture, $"link add eth1 type veth peer name eth0 netns {remote.Name}\n");
        router.Append("link set eth1 up\naddress add 198.51.100.1/24 dev eth1\naddress add 2001:db8:0:3::1/64 dev eth1 nodad\n");
        // The router's own namespace exists by now, but its forwarding is set beside this.
        await IpAsync(Router.Namespace, router, cancellation);
        var batch = new StringBuilder("link set lo up\nlink set eth0 up\naddress add 198.51.100.2/24 dev eth0\n");
        batch.Append("address add 2001:db8:0:3::2/64 dev eth0 nodad\n");
        batch.Append("route add default via 198.51.100.1\nroute add ::/0 via 2001:db8:0:3::1\n");
        await IpAsync(remote, batch, cancellation);
    }

    private static Task IpAsync(LabNamespace? place, StringBuilder batch, CancellationToken cancellation) =>
        Command.RunAsync("ip", place is null ? ["-batch", "-"] : ["-n", place.Name, "-batch", "-"], batch.ToString(), cancellation);
}
