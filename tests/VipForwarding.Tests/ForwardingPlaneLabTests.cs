// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using LoadBalancer.Linux.Tests.Nftables;
using LoadBalancer.Nftables;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using Protocol = LoadBalancer.VipConfig.TransportProtocol;
using Scheduler = LoadBalancer.VipConfig.Scheduler;

namespace LoadBalancer.VipForwarding.Tests;

/// <summary>From configuration and checks to packets, in network namespaces: these need root.</summary>
public sealed class ForwardingPlaneLabTests : IAsyncDisposable
{
    private readonly PlaneLab _lab = new();

    [Theory]
    [InlineData(IpFamily.IPv4, Scheduler.RoundRobin)]
    [InlineData(IpFamily.IPv4, Scheduler.Random)]
    [InlineData(IpFamily.IPv4, Scheduler.ConsistentHash)]
    [InlineData(IpFamily.IPv6, Scheduler.RoundRobin)]
    public async Task Connections_AreSpread_AsTheSchedulerSays(IpFamily family, Scheduler scheduler)
    {
        await _lab.Apply(PlaneLab.Web(family, ForwardLab.Servers) with { Scheduler = scheduler });

        Dictionary<string, int> shares = _lab.Shares(80, family);

        Assert.Equal(ForwardLab.Servers, shares.Count);
        if (scheduler == Scheduler.RoundRobin)
        {
            Assert.All(shares.Values, static share => Assert.Equal(20, share));
        }

        Assert.Equal(1, _lab.Transactions);
    }

    [Fact]
    public async Task Weights_AreKept()
    {
        VirtualServer web = PlaneLab.Web(IpFamily.IPv4);
        await _lab.Apply(web with { Scheduler = Scheduler.WeightedRoundRobin, Servers = [web.Servers[0] with { Weight = 30 }, web.Servers[1] with { Weight = 10 }] });

        Assert.Equal(new Dictionary<string, int> { ["192.0.2.18"] = 30, ["192.0.2.19"] = 10 }, _lab.Shares(40));
    }

