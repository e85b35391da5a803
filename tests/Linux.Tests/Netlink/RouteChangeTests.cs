// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Netlink;

public sealed class RouteChangeTests : IDisposable
{
    private const byte Protocol = 112;
    private readonly Segment _segment = new();
    private readonly KernelNetwork _network;
    private readonly int _eth0;

    public RouteChangeTests()
    {
        _network = _segment.A.Within(static () => new KernelNetwork());
        _eth0 = _segment.A.IndexOf("eth0");
        _segment.A.Ip("address add 2001:db8::1/64 dev eth0 nodad");
    }

    private static HeldRoute To(string prefix) => new(IpPrefix.Parse(prefix)) { Protocol = Protocol };

    public static TheoryData<string> Routes => ["via", "source", "onlink", "blackhole", "table", "via6", "blackhole6", "default6", "other family"];

    private HeldRoute Make(string kind) => kind switch
    {
        "via" => To("198.51.100.0/24") with { Via = IpAddr.Parse("192.0.2.2"), InterfaceIndex = _eth0, Metric = 7 },
        "source" => To("198.51.100.0/24") with { InterfaceIndex = _eth0, Source = IpAddr.Parse("192.0.2.1") },
        "onlink" => To("198.51.100.0/24") with { Via = IpAddr.Parse("203.0.113.1"), InterfaceIndex = _eth0, IsOnLink = true },
        "blackhole" => To("198.51.100.0/24") with { Kind = RouteKind.Blackhole },
        "table" => To("0.0.0.0/0") with { Via = IpAddr.Parse("192.0.2.2"), InterfaceIndex = _eth0, Table = 4711 },
        "via6" => To("2001:db8:1::/48") with { Via = IpAddr.Parse("2001:db8::2"), InterfaceIndex = _eth0, Metric = 7 },
        "blackhole6" => To("2001:db8:1::/48") with { Kind = RouteKind.Blackhole },
        "default6" => To("::/0") with { Via = IpAddr.Parse("2001:db8::2"), Table = 100 },
        "other family" => To("198.51.100.0/24") with { Via = IpAddr.Parse("2001:db8::2"), InterfaceIndex = _eth0 },
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public void Route_AddedTwiceAndRemovedTwice_SecondTimeIsAlreadySo(string kind)
    {
        HeldRoute route = Make(kind);

        ChangeOutcome first = _network.Add([route])[0];
        Assert.True(first.Status == ChangeStatus.Done, first.Fault?.Message);
        HeldRoute read = Assert.Single(_network.ListRoutes(route.Destination.Family, Protocol));
        Assert.Equal(route with { InterfaceIndex = read.InterfaceIndex, Metric = read.Metric }, read);
        Assert.True(route.Metric == 0 || route.Metric == read.Metric);
        Assert.Equal(ChangeStatus.AlreadySo, _network.Add([route])[0].Status);
        Assert.Equal(ChangeStatus.Done, _network.Remove([route])[0].Status);
        Assert.Equal(ChangeStatus.AlreadySo, _network.Remove([route])[0].Status);
        Assert.Empty(_network.ListRoutes(route.Destination.Family, Protocol));
    }

    [Fact]
    public void Add_AnotherIsThere_FailsAndReplaceDoesIt()
    {
        _segment.A.Ip("route add 198.51.100.0/24 via 192.0.2.2 metric 7");
        HeldRoute route = To("198.51.100.0/24") with { Via = IpAddr.Parse("192.0.2.3"), InterfaceIndex = _eth0, Metric = 7 };

        ChangeOutcome refused = _network.Add([route])[0];

        Assert.Contains("another metric", refused.Fault?.Message, StringComparison.Ordinal);
        Assert.Equal(ChangeStatus.Done, _network.Replace([route])[0].Status);
        Assert.Contains("198.51.100.0/24 via 192.0.2.3 dev eth0 proto 112 metric 7", _segment.A.Ip("route show"), StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_RouteOfAnother_Stays()
    {
        _segment.A.Ip("route add 198.51.100.0/24 via 192.0.2.2");

        Assert.Equal(ChangeStatus.AlreadySo, _network.Remove([To("198.51.100.0/24") with { Via = IpAddr.Parse("192.0.2.2") }])[0].Status);

        Assert.Contains("198.51.100.0/24", _segment.A.Ip("route show"), StringComparison.Ordinal);
    }

    [Fact]
    public void Add_NoWayToGateway_SaysWhatToDo() =>
        Assert.Contains("onlink", _network.Add([To("198.51.100.0/24") with { Via = IpAddr.Parse("203.0.113.1") }])[0].Fault?.Message, StringComparison.Ordinal);

    [Fact]
    public void Sweep_Leftovers_GoInBothFamilies()
    {
        HeldRoute stays = Make("table");
        HeldRule rule = new(IpFamily.IPv4, 900) { From = IpPrefix.Parse("192.0.2.1/32"), Table = 4711, Protocol = Protocol };
        _network.Add([stays, Make("via"), Make("via6")]);
        _network.Add([rule, rule with { Priority = 901, Protocol = 4 }]);

        Assert.Equal(2, _network.SweepRoutes(Protocol, r => r == stays).Length);
        Assert.Equal(rule, Assert.Single(_network.SweepRules(Protocol, static _ => false)));

        Assert.Equal(stays, Assert.Single(_network.ListRoutes(IpFamily.IPv4, Protocol)));
        Assert.Empty(_network.ListRoutes(IpFamily.IPv6, Protocol));
        Assert.Contains(_network.ListRules(IpFamily.IPv4), static r => r.Priority == 901);
    }

    public static TheoryData<string> Rules => ["from", "to", "mark", "interface", "blackhole", "inverted", "from6"];

    private static HeldRule MakeRule(string kind) => kind switch
    {
        "from" => new(IpFamily.IPv4, 1000) { From = IpPrefix.Parse("192.0.2.0/28"), Table = 4711 },
        "to" => new(IpFamily.IPv4, 1000) { To = IpPrefix.Parse("198.51.100.1/32"), Table = 100 },
        "mark" => new(IpFamily.IPv4, 1000) { Mark = 0x10, MarkMask = 0xF0, Table = 100 },
        "interface" => new(IpFamily.IPv4, 1000) { IncomingInterface = "eth0", OutgoingInterface = "lo", Table = 100 },
        "blackhole" => new(IpFamily.IPv4, 1000) { From = IpPrefix.Parse("198.51.100.1/32"), Action = RuleAction.Blackhole },
        "inverted" => new(IpFamily.IPv4, 1000) { From = IpPrefix.Parse("198.51.100.1/32"), IsInverted = true, Table = 100 },
        "from6" => new(IpFamily.IPv6, 1000) { From = IpPrefix.Parse("2001:db8::1/128"), Table = 4711 },
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Rule_AddedTwiceAndRemovedTwice_SecondTimeIsAlreadySo(string kind)
    {
        HeldRule rule = MakeRule(kind) with { Protocol = Protocol };

        ChangeOutcome first = _network.Add([rule])[0];
        Assert.True(first.Status == ChangeStatus.Done, first.Fault?.Message);
        Assert.Equal(rule, Assert.Single(_network.ListRules(rule.Family), static r => r.Protocol == Protocol));
        Assert.Equal(ChangeStatus.AlreadySo, _network.Add([rule])[0].Status);
        Assert.Equal(ChangeStatus.Done, _network.Remove([rule])[0].Status);
        Assert.Equal(ChangeStatus.AlreadySo, _network.Remove([rule])[0].Status);
    }

    [Fact]
    public void Monitor_OursChange_IsToldAndOthersAreNot()
    {
        ConcurrentQueue<string> told = [];
        using Loop loop = new(_segment.A);
        using RouteMonitor monitor = _segment.A.Within(() => loop.On(() => new RouteMonitor(
            loop.Reactor,
            Protocol,
            (route, there) => told.Enqueue($"{route.Destination} {there}"),
            (rule, there) => told.Enqueue($"{rule.Priority} {there}"),
            () => told.Enqueue("lost"))));

        _segment.A.Ip("route add 203.0.113.0/24 via 192.0.2.2");
        _network.Add([Make("via"), Make("via6")]);
        _network.Add([MakeRule("from") with { Protocol = Protocol }]);
        _segment.A.Ip("route del 198.51.100.0/24");
        _segment.A.Ip("rule del priority 1000");

        string[] expected = ["198.51.100.0/24 True", "2001:db8:1::/48 True", "1000 True", "198.51.100.0/24 False", "1000 False"];
        loop.Await(() => told.Count >= expected.Length, () => string.Join(", ", told));
        Assert.Equal(expected, told);
        loop.On(monitor.Dispose);
    }

    public void Dispose()
    {
        _network.Dispose();
        _segment.Dispose();
    }
}
