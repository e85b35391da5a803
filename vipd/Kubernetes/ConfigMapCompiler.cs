// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.VipConfig.ConfigMap;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// Makes of kube-keepalived-vip's ConfigMap what that made of it, so that nodes of both kinds can be in one cluster: one instance
/// named vips that holds all addresses and never preempts, and a virtual server for each port of each Service.
/// </summary>
internal sealed class ConfigMapCompiler(ClusterView view, ServiceServers servers)
{
    /// <summary>Name of the instance, as in the keepalived.conf that was written there.</summary>
    public const string InstanceName = "vips";

    // 100 and the place among the sorted addresses of the nodes; a node that is not among them is below all others.
    private const int BasePriority = 100;
    private const int MostPriority = 254;

    // What its template for IPVS says.
    private static readonly TimeSpan Persistence = TimeSpan.FromSeconds(1800);

    /// <summary>The configuration, and a verdict on each entry.</summary>
    public (VipConfiguration Made, IReadOnlyList<EntryVerdict> Verdicts) Compile()
    {
        if (view.ConfigMap is not { } data)
            return (new(), []);
        ServiceVips read = ServiceVipReader.Read(data);
        List<EntryVerdict> verdicts = [.. read.Verdicts];
        ServiceVip[] held = [.. read.Accepted.Where(vip => vip.Address.IsIPv4 && (view.Options.WatchNamespace.Length == 0 || vip.AddressOnly || vip.Namespace == view.Options.WatchNamespace))];
        foreach (ServiceVip vip in read.Accepted.Except(held))
            Say(vip.Address, accepted: false, vip.Address.IsIPv4
                ? $"{vip.Address} names a Service of namespace {vip.Namespace}, and --watch-namespace is {view.Options.WatchNamespace}: make it a Service of that one, or remove the flag"
                : $"{vip.Address} is an IPv6 address, which this ConfigMap does not know: make a VirtualIP of it");
        List<VirtualServer> made = [];
        foreach (ServiceVip vip in held.Where(static vip => !vip.AddressOnly))
        {
            if (vip.ProxyHeader || vip.Method == ServiceMethod.Proxy || view.Options.ProxyMode)
            {
                Say(vip.Address, accepted: false, $"{vip.Address} is held, and nothing is forwarded: its servers would be sent no PROXY protocol header, which they wait for; use NAT (with {vip.Namespace}/{vip.Service} told not to expect the header), and no --proxy-protocol-mode");
                continue;
            }

            ForwardingMethod method = vip.Method == ServiceMethod.DirectRouting ? ForwardingMethod.DirectRouting : ForwardingMethod.Masquerade;
            made.AddRange(servers.Of(
                $"{InstanceName}/{vip.Address}", new ObjectKey(vip.Namespace, vip.Service), [vip.Address], new(method, LoadBalancer.VipConfig.Scheduler.RoundRobin, Persistence, IsChecked: true), out string? problem));
            if (problem is not null)
                Say(vip.Address, accepted: true, $"{vip.Address}: {problem}");
        }

        return (new() { Instances = Instance(held) is { } instance ? [instance] : [], VirtualServers = [.. made] }, verdicts);

        void Say(IpAddr address, bool accepted, string message)
        {
            int index = verdicts.FindIndex(verdict => IpAddr.TryParse(verdict.Key.Trim(), out IpAddr key) && key == address && verdict.Accepted);
            if (index >= 0)
                verdicts[index] = verdicts[index] with { Accepted = accepted, Message = message };
        }
    }

    private VipInstance? Instance(IReadOnlyCollection<ServiceVip> held)
    {
        if (held.Count == 0)
            return null;
        KubernetesOptions options = view.Options;
        Node[] taking = [.. view.Nodes.Where(node => view.PodNodeSelector.All(wanted => node.Metadata.Labels.GetValueOrDefault(wanted.Key) == wanted.Value))];
        IpAddr? own = taking.FirstOrDefault(node => node.Metadata.Name == options.NodeName) is { } self ? AddressOf(self) : null;
        IpAddr[] addresses = [.. taking.Select(AddressOf).OfType<IpAddr>().Distinct().Order(Comparer<IpAddr>.Create(static (a, b) => string.CompareOrdinal(a.ToString(), b.ToString())))];
        int place = own is { } mine ? Array.IndexOf(addresses, mine) : -1;
        string device = options.Interface.Length > 0 ? options.Interface
            : own is { } address ? view.Links.FirstOrDefault(link => link.Addresses.Any(held => held.Address == address))?.Name ?? ""
            : "";
        if (device.Length == 0 && LocalLink.Of(view.Links, held.First().Address) is { } link)
            device = link.Name;
        return new()
        {
            Name = InstanceName,
            Interface = device,
            Version = options.VrrpVersion == 2 ? VrrpVersion.V2 : VrrpVersion.V3,
            RouterId = options.RouterId,
            Priority = Math.Clamp(BasePriority + place, 1, MostPriority),
            Preempt = false,
            Addresses = [.. held.Select(static vip => new VirtualAddress { Address = InterfaceAddress.Host(vip.Address) })],
            SourceAddress = options.UseUnicast ? own : null,
            Unicast = options.UseUnicast
                ? new() { Peers = [.. addresses.Where(a => a != own).Select(static a => new UnicastPeer { Address = a })] }
                : null,
        };
    }

    private static IpAddr? AddressOf(Node node) => NodeAddresses.Of(node, IpFamily.IPv4, preferExternal: true);
}