    [Theory]
    [InlineData(IpFamily.IPv4, ForwardingMethod.Nat, "192.0.2.1")]
    [InlineData(IpFamily.IPv4, ForwardingMethod.Masquerade, "192.0.2.17")]
    [InlineData(IpFamily.IPv6, ForwardingMethod.Nat, "2001:db8:1::1")]
    [InlineData(IpFamily.IPv6, ForwardingMethod.Masquerade, "2001:db8:2::17")]
    public async Task Source_AsTheMethodSays_IsWhatServersSee(IpFamily family, ForwardingMethod method, string seen)
    {
        await _lab.Apply(PlaneLab.Web(family) with { Method = method });

        Assert.Equal(seen, _lab.Network.AskOnce(family).Sees);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Server_Fails_LeavesAndItsConnectionsAreCutAndItComesBack(IpFamily family)
    {
        await _lab.Apply(PlaneLab.Web(family) with { Scheduler = Scheduler.RoundRobin });
        Socket[] established = [_lab.Network.Connect(family), _lab.Network.Connect(family)];
        string[] servers = [.. established.Select(static s => NamedServers.Ask(s).Server)];
        IpAddr failing = IpAddr.Parse(servers[0]);

        _lab.Fail(failing);
        await _lab.UntilUp(PlaneLab.Real(family, 0).Address == failing ? 0 : 1, isUp: false);

        Assert.Equal([servers[1]], _lab.Shares(10, family).Keys);
        Assert.Equal(servers[1], NamedServers.Ask(established[1]).Server);
        Assert.Throws<SocketException>(() => NamedServers.Ask(established[0]));
        Assert.Equal(2, _lab.Transactions);

        _lab.Heal(failing);
        await _lab.UntilUp(PlaneLab.Real(family, 0).Address == failing ? 0 : 1, isUp: true);
        Assert.Equal(2, _lab.Shares(10, family).Count);
        Assert.Equal(3, _lab.Transactions);
        Array.ForEach(established, static s => s.Dispose());
    }

    [Fact]
    public async Task Server_FailsAndDrains_KeepsItsConnections()
    {
        VirtualServer web = PlaneLab.Web(IpFamily.IPv4);
        await _lab.Apply(web with { Scheduler = Scheduler.RoundRobin, Servers = [.. web.Servers.Select(static s => s with { DrainOnFailure = true })] });
        Socket[] established = [_lab.Network.Connect(IpFamily.IPv4), _lab.Network.Connect(IpFamily.IPv4)];
        string[] servers = [.. established.Select(static s => NamedServers.Ask(s).Server)];

        _lab.Fail(web.Servers[0].Address);
        await _lab.UntilUp(0, isUp: false);

        Assert.Equal(["192.0.2.19"], _lab.Shares(10).Keys);
        Assert.Equal(servers, established.Select(static s => NamedServers.Ask(s).Server));
        Array.ForEach(established, static s => s.Dispose());
    }

    [Fact]
    public async Task Server_TakenOutOfTheConfiguration_KeepsItsConnections()
    {
        VirtualServer web = PlaneLab.Web(IpFamily.IPv4, 1);
        await _lab.Apply(web);
        using Socket established = _lab.Network.Connect(IpFamily.IPv4);
        Assert.Equal("192.0.2.18", NamedServers.Ask(established).Server);

        await _lab.Apply(web with { Servers = [PlaneLab.Real(IpFamily.IPv4, 1)] });
        await _lab.Until(static s => s.VirtualServers[0].Servers[0].Address == "192.0.2.19");

        Assert.Equal("192.0.2.19", _lab.Network.AskOnce(IpFamily.IPv4).Server);
        Assert.Equal("192.0.2.18", NamedServers.Ask(established).Server);
    }

    [Fact]
    public async Task Quorum_Lost_SorryServerAnswersUntilItIsBack()
    {
        VirtualServer web = PlaneLab.Web(IpFamily.IPv4);
        await _lab.Apply(web with { Quorum = 2, SorryServer = PlaneLab.Real(IpFamily.IPv4, 3) });
        Assert.Equal(2, _lab.Shares(20).Count);

        _lab.Fail(web.Servers[0].Address);
        await _lab.Until(static s => s.VirtualServers[0].UsesSorryServer);
        Assert.Equal(["192.0.2.21"], _lab.Shares(10).Keys);

        _lab.Heal(web.Servers[0].Address);
        await _lab.Until(static s => !s.VirtualServers[0].UsesSorryServer);
        Assert.DoesNotContain("192.0.2.21", _lab.Shares(20).Keys);
    }

    [Fact]
    public async Task NoServerUp_ConnectionsAreRefusedAtOnce()
    {
        VirtualServer web = PlaneLab.Web(IpFamily.IPv4, 1);
        await _lab.Apply(web);
        _lab.Fail(web.Servers[0].Address);
        await _lab.UntilUp(0, isUp: false);

        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => _lab.Network.AskOnce(IpFamily.IPv4)).SocketErrorCode);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Udp_FlowOfAFailedServer_FindsAnother(IpFamily family)
    {
        await _lab.Apply(PlaneLab.Web(family, 2, Protocol.Udp));
        using Socket flow = _lab.Network.Connect(family, protocol: ProtocolType.Udp);
        string first = NamedServers.Ask(flow).Server;
        Assert.Equal(first, NamedServers.Ask(flow).Server);

        _lab.Fail(IpAddr.Parse(first));
        await _lab.UntilUp(PlaneLab.Real(family, 0).Address == IpAddr.Parse(first) ? 0 : 1, isUp: false);

        Assert.NotEqual(first, NamedServers.Ask(flow).Server);
    }

    [Fact]
    public async Task Udp_FlowThatWasThereBefore_IsForwarded()
    {
        using Socket flow = _lab.Network.Connect(IpFamily.IPv4, protocol: ProtocolType.Udp);
        flow.Send([1]);
        Assert.Throws<SocketException>(() => NamedServers.Ask(flow));

        await _lab.Apply(PlaneLab.Web(IpFamily.IPv4, 2, Protocol.Udp));

        Assert.StartsWith("192.0.2.", NamedServers.Ask(flow).Server, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Scenario", "K8-29")]
    public async Task Persistence_ClientsOfANetwork_StayUntilTheirServerGoes()
    {
        VirtualServer web = PlaneLab.Web(IpFamily.IPv4, ForwardLab.Servers);
        await _lab.Apply(web with { Scheduler = Scheduler.RoundRobin, Persistence = TimeSpan.FromHours(1), PersistencePrefix = 28 });

        // 198.51.100.0 to .15 and .16 to .31 are a client each.
        string[] servers = [.. Enumerable.Range(0, 32).Select(i => _lab.Network.AskOnce(IpFamily.IPv4, $"198.51.100.{i}").Server)];
        Assert.Single(servers[..16].Distinct());
        Assert.Single(servers[16..].Distinct());
        Assert.NotEqual(servers[0], servers[16]);

        _lab.Fail(IpAddr.Parse(servers[0]));
        await _lab.Until(s => s.VirtualServers[0].Servers.Any(static r => !r.IsUp));
        string next = _lab.Network.AskOnce(IpFamily.IPv4, "198.51.100.1").Server;
        Assert.NotEqual(servers[0], next);
        Assert.Equal([next], Enumerable.Range(0, 16).Select(i => _lab.Network.AskOnce(IpFamily.IPv4, $"198.51.100.{i}").Server).Distinct());
        Assert.Equal(servers[16], _lab.Network.AskOnce(IpFamily.IPv4, "198.51.100.17").Server);
    }

    [Theory]
    [InlineData(IpFamily.IPv4, ForwardingMethod.Nat)]
    [InlineData(IpFamily.IPv4, ForwardingMethod.Masquerade)]
    [InlineData(IpFamily.IPv6, ForwardingMethod.Masquerade)]
    public async Task EveryPort_KeepsThePortThatWasAskedFor(IpFamily family, ForwardingMethod method)
    {
        VirtualServer web = PlaneLab.Web(family, 1);
        await _lab.Apply(web with { Method = method, Endpoints = [new(ForwardLab.Vip(family), ForwardLab.Vip(family), 0)], Servers = [web.Servers[0] with { Port = 0 }] });

        using Socket socket = _lab.Network.Connect(family, port: ForwardLab.Port);

        Assert.Equal(web.Servers[0].Address.ToString(), NamedServers.Ask(socket).Server);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => _lab.Network.Connect(family, port: 81)).SocketErrorCode);
    }

