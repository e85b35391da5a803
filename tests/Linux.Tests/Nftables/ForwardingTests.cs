// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Nftables;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Nftables;

public sealed class ForwardingTests : IDisposable
{
    private readonly ForwardLab _lab = new();
    private readonly ForwardTable _table = new();

    private void Create(params ForwardService[] services) => _lab.Run(_table.Create(services));

    private void Change(ForwardService from, ForwardService to) => _lab.Run(_table.Change([from], [to]));

    private Dictionary<string, int> Shares(int connections, IpFamily family = IpFamily.IPv4) => Enumerable.Range(0, connections)
        .Select(i => _lab.AskOnce(family, family == IpFamily.IPv4 ? $"198.51.100.{i % 250}" : null).Server)
        .CountBy(static s => s)
        .ToDictionary();

    [Theory]
    [InlineData(IpFamily.IPv4, Scheduler.Random)]
    [InlineData(IpFamily.IPv4, Scheduler.RoundRobin)]
    [InlineData(IpFamily.IPv4, Scheduler.SourceHash)]
    [InlineData(IpFamily.IPv4, Scheduler.ConsistentHash)]
    [InlineData(IpFamily.IPv6, Scheduler.Random)]
    [InlineData(IpFamily.IPv6, Scheduler.RoundRobin)]
    [InlineData(IpFamily.IPv6, Scheduler.SourceHash)]
    [InlineData(IpFamily.IPv6, Scheduler.ConsistentHash)]
    public void Scheduler_ManyConnections_ReachEveryEndpoint(IpFamily family, Scheduler scheduler)
    {
        // From one IPv6 address the hashing ones spread by port.
        Create(ForwardLab.Service(family) with { Scheduler = scheduler, HashesPort = family == IpFamily.IPv6 });

        Dictionary<string, int> shares = Shares(100, family);

        Assert.Equal(ForwardLab.Servers, shares.Count);
        if (scheduler == Scheduler.RoundRobin)
        {
            Assert.All(shares.Values, static share => Assert.Equal(25, share));
        }
    }

    [Theory]
    [InlineData(TransportProtocol.Tcp)]
    [InlineData(TransportProtocol.Udp)]
    public void Protocol_OfTheService_IsForwardedAndTheOtherIsNot(TransportProtocol protocol)
    {
        Create(ForwardLab.Service(IpFamily.IPv4, 1, protocol));

        Assert.Equal("192.0.2.18", _lab.AskOnce(IpFamily.IPv4, protocol: protocol == TransportProtocol.Tcp ? ProtocolType.Tcp : ProtocolType.Udp).Server);
        Assert.Equal(
            SocketError.ConnectionRefused,
            Assert.Throws<SocketException>(() => _lab.AskOnce(IpFamily.IPv4, protocol: protocol == TransportProtocol.Tcp ? ProtocolType.Udp : ProtocolType.Tcp)).SocketErrorCode);
    }

    [Theory]
    [InlineData(IpFamily.IPv4, SourceAddressing.Masquerade, "192.0.2.17")]
    [InlineData(IpFamily.IPv4, SourceAddressing.Preserve, "192.0.2.1")]
    [InlineData(IpFamily.IPv6, SourceAddressing.Masquerade, "2001:db8:2::17")]
    [InlineData(IpFamily.IPv6, SourceAddressing.Preserve, "2001:db8:1::1")]
    public void Source_AsAsked_IsWhatTheEndpointSees(IpFamily family, SourceAddressing source, string seen)
    {
        Create(ForwardLab.Service(family) with { Source = source });

        Assert.Equal(seen, _lab.AskOnce(family).Sees);
    }

    [Fact]
    public void Weights_RoundRobin_AreKeptExactly()
    {
        ForwardService service = ForwardLab.Service(IpFamily.IPv4, 2) with { Scheduler = Scheduler.RoundRobin };
        Create(service with { Endpoints = [service.Endpoints[0] with { Weight = 30 }, service.Endpoints[1] with { Weight = 10 }] });

        Assert.Equal(new Dictionary<string, int> { ["192.0.2.18"] = 30, ["192.0.2.19"] = 10 }, Shares(40));
    }

    [Theory]
    [InlineData(Scheduler.SourceHash)]
    [InlineData(Scheduler.ConsistentHash)]
    public void Hash_SameClient_FindsTheSameEndpoint(Scheduler scheduler)
    {
        Create(ForwardLab.Service(IpFamily.IPv4) with { Scheduler = scheduler });

        foreach (string client in (string[])["198.51.100.7", "198.51.100.8", "198.51.100.9"])
        {
            Assert.Single(Enumerable.Range(0, 5).Select(_ => _lab.AskOnce(IpFamily.IPv4, client).Server).Distinct());
        }
    }

