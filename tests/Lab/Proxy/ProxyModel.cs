// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Lab.Proxy;

/// <summary>An address and port of a Service, and where its connections go.</summary>
/// <param name="Service">Namespace/name and port, for comments.</param>
/// <param name="Address">The Service's address.</param>
/// <param name="Protocol">`tcp` or `udp`.</param>
/// <param name="Port">The Service's port.</param>
/// <param name="Masquerade">Whether connections that leave for another node take this node's address.</param>
/// <param name="LocalOnly">externalTrafficPolicy Local: without an endpoint here, connections are dropped, not refused.</param>
/// <param name="Endpoints">Where connections go, in a fixed order.</param>
public sealed record ProxyEntry(
    string Service, IPAddress Address, string Protocol, int Port, bool Masquerade, bool LocalOnly, IReadOnlyList<IPEndPoint> Endpoints);

/// <summary>What one node's proxy has to do, from the objects of the API.</summary>
public static class ProxyModel
{
    /// <summary>Everything to forward on a node, in a fixed order.</summary>
    public static IReadOnlyList<ProxyEntry> Build(string node, IEnumerable<Service> services, IEnumerable<EndpointSlice> slices)
    {
        var byService = slices.Where(s => s.ServiceName is not null)
            .ToLookup(s => (s.Metadata.Namespace ?? "", s.ServiceName!));
        var entries = new List<ProxyEntry>();
        foreach (var service in services)
        {
            var own = byService[(service.Metadata.Namespace ?? "", service.Metadata.Name ?? "")].ToArray();
            foreach (var port in service.Spec.Ports)
            {
                // SCTP has no use in the lab.
                if (port.Protocol is not ("TCP" or "UDP"))
                    continue;
                AddPort(entries, node, service, port, own);
            }
        }

        return [.. entries.OrderBy(e => e.Service, StringComparer.Ordinal).ThenBy(e => e.Address.ToString(), StringComparer.Ordinal)];
    }

    private static void AddPort(List<ProxyEntry> entries, string node, Service service, ServicePort port, EndpointSlice[] slices)
    {
        var local = service.Spec.ExternalTrafficPolicy == "Local";
        var name = $"{service.Metadata.Namespace}/{service.Metadata.Name}:{port.Port}/{port.Protocol}";
        foreach (var text in ClusterAddresses(service))
        {
            if (IPAddress.TryParse(text, out var address))
                entries.Add(Entry(name, address, port, masquerade: true, localOnly: false, Endpoints(slices, port, address, null)));
        }

        if (service.Spec.Type != "LoadBalancer")
            return;
        foreach (var ingress in service.Status.LoadBalancer.Ingress)
        {
            // ipMode Proxy: the address belongs to a balancer that must not be bypassed (KEP-1860).
            if (ingress.IpMode == "Proxy" || !IPAddress.TryParse(ingress.Ip, out var address))
                continue;
            var endpoints = Endpoints(slices, port, address, local ? node : null);
            entries.Add(Entry(name, address, port, masquerade: !local, localOnly: local, endpoints));
        }
    }

    private static ProxyEntry Entry(
        string name, IPAddress address, ServicePort port, bool masquerade, bool localOnly, IReadOnlyList<IPEndPoint> endpoints) =>
        new(name, address, port.Protocol == "UDP" ? "udp" : "tcp", port.Port, masquerade, localOnly, endpoints);

    private static IEnumerable<string> ClusterAddresses(Service service) =>
        service.Spec.ClusterIPs.Count > 0 ? service.Spec.ClusterIPs
        : service.Spec.ClusterIP is { } one ? [one] : [];

    /// <summary>
    /// Ready endpoints of the address's family; when there is none, those that end but still serve, as kube-proxy does it
    /// (KEP-1669): a connection during a drain is answered rather than lost.
    /// </summary>
    private static IPEndPoint[] Endpoints(EndpointSlice[] slices, ServicePort port, IPAddress address, string? node)
    {
        var ready = new SortedSet<(string Address, int Port)>();
        var ending = new SortedSet<(string Address, int Port)>();
        var family = address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
        foreach (var slice in slices.Where(s => s.AddressType == family))
        {
            // An unnamed port of a Service goes with an unnamed port of a slice.
            var target = slice.Ports.FirstOrDefault(p => (p.Name ?? "") == (port.Name ?? "") && (p.Protocol ?? "TCP") == port.Protocol);
            if (target?.Port is not { } number)
                continue;
            foreach (var endpoint in slice.Endpoints.Where(e => node is null || e.NodeName == node))
            {
                var to = endpoint.Conditions.IsReady ? ready
                    : endpoint.Conditions is { IsServing: true, IsTerminating: true } ? ending : null;
                foreach (var text in endpoint.Addresses)
                    to?.Add((text, number));
            }
        }

        return [.. (ready.Count > 0 ? ready : ending).Select(e => new IPEndPoint(IPAddress.Parse(e.Address), e.Port))];
    }
}
