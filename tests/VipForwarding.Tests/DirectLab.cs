// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Linux.Tests;
using LoadBalancer.Linux.Tests.Nftables;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Forwarding;
using LoadBalancer.Vipd.Health;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.VipForwarding.Tests;

/// <summary>
/// A client, a node that holds the VIP and passes nothing on by itself, and servers that hold the VIP on their loopback and do not
/// answer for it, all on one segment. Servers answer an octet with their name and whom they see.
/// </summary>
internal sealed class DirectLab : IAsyncDisposable
{
    public const int Servers = 3;
    public const int HealthPort = 9000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly NamedServers _named = new();
    private readonly Socket?[] _health = new Socket?[Servers];
    private readonly TestNamespace _switch = new();
    private readonly TestNamespace[] _servers = [.. Enumerable.Range(0, Servers).Select(static _ => new TestNamespace())];

    public DirectLab()
    {
        try
        {
            Build();
            NodeKernel kernel = NodeKernel.Open(Node);
            Plane = new(
                (out string reason) =>
                {
                    reason = "";
                    return kernel;
                },
                new HealthTools { Scripts = new NoScripts(), OpenSocket = (family, type, protocol) => Node.Within(() => new Socket(family, type, protocol)) },
                NullLogger.Instance);
        }
        catch
        {
            TakeDown();
            throw;
        }
    }

    private void Build()
    {
        _switch.Ip("link add name lan type bridge");
        _switch.Ip("link set lan up");
        Join(Client, 1);
        Join(Node, 2);
        Node.Ip($"address add {Vip(IpFamily.IPv4)}/32 dev eth0");
        // As vipd holds it: else it would be the source of the node's own checks, and servers would answer themselves.
        Node.Ip($"address add {Vip(IpFamily.IPv6)}/128 dev eth0 nodad preferred_lft 0");

        for (int i = 0; i < Servers; i++)
        {
            TestNamespace server = _servers[i];
            Join(server, 11 + i);
            server.Within(static () =>
            {
                File.WriteAllText("/proc/sys/net/ipv4/conf/all/arp_ignore", "1");
                File.WriteAllText("/proc/sys/net/ipv4/conf/all/arp_announce", "2");
                return 0;
            });
            foreach (IpFamily family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
            {
                // The kernel takes up an address of IPv6 later than it says so, the loopback's too, unless it skips duplicate detection.
                server.Ip($"address add {Vip(family)}/{(family == IpFamily.IPv4 ? "32 dev lo" : "128 dev lo nodad")}");
                Serve(server, family, $"server-{i}");
            }

            Heal(i);
        }
    }

    public TestNamespace Client { get; } = new();

    public TestNamespace Node { get; } = new();

    public ForwardingPlane Plane { get; }

    public static IpAddr Vip(IpFamily family) => IpAddr.Parse(family == IpFamily.IPv4 ? "192.0.2.100" : "2001:db8::100");

    public static IpAddr Address(IpFamily family, int id) => IpAddr.Parse(family == IpFamily.IPv4 ? $"192.0.2.{id}" : $"2001:db8::{id}");

    public static VirtualServer Web(IpFamily family, int servers = Servers, LoadBalancer.VipConfig.TransportProtocol protocol = LoadBalancer.VipConfig.TransportProtocol.Tcp) => new()
    {
        Name = "web",
        Endpoints = [new(Vip(family), Vip(family), 80)],
        Protocol = protocol,
        Method = ForwardingMethod.DirectRouting,
        Servers = [.. Enumerable.Range(0, servers).Select(i => new RealServer { Address = Address(family, 11 + i), Port = 80, Checks = [PlaneLab.Check] })],
    };

    /// <summary>Applies it, and waits until it is in force and every check has been asked.</summary>
    public async Task Apply(VirtualServer server)
    {
        Plane.Apply(new() { VirtualServers = [server] });
        await Until(status => status is { IsActive: true, Problems: [], VirtualServers: [var web] }
            && web.Servers.Count == server.Servers.Count && web.Servers.Select(static s => s.Weight).SequenceEqual(server.Servers.Select(static s => s.Weight))
            && web.Servers.All(static s => s.Checks.All(static c => c.Asked > 0)));
    }

    public async Task Until(Func<ForwardingStatus, bool> condition)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition(Plane.Status))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"never came about; {string.Join("; ", Plane.Status.Problems)} {string.Join(", ", Plane.Status.VirtualServers)}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A server's check fails from now on; its connections would go on.</summary>
    public void Fail(int server) => _health[server]?.Dispose();

    public void Heal(int server)
    {
        Socket listener = _servers[server].Within(static () => new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true });
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, HealthPort));
        listener.Listen(512);
        _health[server] = listener;
        NamedServers.InBackground(() =>
        {
            while (true)
            {
                listener.Accept().Dispose();
            }
        });
    }

    /// <summary>Opens a connection, which stays open.</summary>
    public Socket Connect(IpFamily family, ProtocolType protocol = ProtocolType.Tcp)
    {
        Socket socket = Client.Within(() => new Socket(
            family == IpFamily.IPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol));
        socket.ReceiveTimeout = 10_000;
        socket.Connect(new IPEndPoint(Vip(family).ToIPAddress(), 80));
        return socket;
    }

    /// <summary>Who answers, one connection after the other.</summary>
    public Dictionary<string, int> Shares(int connections, IpFamily family, ProtocolType protocol = ProtocolType.Tcp) => Enumerable.Range(0, connections)
        .Select(_ =>
        {
            using Socket socket = Connect(family, protocol);
            return NamedServers.Ask(socket).Server;
        })
        .CountBy(static server => server)
        .ToDictionary();

    /// <summary>Somebody answers at the VIP's port in this namespace.</summary>
    public void Serve(TestNamespace place, IpFamily family, string name) => _named.Serve(place, new(Vip(family).ToIPAddress(), 80), name);

    private void Join(TestNamespace place, int id)
    {
        TestNamespace.Run("ip", "link", "add", "eth0", "netns", place.Name, "type", "veth", "peer", "p" + id, "netns", _switch.Name);
        _switch.Ip($"link set p{id} master lan up");
        place.Ip("link set eth0 up");
        place.Ip($"address add {Address(IpFamily.IPv4, id)}/24 dev eth0");
        place.Ip($"address add {Address(IpFamily.IPv6, id)}/64 dev eth0 nodad");
    }

    public async ValueTask DisposeAsync()
    {
        await Plane.DisposeAsync();
        TakeDown();
    }

    private void TakeDown()
    {
        _named.Dispose();
        Array.ForEach(_health, static socket => socket?.Dispose());
        Client.Dispose();
        Node.Dispose();
        Array.ForEach(_servers, static server => server.Dispose());
        _switch.Dispose();
    }
}
