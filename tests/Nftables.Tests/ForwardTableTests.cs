// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Nftables.Tests;

public sealed class ForwardTableTests
{
    private const string Key4 = "203.0.113.1 . tcp . 80";
    private readonly ForwardTable _table = new("lb", countsTraffic: false);

    private static ForwardEndpoint Endpoint(int last, int weight = 1) => new(IpAddr.Parse($"192.0.2.{last}"), 8080, weight);

    private static ForwardService Service(params ForwardEndpoint[] endpoints) =>
        new(new(IpAddr.Parse("203.0.113.1"), TransportProtocol.Tcp, 80)) { Endpoints = [.. endpoints] };

    private string[] Change(ForwardService[] from, ForwardService[] to) => _table.Change(from, to).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void Create_NoService_IsTheFrameInThePlaceOfWhatWas()
    {
        string[] expected =
        [
            "add table inet lb",
            "delete table inet lb",
            "add table inet lb",
            "add map inet lb services4 { type ipv4_addr . inet_proto . inet_service : verdict ; counter ; }",
            "add map inet lb everyservices4 { type ipv4_addr . inet_proto : verdict ; counter ; }",
            "add set inet lb refused4 { type ipv4_addr . inet_proto . inet_service ; counter ; }",
            "add set inet lb everyrefused4 { type ipv4_addr . inet_proto ; counter ; }",
            "add set inet lb masquerade4 { type ipv4_addr . inet_proto . inet_service ; }",
            "add set inet lb everymasquerade4 { type ipv4_addr . inet_proto ; }",
            "add set inet lb connections4 { type ipv4_addr . inet_proto . inet_service . ipv4_addr . inet_service ; counter ; }",
            "add set inet lb everyconnections4 { type ipv4_addr . inet_proto . ipv4_addr ; counter ; }",
            "add map inet lb services6 { type ipv6_addr . inet_proto . inet_service : verdict ; counter ; }",
            "add map inet lb everyservices6 { type ipv6_addr . inet_proto : verdict ; counter ; }",
            "add set inet lb refused6 { type ipv6_addr . inet_proto . inet_service ; counter ; }",
            "add set inet lb everyrefused6 { type ipv6_addr . inet_proto ; counter ; }",
            "add set inet lb masquerade6 { type ipv6_addr . inet_proto . inet_service ; }",
            "add set inet lb everymasquerade6 { type ipv6_addr . inet_proto ; }",
            "add set inet lb connections6 { type ipv6_addr . inet_proto . inet_service . ipv6_addr . inet_service ; counter ; }",
            "add set inet lb everyconnections6 { type ipv6_addr . inet_proto . ipv6_addr ; counter ; }",
            "add chain inet lb prerouting { type nat hook prerouting priority -105 ; policy accept ; }",
            "add chain inet lb output { type nat hook output priority -105 ; policy accept ; }",
            "add chain inet lb input { type nat hook input priority 95 ; policy accept ; }",
            "add chain inet lb postrouting { type nat hook postrouting priority 95 ; policy accept ; }",
            "add chain inet lb connections",
            "add rule inet lb prerouting ip daddr . meta l4proto . th dport vmap @services4",
            "add rule inet lb prerouting ip daddr . meta l4proto vmap @everyservices4",
            "add rule inet lb output ip daddr . meta l4proto . th dport vmap @services4",
            "add rule inet lb output ip daddr . meta l4proto vmap @everyservices4",
            "add rule inet lb prerouting ip6 daddr . meta l4proto . th dport vmap @services6",
            "add rule inet lb prerouting ip6 daddr . meta l4proto vmap @everyservices6",
            "add rule inet lb output ip6 daddr . meta l4proto . th dport vmap @services6",
            "add rule inet lb output ip6 daddr . meta l4proto vmap @everyservices6",
            "add rule inet lb input ct status dnat jump connections",
            "add rule inet lb postrouting ct status dnat jump connections",
            "add rule inet lb connections meta l4proto tcp ct original ip daddr . meta l4proto . ct original proto-dst . ip daddr . th dport @connections4",
            "add rule inet lb connections meta l4proto tcp ct original ip daddr . meta l4proto . ip daddr @everyconnections4",
            "add rule inet lb postrouting ct status dnat meta l4proto tcp ct original ip daddr . meta l4proto . ct original proto-dst @masquerade4 masquerade",
            "add rule inet lb postrouting ct status dnat meta l4proto tcp ct original ip daddr . meta l4proto @everymasquerade4 masquerade",
            "add rule inet lb connections meta l4proto tcp ct original ip6 daddr . meta l4proto . ct original proto-dst . ip6 daddr . th dport @connections6",
            "add rule inet lb connections meta l4proto tcp ct original ip6 daddr . meta l4proto . ip6 daddr @everyconnections6",
            "add rule inet lb postrouting ct status dnat meta l4proto tcp ct original ip6 daddr . meta l4proto . ct original proto-dst @masquerade6 masquerade",
            "add rule inet lb postrouting ct status dnat meta l4proto tcp ct original ip6 daddr . meta l4proto @everymasquerade6 masquerade",
            "add rule inet lb connections meta l4proto udp ct original ip daddr . meta l4proto . ct original proto-dst . ip daddr . th dport @connections4",
            "add rule inet lb connections meta l4proto udp ct original ip daddr . meta l4proto . ip daddr @everyconnections4",
            "add rule inet lb postrouting ct status dnat meta l4proto udp ct original ip daddr . meta l4proto . ct original proto-dst @masquerade4 masquerade",
            "add rule inet lb postrouting ct status dnat meta l4proto udp ct original ip daddr . meta l4proto @everymasquerade4 masquerade",
            "add rule inet lb connections meta l4proto udp ct original ip6 daddr . meta l4proto . ct original proto-dst . ip6 daddr . th dport @connections6",
            "add rule inet lb connections meta l4proto udp ct original ip6 daddr . meta l4proto . ip6 daddr @everyconnections6",
            "add rule inet lb postrouting ct status dnat meta l4proto udp ct original ip6 daddr . meta l4proto . ct original proto-dst @masquerade6 masquerade",
            "add rule inet lb postrouting ct status dnat meta l4proto udp ct original ip6 daddr . meta l4proto @everymasquerade6 masquerade",
            "add rule inet lb connections meta l4proto sctp ct original ip daddr . meta l4proto . ct original proto-dst . ip daddr . th dport @connections4",
            "add rule inet lb connections meta l4proto sctp ct original ip daddr . meta l4proto . ip daddr @everyconnections4",
            "add rule inet lb postrouting ct status dnat meta l4proto sctp ct original ip daddr . meta l4proto . ct original proto-dst @masquerade4 masquerade",
            "add rule inet lb postrouting ct status dnat meta l4proto sctp ct original ip daddr . meta l4proto @everymasquerade4 masquerade",
            "add rule inet lb connections meta l4proto sctp ct original ip6 daddr . meta l4proto . ct original proto-dst . ip6 daddr . th dport @connections6",
            "add rule inet lb connections meta l4proto sctp ct original ip6 daddr . meta l4proto . ip6 daddr @everyconnections6",
            "add rule inet lb postrouting ct status dnat meta l4proto sctp ct original ip6 daddr . meta l4proto . ct original proto-dst @masquerade6 masquerade",
            "add rule inet lb postrouting ct status dnat meta l4proto sctp ct original ip6 daddr . meta l4proto @everymasquerade6 masquerade",
        ];

        Assert.Equal(expected, _table.Create([]).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Change_ServiceComes_EverythingIsThereBeforeItIsReferredTo() => Assert.Equal(
        [
            "add chain inet lb s.tcp.203.0.113.1.80",
            "add rule inet lb s.tcp.203.0.113.1.80 meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 192.0.2.1 . 8080, 1 : 192.0.2.2 . 8080 }",
            $"add element inet lb connections4 {{ {Key4} . 192.0.2.1 . 8080 }}",
            $"add element inet lb connections4 {{ {Key4} . 192.0.2.2 . 8080 }}",
            $"add element inet lb masquerade4 {{ {Key4} }}",
            $"add element inet lb refused4 {{ {Key4} }}",
            $"add element inet lb services4 {{ {Key4} : goto s.tcp.203.0.113.1.80 }}",
        ],
        Change([], [Service(Endpoint(1), Endpoint(2))]));

    [Fact]
    public void Change_ServiceGoes_NothingIsReferredToWhenItGoes() => Assert.Equal(
        [
            $"delete element inet lb connections4 {{ {Key4} . 192.0.2.1 . 8080 }}",
            $"delete element inet lb masquerade4 {{ {Key4} }}",
            $"delete element inet lb refused4 {{ {Key4} }}",
            $"delete element inet lb services4 {{ {Key4} }}",
            "flush chain inet lb s.tcp.203.0.113.1.80",
            "delete chain inet lb s.tcp.203.0.113.1.80",
        ],
        Change([Service(Endpoint(1))], []));

    [Fact]
    public void Change_EndpointGoes_OneChainIsRewritten() => Assert.Equal(
        [
            "flush chain inet lb s.tcp.203.0.113.1.80",
            "add rule inet lb s.tcp.203.0.113.1.80 meta l4proto tcp dnat ip to 192.0.2.1:8080",
            $"delete element inet lb connections4 {{ {Key4} . 192.0.2.2 . 8080 }}",
        ],
        Change([Service(Endpoint(1), Endpoint(2))], [Service(Endpoint(1))]));

    [Fact]
    public void Change_EndpointDrains_KeepsItsCounter() => Assert.Equal(
        [
            "flush chain inet lb s.tcp.203.0.113.1.80",
            "add rule inet lb s.tcp.203.0.113.1.80 meta l4proto tcp dnat ip to 192.0.2.1:8080",
        ],
        Change([Service(Endpoint(1), Endpoint(2))], [Service(Endpoint(1), Endpoint(2) with { IsDraining = true })]));

    [Fact]
    public void Change_SourceOrOrder_OnlyWhatDiffers()
    {
        ForwardService service = Service(Endpoint(1), Endpoint(2));

        Assert.Equal([$"delete element inet lb masquerade4 {{ {Key4} }}"], Change([service], [service with { Source = SourceAddressing.Preserve }]));
        Assert.Empty(Change([service], [Service(Endpoint(2), Endpoint(1))]));
        Assert.Empty(Change([service], [Service(Endpoint(1), Endpoint(2))]));
    }

    [Theory]
    [InlineData(Scheduler.Random, false, "numgen random mod 4 map { 0-2 : A, 3 : B }")]
    [InlineData(Scheduler.RoundRobin, false, "numgen inc mod 4 map { 0-1 : A, 2 : B, 3 : A }")]
    [InlineData(Scheduler.SourceHash, false, "jhash ip saddr mod 4 seed 0xd6de866b map { 0-2 : A, 3 : B }")]
    [InlineData(Scheduler.SourceHash, true, "jhash ip saddr . th sport mod 4 seed 0xd6de866b map { 0-2 : A, 3 : B }")]
    public void Scheduler_Weighted_IsItsExpression(Scheduler scheduler, bool port, string expected)
    {
        ForwardService service = Service(Endpoint(1, 30), Endpoint(2, 10), Endpoint(3, 0)) with { Scheduler = scheduler, HashesPort = port };

        string rule = Change([], [service]).Single(static l => l.Contains("add rule inet lb s.", StringComparison.Ordinal));

        Assert.Equal(
            "add rule inet lb s.tcp.203.0.113.1.80 meta l4proto tcp dnat ip to " + expected,
            rule.Replace("192.0.2.1 . 8080", "A", StringComparison.Ordinal).Replace("192.0.2.2 . 8080", "B", StringComparison.Ordinal));
    }

    [Fact]
    public void Endpoint_IPv6AndSctp_AreWrittenAsTheLanguageAsks()
    {
        ForwardService service = new(new(IpAddr.Parse("2001:db8::1"), TransportProtocol.Sctp, 5060)) { Endpoints = [new(IpAddr.Parse("2001:db8:1::1"), 5061)] };

        string[] lines = Change([], [service]);

        Assert.Contains("add rule inet lb s.sctp.2001_db8__1.5060 meta l4proto sctp dnat ip6 to [2001:db8:1::1]:5061", lines);
        Assert.Contains("add element inet lb services6 { 2001:db8::1 . sctp . 5060 : goto s.sctp.2001_db8__1.5060 }", lines);
    }

    [Theory]
    [InlineData(TransportProtocol.Tcp, "reject with tcp reset")]
    [InlineData(TransportProtocol.Udp, "reject with icmpx type port-unreachable")]
    public void NoEndpoint_Refuses(TransportProtocol protocol, string refusal)
    {
        ForwardService service = new(new(IpAddr.Parse("203.0.113.1"), protocol, 80));
        string word = protocol == TransportProtocol.Tcp ? "tcp" : "udp";

        Assert.Contains($"add rule inet lb s.{word}.203.0.113.1.80 ip daddr . meta l4proto . th dport @refused4 {refusal}", Change([], [service]));
    }

    [Fact]
    public void Sorry_WhileNoEndpointTakes_GetsAll()
    {
        ForwardService service = Service(Endpoint(1) with { IsDraining = true }) with { Sorry = Endpoint(9) };

        Assert.Contains("add rule inet lb s.tcp.203.0.113.1.80 meta l4proto tcp dnat ip to 192.0.2.9:8080", Change([], [service]));
    }

    [Fact]
    public void Traffic_Counted_HasCountersByServiceAndEndpoint()
    {
        string text = new ForwardTable("lb").Change([], [Service(Endpoint(1))]);

        Assert.Contains($"add element inet lb traffic4 {{ {Key4} }}", text, StringComparison.Ordinal);
        Assert.Contains($"add element inet lb endpoints4 {{ {Key4} . 192.0.2.1 . 8080 }}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_CountersFromBefore_GoOn()
    {
        ServiceKey key = Service().Key;
        Dictionary<string, CounterValue> before = new()
        {
            [ForwardTable.ConnectionsOf(key)] = new(5, 300),
            [ForwardTable.RefusalsOf(key)] = new(2, 120),
            [ForwardTable.ConnectionsOf(key, Endpoint(1))] = new(4, 240),
        };

        string text = _table.Create([Service(Endpoint(1))], before);

        // What was asked for is what was given and what was refused.
        Assert.Contains($"add element inet lb services4 {{ {Key4} counter packets 7 bytes 420 : goto s.tcp.203.0.113.1.80 }}\n", text, StringComparison.Ordinal);
        Assert.Contains($"add element inet lb refused4 {{ {Key4} counter packets 2 bytes 120 }}\n", text, StringComparison.Ordinal);
        Assert.Contains($"add element inet lb connections4 {{ {Key4} . 192.0.2.1 . 8080 counter packets 4 bytes 240 }}\n", text, StringComparison.Ordinal);
    }

    public static TheoryData<ForwardService, string> Wrong => new()
    {
        { Service(new ForwardEndpoint(IpAddr.Parse("2001:db8::1"), 80)), "other family" },
        { Service(Endpoint(1) with { Port = 0 }), "port 0" },
        { Service(Endpoint(1, -1)), "weight -1" },
        { Service(Endpoint(1), Endpoint(1, 2)), "given twice" },
        { Service() with { Sorry = new ForwardEndpoint(IpAddr.Parse("2001:db8::1"), 80) }, "other family" },
        { Service() with { PersistencePrefix = 33 }, "persistence prefix of 33 bits" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Service_Wrong_IsNamed(ForwardService service, string expected)
    {
        Assert.Contains(expected, service.Problem(), StringComparison.Ordinal);
        Assert.Null(Service(Endpoint(1)).Problem());
    }

    [Fact]
    public void EveryPort_IsAServiceOfItsOwnMaps()
    {
        ForwardService service = new(new(IpAddr.Parse("203.0.113.1"), TransportProtocol.Udp, 0)) { Endpoints = [new(IpAddr.Parse("192.0.2.1"), 0), new(IpAddr.Parse("192.0.2.2"), 53)] };

        string[] lines = new ForwardTable("lb").Change([], [service]).Split('\n');

        Assert.Null(service.Problem());
        Assert.Contains("add element inet lb everyservices4 { 203.0.113.1 . udp : goto s.udp.203.0.113.1.0 }", lines);
        Assert.Contains("add element inet lb everymasquerade4 { 203.0.113.1 . udp }", lines);
        Assert.Contains("add rule inet lb e.udp.203.0.113.1.0.192.0.2.1.0 meta l4proto udp dnat ip to 192.0.2.1", lines);
        Assert.Contains("add rule inet lb e.udp.203.0.113.1.0.192.0.2.2.53 meta l4proto udp dnat ip to 192.0.2.2:53", lines);
        Assert.Contains("add element inet lb everyconnections4 { 203.0.113.1 . udp . 192.0.2.2 }", lines);
        Assert.Equal("c.udp.203.0.113.1.0.192.0.2.2.0", ForwardTable.ConnectionsOf(service.Key, service.Endpoints[1]));
        Assert.DoesNotContain(lines, static l => l.Contains("traffic", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "ip saddr")]
    [InlineData(24, "ip saddr & 255.255.255.0")]
    [InlineData(0, "ip saddr & 0.0.0.0")]
    [InlineData(32, "ip saddr")]
    public void Persistence_ClientsOfAnEndpoint_AreASetOfItsOwn(int? prefix, string client)
    {
        ForwardService service = Service(Endpoint(1), Endpoint(2), Endpoint(3) with { IsDraining = true }) with { Persistence = TimeSpan.FromMinutes(30), PersistencePrefix = prefix, Sorry = Endpoint(9) };

        string[] lines = Change([], [service]);

        const string Name = "tcp.203.0.113.1.80";
        Assert.Contains($"add set inet lb p1800.{Name}.192.0.2.1.8080 {{ type ipv4_addr ; size 1048576 ; flags dynamic,timeout ; timeout 1800s ; }}", lines);
        Assert.Equal(2, lines.Count(static l => l.StartsWith("add set", StringComparison.Ordinal)));
        Assert.Equal(
            [
                $"add rule inet lb e.{Name}.192.0.2.1.8080 update @p1800.{Name}.192.0.2.1.8080 {{ {client} }}",
                $"add rule inet lb e.{Name}.192.0.2.1.8080 meta l4proto tcp dnat ip to 192.0.2.1:8080",
            ],
            lines.Where(static l => l.StartsWith("add rule inet lb e.tcp.203.0.113.1.80.192.0.2.1.", StringComparison.Ordinal)));
        Assert.Equal(
            [
                $"{client} @p1800.{Name}.192.0.2.1.8080 goto e.{Name}.192.0.2.1.8080",
                $"{client} @p1800.{Name}.192.0.2.2.8080 goto e.{Name}.192.0.2.2.8080",
                $"numgen random mod 2 vmap {{ 0 : goto e.{Name}.192.0.2.1.8080, 1 : goto e.{Name}.192.0.2.2.8080 }}",
            ],
            lines.Where(static l => l.StartsWith("add rule inet lb s.", StringComparison.Ordinal)).Select(static l => l["add rule inet lb s.tcp.203.0.113.1.80 ".Length..]));
    }

    [Fact]
    public void Persistence_EndpointDrains_ItsClientsAreForgotten()
    {
        ForwardService service = Service(Endpoint(1), Endpoint(2)) with { Persistence = TimeSpan.FromSeconds(60) };

        string[] lines = Change([service], [service with { Endpoints = [Endpoint(1), Endpoint(2) with { IsDraining = true }] }]);

        Assert.Equal("delete set inet lb p60.tcp.203.0.113.1.80.192.0.2.2.8080", lines[^1]);
        Assert.Contains("flush chain inet lb e.tcp.203.0.113.1.80.192.0.2.2.8080", lines);
        Assert.DoesNotContain(lines, static l => l.Contains("@p60", StringComparison.Ordinal) && l.Contains(".192.0.2.1.8080", StringComparison.Ordinal) && l.Contains("update", StringComparison.Ordinal));
    }
}
