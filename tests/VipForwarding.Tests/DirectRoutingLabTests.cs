// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using LoadBalancer.Linux.Tests.Nftables;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using Protocol = LoadBalancer.VipConfig.TransportProtocol;

namespace LoadBalancer.VipForwarding.Tests;

/// <summary>Packets that go on to servers as they are, and answers that do not come back by the node: these need root.</summary>
public sealed class DirectRoutingLabTests : IAsyncDisposable
{
    private readonly DirectLab _lab = new();

    [Theory]
    [InlineData(IpFamily.IPv4, Protocol.Tcp)]
    [InlineData(IpFamily.IPv4, Protocol.Udp)]
    [InlineData(IpFamily.IPv6, Protocol.Tcp)]
    [InlineData(IpFamily.IPv6, Protocol.Udp)]
    public async Task Connections_AreSpread_AndServersSeeTheClient(IpFamily family, Protocol protocol)
    {
        await _lab.Apply(DirectLab.Web(family, protocol: protocol) with { Scheduler = Scheduler.RoundRobin });
        ProtocolType kind = protocol == Protocol.Tcp ? ProtocolType.Tcp : ProtocolType.Udp;

        Dictionary<string, int> shares = _lab.Shares(30, family, kind);
        // A port that the client takes again within a minute goes where it went before.
        Assert.Equal(3, shares.Count);
        Assert.All(shares.Values, static share => Assert.InRange(share, 8, 12));
        using Socket established = _lab.Connect(family, kind);
        (string server, string sees) = NamedServers.Ask(established);

        Assert.Equal(DirectLab.Address(family, 1).ToString(), sees);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(server, NamedServers.Ask(established).Server));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Server_Fails_LeavesAndTheConnectionsOfOthersGoOn(IpFamily family)
    {
        await _lab.Apply(DirectLab.Web(family) with { Scheduler = Scheduler.RoundRobin });
        Socket[] established = [.. Enumerable.Range(0, 6).Select(_ => _lab.Connect(family))];
        string[] servers = [.. established.Select(static s => NamedServers.Ask(s).Server)];

        _lab.Fail(0);
        await _lab.Until(static status => !status.VirtualServers[0].Servers[0].IsUp);

        Assert.Equal(["server-1", "server-2"], _lab.Shares(10, family).Keys.Order());
        for (int i = 0; i < established.Length; i++)
        {
            if (servers[i] == "server-0")
            {
                // It goes on to another, which knows nothing of it.
                Assert.Throws<SocketException>(() => NamedServers.Ask(established[i]));
            }
            else
            {
                Assert.Equal(servers[i], NamedServers.Ask(established[i]).Server);
            }
        }

        _lab.Heal(0);
        await _lab.Until(static status => status.VirtualServers[0].Servers[0].IsUp);
        Assert.Equal(3, _lab.Shares(12, family).Count);
        Array.ForEach(established, static s => s.Dispose());
    }