    [Fact]
    public void ConsistentHash_EndpointGoes_OnlyItsClientsMove()
    {
        ForwardService service = ForwardLab.Service(IpFamily.IPv4) with { Scheduler = Scheduler.ConsistentHash };
        Create(service);
        string[] before = [.. Enumerable.Range(0, 60).Select(i => _lab.AskOnce(IpFamily.IPv4, $"198.51.100.{i}").Server)];

        Change(service, service with { Endpoints = service.Endpoints[..3] });

        string[] after = [.. Enumerable.Range(0, 60).Select(i => _lab.AskOnce(IpFamily.IPv4, $"198.51.100.{i}").Server)];
        Assert.Contains("192.0.2.21", before);
        Assert.DoesNotContain("192.0.2.21", after);
        Assert.All(before.Zip(after).Where(static p => p.First != "192.0.2.21"), static p => Assert.Equal(p.First, p.Second));
    }

    [Fact]
    public void NoEndpoint_SorryServer_AnswersUntilOneComes()
    {
        ForwardService service = ForwardLab.Service(IpFamily.IPv4, 1);
        ForwardService empty = service with { Endpoints = [], Sorry = ForwardLab.Endpoints(IpFamily.IPv4)[3] };
        Create(empty);
        Assert.Equal("192.0.2.21", _lab.AskOnce(IpFamily.IPv4).Server);

        Change(empty, service with { Sorry = empty.Sorry });

        Assert.Equal("192.0.2.18", _lab.AskOnce(IpFamily.IPv4).Server);
    }

