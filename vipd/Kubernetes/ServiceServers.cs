// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using HealthCheck = LoadBalancer.VipConfig.HealthCheck;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>Virtual servers of a Service: each of its ports on each address, with the endpoints that are ready as servers.</summary>
internal sealed class ServiceServers(ClusterView view)
{
    /// <summary>How they forward.</summary>
    /// <param name="Method">How packets get to a server.</param>
    /// <param name="Scheduler">How a connection finds its server.</param>
    /// <param name="Persistence">How long a client stays with its server.</param>
    /// <param name="IsChecked">Whether servers are asked by TCP beside what Kubernetes knows of them.</param>
    public readonly record struct Terms(ForwardingMethod Method, LoadBalancer.VipConfig.Scheduler Scheduler, TimeSpan Persistence, bool IsChecked);

    private readonly List<ServiceFront> _fronts = [];

    /// <summary>Everything that was asked for so far.</summary>
    public IReadOnlyList<ServiceFront> Fronts => _fronts;

    /// <summary>Those of one Service; none, with a reason, when there is no such Service or nothing that could be forwarded to.</summary>
    /// <param name="prefix">Beginning of their names.</param>
    /// <param name="key">The Service.</param>
    /// <param name="addresses">The addresses they are on.</param>
    /// <param name="terms">How they forward.</param>
    /// <param name="problem">What is missing, with the remedy; null when nothing is.</param>
    public IReadOnlyList<VirtualServer> Of(string prefix, ObjectKey key, IReadOnlyList<IpAddr> addresses, Terms terms, out string? problem)
    {
        IReadOnlyList<VirtualServer> made = Make(prefix, key, addresses, terms, out problem);
        _fronts.Add(new(prefix, key, addresses, terms, [.. made.Select(static s => s.Name)], problem));
        return made;
    }

    private List<VirtualServer> Make(string prefix, ObjectKey key, IReadOnlyList<IpAddr> addresses, Terms terms, out string? problem)
    {
        problem = null;
        if (!view.Services.TryGetValue(key, out Service? service))
        {
            problem = $"there is no Service {key}: create it, or correct the name; the addresses are held meanwhile, and nothing is forwarded";
            return [];
        }

        List<VirtualServer> servers = [];
        foreach (ServicePort port in service.Spec.Ports)
        {
            if (ProtocolOf(port.Protocol) is not { } protocol)
                continue;
            foreach (IpFamily family in addresses.Select(static a => a.Family).Distinct())
            {
                ValueList<RealServer> real = Servers(key, port, family, protocol, terms);
                string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}/{port.Port}-{port.Protocol.ToLowerInvariant()}{(family == IpFamily.IPv6 ? "-ipv6" : "")}");
                servers.Add(new()
                {
                    Name = name,
                    Endpoints = [.. addresses.Where(a => a.Family == family).Select(a => new VirtualEndpoint(a, a, port.Port))],
                    Protocol = protocol,
                    Scheduler = terms.Scheduler,
                    Method = terms.Method,
                    Persistence = terms.Persistence,
                    Servers = real,
                });
            }
        }

        // As kube-keepalived-vip: what has nobody behind it is left out, and connections are refused at once.
        servers.RemoveAll(static server => server.Servers.Count == 0);
        if (servers.Count == 0)
            problem = $"Service {key} has no endpoint that is ready, so nothing is forwarded: look at its pods";
        return servers;
    }

    private ValueList<RealServer> Servers(ObjectKey key, ServicePort port, IpFamily family, TransportProtocol protocol, Terms terms)
    {
        SortedSet<(IpAddr Address, int Port)> found = [];
        foreach (EndpointSlice slice in view.SlicesOf(key))
            foreach (EndpointPort target in slice.Ports.Where(p => (p.Name ?? "") == (port.Name ?? "") && p.Port is not null && (p.Protocol ?? "TCP") == port.Protocol))
                foreach (string text in slice.Endpoints.Where(static e => e.Conditions.IsReady).SelectMany(static e => e.Addresses.Take(1)))
                    if (IpAddr.TryParse(text, out IpAddr address) && address.Family == family)
                        found.Add((address, target.Port!.Value));
        HealthCheck check = new() { Kind = CheckKind.Tcp, Interval = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(3), Fall = 2 };
        return [.. found.Select(f => new RealServer { Address = f.Address, Port = f.Port, Checks = terms.IsChecked && protocol == TransportProtocol.Tcp ? [check] : [] })];
    }

    private static TransportProtocol? ProtocolOf(string protocol) => protocol switch
    {
        "TCP" => TransportProtocol.Tcp,
        "UDP" => TransportProtocol.Udp,
        "SCTP" => TransportProtocol.Sctp,
        _ => null,
    };
}
