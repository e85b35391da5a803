// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Linux.Tests;
using LoadBalancer.Linux.Tests.Nftables;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.VipForwarding.Tests;

/// <summary>Accept mode with packets (RFC 9568 6.1): these need root.</summary>
public sealed class AcceptLabTests : IAsyncDisposable
{
    private const int Listening = 9100;
    private const string Near4 = "192.0.2.10";
    private const string Near6 = "2001:db8:1::10";

    private readonly PlaneLab _lab = new();
    private readonly AcceptFilter _filter;
    private readonly List<TcpListener> _listeners = [];

    public AcceptLabTests()
    {
        _filter = new(text => _lab.Network.Balancer.Within(() => AcceptFilter.RunOnce(text)), TimeProvider.System, NullLogger.Instance);
        _lab.Network.Balancer.Ip($"address add {Near4}/28 dev c0");
        _lab.Network.Balancer.Ip($"address add {Near6}/64 dev c0 nodad");
        foreach (IPAddress any in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            TcpListener listener = _lab.Network.Balancer.Within(() => new TcpListener(any, Listening));
            listener.Start(64);
            _listeners.Add(listener);
        }
    }

    [Theory]
    [InlineData(Near4, "192.0.2.2")]
    [InlineData(Near6, "2001:db8:1::2")]
    public async Task AddressThatIsNotAccepted_IsFoundOnTheSegment_AndTakesNoPacket(string vip, string own)
    {
        Assert.Equal((true, true), (Ping(vip), await Connects(vip)));

        _filter.Apply(Of(vip, accept: false));
        Assert.Empty(_filter.Problem);
        _lab.Network.Client.Ip("neigh flush all");
        Assert.Equal((false, false), (Ping(vip), await Connects(vip)));
        // Its MAC was asked for anew, and told.
        Assert.Contains(_lab.Network.Balancer.MacOf("c0"), _lab.Network.Client.Ip($"neigh show {vip}"), StringComparison.Ordinal);
        // And asked of it alone, at its address (RFC 4861 7.3.3; RFC 1122 2.3.2.1).
        _lab.Network.Client.Ip($"neigh change {vip} lladdr {_lab.Network.Balancer.MacOf("c0")} dev c0 nud probe");
        Assert.True(SpinWait.SpinUntil(() => _lab.Network.Client.Ip($"neigh show {vip}").Contains("REACHABLE", StringComparison.Ordinal), TimeSpan.FromSeconds(10)));
        Assert.Equal((true, true), (Ping(own), await Connects(own)));

        _filter.Apply(Of(vip, accept: true));
        Assert.Equal((true, true), (Ping(vip), await Connects(vip)));
        Assert.DoesNotContain("loadbalancer.accept", _lab.Ruleset(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task AddressThatIsNotAccepted_ForwardsAllTheSame(IpFamily family)
    {
        string vip = ForwardLab.Vip(family).ToString();
        VirtualServer web = PlaneLab.Web(family);
        // One server is the node itself, at the address.
        VirtualServer local = web with { Name = "local", Endpoints = [new(ForwardLab.Vip(family), ForwardLab.Vip(family), 81)], Servers = [new() { Address = ForwardLab.Vip(family), Port = Listening }] };
        _filter.Apply(Of(vip, accept: false) with { VirtualServers = [web, local] });
        Assert.Empty(_filter.Problem);
        _lab.Plane.Apply(new() { VirtualServers = [web, local] });
        await _lab.Until(static status => status is { IsActive: true, Problems: [], VirtualServers.Count: 2 });
        await _lab.UntilUp(0, isUp: true);

        Assert.NotEmpty(_lab.Shares(4, family));
        Assert.True(await Connects(vip, 81));
        Assert.Equal((false, false), (Ping(vip), await Connects(vip)));
    }

    [Fact]
    public async Task Owner_AcceptsAlways()
    {
        VipConfiguration configuration = Of(Near4, accept: false);
        _filter.Apply(configuration with { Instances = [configuration.Instances[0] with { Priority = 255 }] });
        Assert.Equal((true, true), (Ping(Near4), await Connects(Near4)));
    }

    private static VipConfiguration Of(string vip, bool accept) => new()
    {
        Instances = [new() { Name = "v", Interface = "c0", Accept = accept, Addresses = [new() { Address = InterfaceAddress.Host(IpAddr.Parse(vip)) }] }],
    };

    private bool Ping(string address)
    {
        try
        {
            _ = TestNamespace.Run("ip", "netns", "exec", _lab.Network.Client.Name, "ping", "-n", "-c", "1", "-W", "1", address);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private async Task<bool> Connects(string address, int port = Listening)
    {
        IPAddress to = IPAddress.Parse(address);
        using Socket socket = _lab.Network.Client.Within(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            await socket.ConnectAsync(new IPEndPoint(to, port), limit.Token);
            return true;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listeners.ForEach(static l => l.Dispose());
        await _lab.DisposeAsync();
    }
}
