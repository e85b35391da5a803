// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Nftables;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Nftables;

/// <summary>
/// A client, a balancer with VIPs, and a host with four servers of each kind; the client has more addresses behind its own.
/// Every server answers an octet with its own address and the one it sees.
/// </summary>
internal sealed class ForwardLab : IDisposable
{
    public const int Servers = 4;
    public const ushort Port = 8080;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly NamedServers _servers = new();

    public ForwardLab()
    {
        try
        {
            Build();
            (Session, Connections) = Balancer.Within(static () => (NftSession.TryOpen(out NftSession? session, out string reason) ? session : throw new InvalidOperationException(reason), new ConnectionTable()));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void Build()
    {
        TestNamespace.Run("ip", "link", "add", "c0", "netns", Client.Name, "type", "veth", "peer", "c0", "netns", Balancer.Name);
        TestNamespace.Run("ip", "link", "add", "s0", "netns", Server.Name, "type", "veth", "peer", "s0", "netns", Balancer.Name);
        foreach ((TestNamespace place, string link, string id) in new[] { (Client, "c0", "1"), (Balancer, "c0", "2"), (Balancer, "s0", "17"), (Server, "s0", "18") })
        {
            place.Ip($"link set {link} up");
            place.Ip($"address add 192.0.2.{id}/28 dev {link}");
            place.Ip($"address add 2001:db8:{(link == "c0" ? 1 : 2)}::{id}/64 dev {link} nodad");
        }

        Client.Ip("address add 198.51.100.0/24 dev lo");
        Client.Ip("route add default via 192.0.2.2");
        Client.Ip("-6 route add default via 2001:db8:1::2");
        Balancer.Ip("route add 198.51.100.0/24 via 192.0.2.1");
        Balancer.Ip("address add 203.0.113.1/32 dev lo");
        Balancer.Ip("address add 2001:db8:3::1/128 dev lo nodad");
        Server.Ip("route add default via 192.0.2.17");
        Server.Ip("-6 route add default via 2001:db8:2::17");
        Balancer.Within(static () =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
            return 0;
        });
        for (int i = 1; i < Servers; i++)
        {
            Server.Ip($"address add 192.0.2.{18 + i}/28 dev s0");
            Server.Ip($"address add 2001:db8:2::{18 + i}/64 dev s0 nodad");
        }

        foreach (ForwardEndpoint endpoint in Endpoints(IpFamily.IPv4).Concat(Endpoints(IpFamily.IPv6)))
        {
            _servers.Serve(Server, new(endpoint.Address.ToIPAddress(), Port), endpoint.Address.ToString());
        }
    }

    public TestNamespace Client { get; } = new();

    public TestNamespace Balancer { get; } = new();

    public TestNamespace Server { get; } = new();

    public NftSession Session { get; }

    public ConnectionTable Connections { get; }

    public static IpAddr Vip(IpFamily family) => IpAddr.Parse(family == IpFamily.IPv4 ? "203.0.113.1" : "2001:db8:3::1");

    public static ForwardEndpoint[] Endpoints(IpFamily family) =>
        [.. Enumerable.Range(18, Servers).Select(i => new ForwardEndpoint(IpAddr.Parse(family == IpFamily.IPv4 ? $"192.0.2.{i}" : $"2001:db8:2::{i}"), Port))];

    public static ForwardService Service(IpFamily family, int endpoints = Servers, TransportProtocol protocol = TransportProtocol.Tcp) =>
        new(new(Vip(family), protocol, 80)) { Endpoints = [.. Endpoints(family)[..endpoints]] };

    public void Run(string text)
    {
        NftResult result = Session.Run(text);
        Assert.True(result.IsDone, result.Error + "\n" + text);
    }

    public IReadOnlyDictionary<string, CounterValue> Counters(ForwardTable table)
    {
        List<string> lists = [];
        foreach (string text in table.ListCounters())
        {
            NftResult result = Session.Run(text, json: true);
            Assert.True(result.IsDone, result.Error);
            lists.Add(result.Output);
        }

        Assert.True(CounterReader.TryRead(lists, out var counters), string.Join('\n', lists));
        return counters;
    }

    /// <summary>Opens a connection, which stays open.</summary>
    public Socket Connect(IpFamily family, string? source = null, ProtocolType protocol = ProtocolType.Tcp, ushort port = 80)
    {
        AddressFamily domain = family == IpFamily.IPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        Socket socket = Client.Within(() => new Socket(domain, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol));
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        if (source is not null)
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
        }

        socket.Connect(new IPEndPoint(Vip(family).ToIPAddress(), port));
        return socket;
    }

    public (string Server, string Sees) AskOnce(IpFamily family, string? source = null, ProtocolType protocol = ProtocolType.Tcp)
    {
        using Socket socket = Connect(family, source, protocol);
        return NamedServers.Ask(socket);
    }

    public void Dispose()
    {
        _servers.Dispose();
        Session?.Dispose();
        Connections?.Dispose();
        Client.Dispose();
        Balancer.Dispose();
        Server.Dispose();
    }
}