    [Fact]
    public async Task Server_Drains_KeepsItsConnectionsAndGetsNone()
    {
        VirtualServer web = DirectLab.Web(IpFamily.IPv4) with { Scheduler = Scheduler.RoundRobin };
        await _lab.Apply(web);
        Socket[] established = [.. Enumerable.Range(0, 3).Select(_ => _lab.Connect(IpFamily.IPv4))];
        string[] servers = [.. established.Select(static s => NamedServers.Ask(s).Server)];

        await _lab.Apply(web with { Servers = [web.Servers[0] with { Weight = 0 }, web.Servers[1], web.Servers[2]] });

        Assert.Equal(["server-1", "server-2"], _lab.Shares(10, IpFamily.IPv4).Keys.Order());
        Assert.Equal(3, servers.Distinct().Count());
        Assert.Equal(servers, established.Select(static s => NamedServers.Ask(s).Server));
        Array.ForEach(established, static s => s.Dispose());
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Persistence_KeepsAClientWithItsServer(IpFamily family)
    {
        await _lab.Apply(DirectLab.Web(family) with { Scheduler = Scheduler.RoundRobin, Persistence = TimeSpan.FromMinutes(1) });

        Assert.Single(_lab.Shares(10, family));
    }

    [Fact]
    public async Task EveryPort_IsPassedOn()
    {
        VirtualServer web = DirectLab.Web(IpFamily.IPv4);
        await _lab.Apply(web with
        {
            Scheduler = Scheduler.RoundRobin,
            Endpoints = [new(DirectLab.Vip(IpFamily.IPv4), DirectLab.Vip(IpFamily.IPv4), 0)],
            Servers = [.. web.Servers.Select(static s => s with { Port = 0, Checks = [] })],
        });

        Assert.Equal(3, _lab.Shares(12, IpFamily.IPv4).Count);
    }

    [Fact]
    public async Task Nobody_IsUp_ConnectionsAreRefusedAtOnce()
    {
        await _lab.Apply(DirectLab.Web(IpFamily.IPv4, 1));
        _lab.Fail(0);
        await _lab.Until(static status => !status.VirtualServers[0].Servers[0].IsUp);

        SocketException refused = Assert.Throws<SocketException>(() => _lab.Connect(IpFamily.IPv4));

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact]
    public async Task SorryServer_GetsAll_WhenNobodyIsUp()
    {
        VirtualServer web = DirectLab.Web(IpFamily.IPv4, 2);
        await _lab.Apply(web with { Servers = [web.Servers[0]], SorryServer = web.Servers[1] with { Checks = [] } });
        Assert.Equal(["server-0"], _lab.Shares(4, IpFamily.IPv4).Keys);

        _lab.Fail(0);
        await _lab.Until(static status => !status.VirtualServers[0].Servers[0].IsUp);

        Assert.Equal(["server-1"], _lab.Shares(4, IpFamily.IPv4).Keys);
    }

    [Fact]
    public async Task Node_IsAServerItself_AnswersItsShare()
    {
        VirtualServer web = DirectLab.Web(IpFamily.IPv4, 1);
        _lab.Serve(_lab.Node, IpFamily.IPv4, "node");
        await _lab.Apply(web with
        {
            Scheduler = Scheduler.RoundRobin,
            Servers = [web.Servers[0], new() { Address = DirectLab.Address(IpFamily.IPv4, 2), Port = 80 }],
        });

        Assert.Equal(["node", "server-0"], _lab.Shares(10, IpFamily.IPv4).Keys.Order());
    }

    [Fact]
    public async Task Node_HoldsTheAddressOnItsLoopbackOnly_KeepsWhatComes()
    {
        // Such a node is a server of another: what that sends here is not to go on from here.
        _lab.Node.Ip($"address del {DirectLab.Vip(IpFamily.IPv4)}/32 dev eth0");
        _lab.Node.Ip($"address add {DirectLab.Vip(IpFamily.IPv4)}/32 dev lo");
        _lab.Serve(_lab.Node, IpFamily.IPv4, "node");
        await _lab.Apply(DirectLab.Web(IpFamily.IPv4) with { Scheduler = Scheduler.RoundRobin });

        Assert.Equal(["node"], _lab.Shares(6, IpFamily.IPv4).Keys);
    }

    [Fact]
    public async Task Server_OnNoSegment_IsLeftOutWithWhatToDo()
    {
        VirtualServer web = DirectLab.Web(IpFamily.IPv4, 1);
        await _lab.Apply(web with { Servers = [web.Servers[0], new() { Address = IpAddr.Parse("203.0.113.9"), Port = 80 }] });

        Assert.Contains("servers[1].address is 203.0.113.9, on no segment of this node", Assert.Single(_lab.Plane.Status.VirtualServers[0].Problems), StringComparison.Ordinal);
        Assert.Equal(["server-0"], _lab.Shares(4, IpFamily.IPv4).Keys);
    }

    [Fact]
    public async Task Link_ThatComesLater_IsAnEntrance()
    {
        _lab.Node.Ip($"address del {DirectLab.Address(IpFamily.IPv4, 2)}/24 dev eth0");
        _lab.Node.Ip($"address del {DirectLab.Address(IpFamily.IPv6, 2)}/64 dev eth0");
        VirtualServer web = DirectLab.Web(IpFamily.IPv4, 1);
        web = web with { Servers = [web.Servers[0] with { Checks = [] }] };
        await _lab.Apply(web);
        Assert.Single(_lab.Plane.Status.VirtualServers[0].Problems);

        _lab.Node.Ip($"address add {DirectLab.Address(IpFamily.IPv4, 2)}/24 dev eth0");
        _lab.Plane.Holds([DirectLab.Vip(IpFamily.IPv4)]);
        await _lab.Until(static status => status.VirtualServers[0].Problems.Count == 0);

        Assert.Equal(["server-0"], _lab.Shares(4, IpFamily.IPv4).Keys);
    }

    [Fact]
    public async Task Counters_AreTheServers()
    {
        await _lab.Apply(DirectLab.Web(IpFamily.IPv4, 2) with { Scheduler = Scheduler.RoundRobin });
        _lab.Shares(10, IpFamily.IPv4);

        await _lab.Until(static status => status.VirtualServers[0].Endpoints[0].Connections == 10);

        Assert.Equal(10UL, _lab.Plane.Status.VirtualServers[0].Servers.Aggregate(0UL, static (sum, s) => sum + s.Connections));
        Assert.All(_lab.Plane.Status.VirtualServers[0].Servers, static s => Assert.True(s.Packets > 5 && s.Octets > s.Packets));
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();
}