    [Theory]
    [InlineData(IpFamily.IPv4, TransportProtocol.Tcp)]
    [InlineData(IpFamily.IPv6, TransportProtocol.Tcp)]
    [InlineData(IpFamily.IPv4, TransportProtocol.Udp)]
    [InlineData(IpFamily.IPv6, TransportProtocol.Udp)]
    public void NoEndpoint_NoSorryServer_RefusesAndCounts(IpFamily family, TransportProtocol protocol)
    {
        ForwardService service = ForwardLab.Service(family, 0, protocol);
        Create(service);

        SocketException fault = Assert.Throws<SocketException>(() => _lab.AskOnce(family, protocol: protocol == TransportProtocol.Tcp ? ProtocolType.Tcp : ProtocolType.Udp));

        Assert.Equal(SocketError.ConnectionRefused, fault.SocketErrorCode);
        Assert.Equal(1u, _lab.Counters(_table)[ForwardTable.RefusalsOf(service.Key)].Packets);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void Counters_ChangeAndNewTable_GoOn(IpFamily family)
    {
        ForwardService service = ForwardLab.Service(family, 2) with { Scheduler = Scheduler.RoundRobin };
        Create(service);
        Shares(10, family);

        ForwardService next = service with { Endpoints = [.. service.Endpoints, ForwardLab.Endpoints(family)[2]] };
        Change(service, next);
        var counters = _lab.Counters(_table);
        Assert.Equal(10u, counters[ForwardTable.ConnectionsOf(service.Key)].Packets);
        Assert.All(service.Endpoints, e => Assert.Equal(5u, counters[ForwardTable.ConnectionsOf(service.Key, e)].Packets));
        Assert.True(counters[ForwardTable.TrafficOf(service.Key)].Packets >= 60, $"{counters[ForwardTable.TrafficOf(service.Key)]}");
        Assert.True(counters[ForwardTable.TrafficOf(service.Key, service.Endpoints[0])].Bytes > 1000);

        _lab.Run(_table.Create([next], counters));
        Assert.Equal(10u, _lab.Counters(_table)[ForwardTable.ConnectionsOf(service.Key)].Packets);
        Shares(3, family);
        Assert.Equal(13u, _lab.Counters(_table)[ForwardTable.ConnectionsOf(service.Key)].Packets);
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public void Drain_EstablishedStays_UntilItIsCut(IpFamily family)
    {
        ForwardService service = ForwardLab.Service(family, 1);
        Create(service);
        using Socket established = _lab.Connect(family);
        string first = NamedServers.Ask(established).Server;
        ForwardService draining = service with { Endpoints = [service.Endpoints[0] with { IsDraining = true }, ForwardLab.Endpoints(family)[1]] };

        Change(service, draining);

        Assert.Equal(first, NamedServers.Ask(established).Server);
        Assert.NotEqual(first, _lab.AskOnce(family).Server);
        TranslatedConnections wanted = new(6, service.Key.Vip, 80, service.Endpoints[0].Address, ForwardLab.Port);
        Assert.Equal(1, _lab.Connections.Count(wanted));
        Assert.Equal(0, _lab.Connections.Count(wanted with { Port = 81 }));
        Assert.Equal(0, _lab.Connections.Count(wanted with { EndpointPort = 81 }));

        Change(draining, draining with { Endpoints = draining.Endpoints[1..] });
        Assert.Equal(first, NamedServers.Ask(established).Server);
        Assert.Equal(1, _lab.Connections.Cut(wanted));
        Assert.Equal(0, _lab.Connections.Count(wanted));
        established.ReceiveTimeout = 5000;
        Assert.Throws<SocketException>(() => NamedServers.Ask(established));
    }

    [Fact]
    public void Change_BackAndForth_LeavesTheSameTable()
    {
        ForwardService a = ForwardLab.Service(IpFamily.IPv4);
        ForwardService b = ForwardLab.Service(IpFamily.IPv6, 2, TransportProtocol.Udp) with { Source = SourceAddressing.Preserve, Sorry = ForwardLab.Endpoints(IpFamily.IPv6)[3] };
        ForwardService c = ForwardLab.Service(IpFamily.IPv4, 3, TransportProtocol.Sctp) with { Scheduler = Scheduler.ConsistentHash };
        Create(a);
        string before = _lab.Session.Run("list table inet loadbalancer").Output;

        _lab.Run(_table.Change([a], [b, c]));
        Assert.Contains("udp.2001_db8_3__1.80", _lab.Session.Run("list table inet loadbalancer").Output, StringComparison.Ordinal);
        _lab.Run(_table.Change([b, c], [a]));

        Assert.Equal(before, _lab.Session.Run("list table inet loadbalancer").Output);
    }

    [Fact]
    [Trait("Scenario", "K8-23")]
    public void Delete_OtherTables_Stay()
    {
        _lab.Run("add table inet another\n");
        Create(ForwardLab.Service(IpFamily.IPv4));

        _lab.Run(_table.Delete());
        _lab.Run(_table.Delete());

        Assert.Equal("table inet another {\n}\n", _lab.Session.Run("list ruleset").Output);
    }

    [Fact]
    public void Change_TableWasFlushedByAnother_FailsWholeAndSaysWhatToDo()
    {
        ForwardService service = ForwardLab.Service(IpFamily.IPv4);
        Create(service);
        _lab.Run("flush ruleset\n");

        NftResult result = _lab.Session.Run(_table.Change([service], [service with { Endpoints = service.Endpoints[..2] }]));

        Assert.False(result.IsDone);
        Assert.Contains("create the table anew", result.Error, StringComparison.Ordinal);
        Assert.Equal("", _lab.Session.Run("list ruleset").Output);
    }

    [Fact]
    public void Features_OfThisKernel_NothingIsMissingAndNothingIsLeft()
    {
        Assert.Empty(NftFeatures.FindMissing(_lab.Session));

        Assert.Equal("", _lab.Session.Run("list ruleset").Output);
    }

    [Fact]
    public void Balancer_ItsOwnConnections_AreForwarded()
    {
        Create(ForwardLab.Service(IpFamily.IPv4, 1));

        using Socket socket = _lab.Balancer.Within(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.ReceiveTimeout = 10000;
        socket.Connect(ForwardLab.Vip(IpFamily.IPv4).ToIPAddress(), 80);

        Assert.Equal(("192.0.2.18", "192.0.2.17"), NamedServers.Ask(socket));
    }

    [Fact]
    public void Change_OneEndpointAmongAThousandServices_TouchesOneService()
    {
        ForwardService[] services = [.. Enumerable.Range(1, 1000).Select(static i => new ForwardService(new(IpAddr.Parse("203.0.113.1"), TransportProtocol.Tcp, (ushort)i))
        {
            Endpoints = [.. ForwardLab.Endpoints(IpFamily.IPv4)],
        })];
        long began = Stopwatch.GetTimestamp();
        Create(services);
        TimeSpan creating = Stopwatch.GetElapsedTime(began);
        ForwardService[] next = [.. services];
        List<double> changes = [];
        for (int i = 0; i < 10; i++)
        {
            ForwardService[] last = [.. next];
            next[500] = next[500] with { Endpoints = i % 2 == 0 ? services[500].Endpoints[..3] : services[500].Endpoints };
            began = Stopwatch.GetTimestamp();
            string text = _table.Change(last, next);
            NftResult result = _lab.Session.Run(text);
            changes.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            Assert.True(result.IsDone, result.Error);
            Assert.DoesNotContain("203.0.113.1.500 ", text, StringComparison.Ordinal);
        }

        changes.Sort();
        began = Stopwatch.GetTimestamp();
        Assert.Equal(11000, _lab.Counters(_table).Count);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"1,000 services of 4 endpoints: made in {creating.TotalMilliseconds:F0} ms; one endpoint: median {changes[5]:F2} ms, longest {changes[^1]:F2} ms; counters read in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms");
    }

    public void Dispose() => _lab.Dispose();
}
