// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using LoadBalancer.Linux.Tests.Nftables;
using LoadBalancer.Nftables;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Forwarding;
using LoadBalancer.Vipd.Health;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol = LoadBalancer.VipConfig.TransportProtocol;

namespace LoadBalancer.VipForwarding.Tests;

/// <summary>The forwarding of vipd on a node between a client and servers, each of which says by a port of its own that it works.</summary>
internal sealed class PlaneLab : IAsyncDisposable
{
    public const int HealthPort = 9000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Dictionary<IpAddr, TcpListener> _health = [];
    private readonly Func<int> _transactions;

    public PlaneLab()
    {
        Network = new();
        Network.Session.Run("flush ruleset\n");
        foreach (IpFamily family in (IpFamily[])[IpFamily.IPv4, IpFamily.IPv6])
        {
            foreach (ForwardEndpoint endpoint in ForwardLab.Endpoints(family))
            {
                Heal(endpoint.Address);
            }
        }

        NodeKernel kernel = NodeKernel.Open(Network.Balancer);
        _transactions = () => kernel.Transactions;
        Plane = New(kernel);
    }

    public ForwardLab Network { get; }

    public ForwardingPlane Plane { get; }

    /// <summary>Transactions of the plane.</summary>
    public int Transactions => _transactions();

    public HealthTools Tools => new() { Scripts = new NoScripts(), OpenSocket = (family, type, protocol) => Network.Balancer.Within(() => new Socket(family, type, protocol)) };

    private ForwardingPlane New(NodeKernel kernel) => new(
        (out string reason) =>
        {
            reason = "";
            return kernel;
        },
        Tools,
        NullLogger.Instance);

    public static HealthCheck Check { get; } = new()
    {
        Kind = CheckKind.Tcp,
        ConnectPort = HealthPort,
        Interval = TimeSpan.FromMilliseconds(50),
        Warmup = TimeSpan.Zero,
        Timeout = TimeSpan.FromSeconds(10),
        Fall = 2,
    };

    public static RealServer Real(IpFamily family, int index) => new() { Address = ForwardLab.Endpoints(family)[index].Address, Port = ForwardLab.Port, Checks = [Check] };

    public static VirtualServer Web(IpFamily family, int servers = 2, Protocol protocol = Protocol.Tcp) => new()
    {
        Name = "web",
        Endpoints = [new(ForwardLab.Vip(family), ForwardLab.Vip(family), 80)],
        Protocol = protocol,
        Method = ForwardingMethod.Masquerade,
        Servers = [.. Enumerable.Range(0, servers).Select(i => Real(family, i))],
    };

    /// <summary>Applies it, and waits until it is in force and every check has been asked.</summary>
    public async Task Apply(VirtualServer server)
    {
        Plane.Apply(new() { VirtualServers = [server] });
        await Until(status => status is { IsActive: true, Problems: [], VirtualServers: [var web] }
            && web.Servers.Count == server.Servers.Count && web.Servers.All(static s => s.Checks.All(static c => c.Asked > 0)));
    }

    public async Task Until(Func<ForwardingStatus, bool> condition)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition(Plane.Status))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"never came about; {string.Join("; ", Plane.Status.Problems)} {string.Join(", ", Plane.Status.VirtualServers.SelectMany(static v => v.Servers))}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public Task UntilUp(int index, bool isUp) => Until(status => status.VirtualServers[0].Servers[index].IsUp == isUp);

    /// <summary>A server says from now on that it does not work; its connections go on.</summary>
    public void Fail(IpAddr server)
    {
        _health.Remove(server, out TcpListener? listener);
        listener?.Dispose();
    }

    /// <summary>A server says from now on that it works.</summary>
    public void Heal(IpAddr server)
    {
        TcpListener listener = Network.Server.Within(() => new TcpListener(server.ToIPAddress(), HealthPort));
        listener.Start(512);
        _health.Add(server, listener);
        new Thread(() =>
        {
            try
            {
                while (true)
                {
                    listener.AcceptSocket().Dispose();
                }
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // It works no longer.
            }
        })
        {
            IsBackground = true,
        }.Start();
    }

    public string Ruleset() => Network.Session.Run("list ruleset").Output;

    /// <summary>Who answers, one connection after the other; the clients of IPv4 have addresses of their own.</summary>
    public Dictionary<string, int> Shares(int connections, IpFamily family = IpFamily.IPv4, ProtocolType protocol = ProtocolType.Tcp) => Enumerable.Range(0, connections)
        .Select(i => Network.AskOnce(family, family == IpFamily.IPv4 ? $"198.51.100.{i % 250}" : null, protocol).Server)
        .CountBy(static s => s)
        .ToDictionary();

    public async ValueTask DisposeAsync()
    {
        await Plane.DisposeAsync();
        foreach (TcpListener listener in _health.Values)
        {
            listener.Dispose();
        }

        Network.Dispose();
    }
}