    [Fact]
    public async Task VirtualServer_TakenOutOfTheConfiguration_KeepsItsConnections()
    {
        await _lab.Apply(PlaneLab.Web(IpFamily.IPv4));
        using Socket established = _lab.Network.Connect(IpFamily.IPv4);
        string server = NamedServers.Ask(established).Server;

        _lab.Plane.Apply(new());
        await _lab.Until(static s => s is { VirtualServers: [], Transactions: 2 });

        Assert.Equal(server, NamedServers.Ask(established).Server);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => _lab.Network.AskOnce(IpFamily.IPv4)).SocketErrorCode);
    }

    [Fact]
    public async Task Stop_NothingIsLeft()
    {
        await _lab.Apply(PlaneLab.Web(IpFamily.IPv4));

        await _lab.Plane.DisposeAsync();

        Assert.Equal("", _lab.Ruleset());
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => _lab.Network.AskOnce(IpFamily.IPv4)).SocketErrorCode);
    }

    [Fact]
    [Trait("Scenario", "K8-23")]
    public async Task FormerLife_ItsTableIsReplacedAndOthersStay()
    {
        ForwardTable left = new();
        _lab.Network.Run("add table inet another\n" + left.Create([ForwardLab.Service(IpFamily.IPv4) with { Key = new(ForwardLab.Vip(IpFamily.IPv4), LoadBalancer.Nftables.TransportProtocol.Tcp, 443) }]));

        await _lab.Apply(PlaneLab.Web(IpFamily.IPv4));

        Assert.DoesNotContain("443", _lab.Ruleset(), StringComparison.Ordinal);
        Assert.Contains("table inet another", _lab.Ruleset(), StringComparison.Ordinal);
        Assert.Equal(1, _lab.Transactions);
        Assert.StartsWith("192.0.2.", _lab.Network.AskOnce(IpFamily.IPv4).Server, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Scenario", "FI-35")]
    public async Task Table_FlushedByAnother_ComesBackAndCountersAreRead()
    {
        await _lab.Apply(PlaneLab.Web(IpFamily.IPv4));
        _lab.Shares(7);
        await _lab.Until(static s => s.VirtualServers[0].Endpoints[0].Connections == 7);
        Assert.Equal(7u, _lab.Plane.Status.VirtualServers[0].Servers.Aggregate(0ul, static (sum, s) => sum + s.Connections));

        _lab.Network.Run("flush ruleset\n");
        await _lab.Until(static s => s.Transactions == 2);

        Assert.StartsWith("192.0.2.", _lab.Network.AskOnce(IpFamily.IPv4).Server, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/proc/sys/net/ipv4/ip_forward", IpFamily.IPv4, "net.ipv4.ip_forward = 1")]
    [InlineData("/proc/sys/net/ipv6/conf/all/forwarding", IpFamily.IPv6, "net.ipv6.conf.all.forwarding = 1")]
    public async Task Node_DoesNotPassPacketsOn_SaysWhatToSet(string file, IpFamily family, string remedy)
    {
        _lab.Network.Balancer.Within(() =>
        {
            File.WriteAllText(file, "0");
            return 0;
        });

        _lab.Plane.Apply(new() { VirtualServers = [PlaneLab.Web(family)] });

        await _lab.Until(s => s.Problems.Any(p => p.Contains(remedy, StringComparison.Ordinal)));
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();
}
