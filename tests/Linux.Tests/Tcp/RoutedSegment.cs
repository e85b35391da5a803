// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tests.Tcp;

/// <summary>A host, a router, a host: A 192.0.2.1 and B 198.51.100.2 are one router apart, 2001:db8:a::1 and 2001:db8:b::2 too.</summary>
internal sealed class RoutedSegment : IDisposable
{
    public RoutedSegment()
    {
        A = new();
        Router = new();
        B = new();
        Join(A, "192.0.2.1/24", "2001:db8:a::1/64", "west", "192.0.2.254/24", "2001:db8:a::fe/64");
        Join(B, "198.51.100.2/24", "2001:db8:b::2/64", "east", "198.51.100.254/24", "2001:db8:b::fe/64");
        _ = Router.Within(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
            return 0;
        });
        A.Ip("route add default via 192.0.2.254");
        A.Ip("-6 route add default via 2001:db8:a::fe");
        B.Ip("route add default via 198.51.100.254");
        B.Ip("-6 route add default via 2001:db8:b::fe");
    }

    public TestNamespace A { get; }

    public TestNamespace Router { get; }

    public TestNamespace B { get; }

    private void Join(TestNamespace host, string v4, string v6, string port, string gateway4, string gateway6)
    {
        TestNamespace.Run("ip", "link", "add", "eth0", "netns", host.Name, "type", "veth", "peer", port, "netns", Router.Name);
        host.Ip("link set eth0 up");
        host.Ip($"address add {v4} dev eth0");
        host.Ip($"address add {v6} dev eth0 nodad");
        Router.Ip($"link set {port} up");
        Router.Ip($"address add {gateway4} dev {port}");
        Router.Ip($"address add {gateway6} dev {port} nodad");
    }

    public void Dispose()
    {
        A.Dispose();
        Router.Dispose();
        B.Dispose();
    }
}
