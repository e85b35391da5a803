// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Kubernetes;
using Secret = LoadBalancer.Kubernetes.Model.Secret;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

/// <summary>Objects of a small cluster: three nodes on 192.0.2.0/24, and a Service with two endpoints.</summary>
internal static class ClusterSample
{
    public static readonly ObjectKey Web = new("shop", "web");

    public static ClusterView View(params ReadOnlySpan<VirtualIP> virtualIps) => new()
    {
        Options = new() { NodeName = "node-a", FollowsVirtualIPs = true },
        VirtualIPs = virtualIps.ToArray(),
        Nodes = [Node("node-a", "192.0.2.1"), Node("node-b", "192.0.2.2"), Node("node-c", "192.0.2.3")],
        Services = new Dictionary<ObjectKey, Service> { [Web] = Service() },
        SlicesOf = static service => service == Web ? [Slice()] : [],
        Links = [Link("eth0", "192.0.2.1/24", "2001:db8::1/64"), Link("eth1", "198.51.100.1/24")],
    };

    public static VirtualIP VirtualIp(string name, params IReadOnlyList<string> addresses) => new()
    {
        Metadata = new ObjectMeta { Name = name, ResourceVersion = "7", Generation = 3, CreationTimestamp = DateTimeOffset.UnixEpoch },
        Spec = new VirtualIPSpec { Addresses = addresses, VirtualRouterId = 51 },
    };

    public static Node Node(string name, string address, string? zone = null) => new()
    {
        Metadata = new ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["zone"] = zone ?? "one" } },
        Status = new NodeStatus { Addresses = [new NodeAddress { Type = "InternalIP", Address = address }] },
    };

    public static Service Service() => new()
    {
        Metadata = new ObjectMeta { Namespace = "shop", Name = "web" },
        Spec = new ServiceSpec
        {
            Ports = [new ServicePort { Name = "http", Port = 80 }, new ServicePort { Name = "dns", Port = 53, Protocol = "UDP" }],
        },
    };

    public static EndpointSlice Slice() => new()
    {
        Metadata = new ObjectMeta { Namespace = "shop", Name = "web-1", Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = "web" } },
        AddressType = "IPv4",
        Ports = [new EndpointPort { Name = "http", Port = 8080, Protocol = "TCP" }, new EndpointPort { Name = "dns", Port = 5353, Protocol = "UDP" }],
        Endpoints =
        [
            new Endpoint { Addresses = ["203.0.113.12"], Conditions = new(true, true, false) },
            new Endpoint { Addresses = ["203.0.113.11"], Conditions = new(null, null, null) },
            new Endpoint { Addresses = ["203.0.113.13"], Conditions = new(false, true, true) },
        ],
    };

    public static Secret Secret(string password) => new() { Data = new Dictionary<string, byte[]> { ["password"] = System.Text.Encoding.UTF8.GetBytes(password) } };

    public static LocalLink Link(string name, params ReadOnlySpan<string> addresses)
    {
        List<InterfaceAddress> held = [];
        foreach (string text in addresses)
            held.Add(InterfaceAddress.TryParse(text, out InterfaceAddress address) ? address : throw new FormatException(text));
        return new(name, [.. held]);
    }
}
