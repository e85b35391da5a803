// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Nftables.Tests;

public sealed class DirectTableTests
{
    private readonly DirectTable _table = new("lb");

    private static ForwardEndpoint Endpoint(int last, int weight = 1, string? link = "eth0") => new(IpAddr.Parse($"192.0.2.{last}"), 80, weight) { Link = link };

    private static ForwardService Service(params ForwardEndpoint[] endpoints) =>
        new(new(IpAddr.Parse("192.0.2.100"), TransportProtocol.Tcp, 80)) { Source = SourceAddressing.Direct, Scheduler = Scheduler.RoundRobin, Endpoints = [.. endpoints] };

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string[] Create(params ForwardService[] services) => Lines(_table.Create(["eth0"], services));

    private string[] Change(ForwardService[] from, ForwardService[] to) => Lines(_table.Change(["eth0"], from, ["eth0"], to));

    private static string[] Rules(string[] lines, string chain) => [.. lines.Where(line => line.StartsWith($"add rule netdev lb {chain} ", StringComparison.Ordinal)).Select(line => line[$"add rule netdev lb {chain} ".Length..])];

    [Fact]
    public void Create_NoService_IsTheFrameInThePlaceOfWhatWas()
    {
        string[] expected =
        [
            "add table netdev lb",
            "delete table netdev lb",
            "add table netdev lb",
            "add map netdev lb services4 { type ipv4_addr . inet_proto . inet_service : verdict ; }",
            "add map netdev lb everyservices4 { type ipv4_addr . inet_proto : verdict ; }",
            "add map netdev lb services6 { type ipv6_addr . inet_proto . inet_service : verdict ; }",
            "add map netdev lb everyservices6 { type ipv6_addr . inet_proto : verdict ; }",
            "add chain netdev lb entrance { type filter hook ingress devices = { \"eth0\" } priority -300 ; policy accept ; }",
            "add rule netdev lb entrance ip daddr . meta l4proto . th dport vmap @services4",
            "add rule netdev lb entrance ip daddr . meta l4proto vmap @everyservices4",
            "add rule netdev lb entrance ip6 daddr . meta l4proto . th dport vmap @services6",
            "add rule netdev lb entrance ip6 daddr . meta l4proto vmap @everyservices6",
        ];

        Assert.Equal(expected, Create());
        // A chain where packets come in cannot be without interfaces.
        Assert.DoesNotContain("entrance", _table.Create([], []), StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoint_OnALink_IsSentToWithNothingChanged()
    {
        string[] lines = Create(Service(Endpoint(1)));

        string[] rules = Rules(lines, "e.tcp.192.0.2.100.80.192.0.2.1.80");
        Assert.Equal("fwd ip to 192.0.2.1 device \"eth0\"", rules[^1]);
        Assert.Contains("timeout 60s", rules[1], StringComparison.Ordinal);
        Assert.Contains("timeout 900s", rules[2], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, static line => line.Contains("dnat", StringComparison.Ordinal) || line.Contains("masquerade", StringComparison.Ordinal));
    }

    [Fact]
    public void Endpoint_ThatIsThisHost_KeepsWhatComesWithoutAMark() =>
        Assert.Equal(["meta mark set 0", "accept"], Rules(Create(Service(Endpoint(1, link: null))), "e.tcp.192.0.2.100.80.192.0.2.1.80")[^2..]);

    [Fact]
    public void Marks_AreNoNumbersOfFlows()
    {
        string[] rules = Rules(Create(Service([.. Enumerable.Range(1, 200).Select(static i => Endpoint(i))])), "s.tcp.192.0.2.100.80");

        string[] marks = [.. rules.Single(static rule => rule.Contains(" : goto e.", StringComparison.Ordinal)).Split("0x")[1..].Select(static mark => mark[..8])];
        Assert.Equal(200, marks.Distinct().Count());
        Assert.All(marks, static mark => Assert.True(Convert.ToUInt32(mark, 16) >= 1u << 31));
        Assert.Contains(rules, static rule => rule.Contains("mod 2147483648", StringComparison.Ordinal));
    }

    [Fact]
    public void Endpoint_Drains_KeepsItsFlowsAndIsNotDrawn()
    {
        string[] rules = Rules(Create(Service(Endpoint(1), Endpoint(2) with { IsDraining = true })), "s.tcp.192.0.2.100.80");

        Assert.Contains(rules, static rule => rule.Contains("goto e.tcp.192.0.2.100.80.192.0.2.2.80", StringComparison.Ordinal));
        Assert.DoesNotContain(rules, static rule => rule.Contains("goto n.tcp.192.0.2.100.80.192.0.2.2.80", StringComparison.Ordinal));
    }

    [Fact]
    public void Change_OneOfTwoServices_LeavesTheOtherAndTheFlows()
    {
        ForwardService other = Service(Endpoint(9)) with { Key = new(IpAddr.Parse("192.0.2.101"), TransportProtocol.Udp, 53) };

        string[] lines = Change([Service(Endpoint(1), Endpoint(2)), other], [Service(Endpoint(1), Endpoint(3)), other]);

        Assert.DoesNotContain(lines, static line => line.Contains("192.0.2.101", StringComparison.Ordinal) || line.Contains("f.tcp", StringComparison.Ordinal) && line.Contains("map", StringComparison.Ordinal) && !line.Contains("rule", StringComparison.Ordinal));
        Assert.Contains("delete chain netdev lb e.tcp.192.0.2.100.80.192.0.2.2.80", lines);
        Assert.Contains("delete counter netdev lb c.tcp.192.0.2.100.80.192.0.2.2.80", lines);
        Assert.DoesNotContain("flush chain netdev lb e.tcp.192.0.2.100.80.192.0.2.1.80", lines);
        Assert.Empty(Change([other], [other]));
    }

    [Fact]
    public void Change_OfLinks_MakesTheEntranceAnew()
    {
        string[] lines = Lines(_table.Change(["eth0"], [Service(Endpoint(1))], ["eth0", "eth1"], [Service(Endpoint(1))]));

        Assert.Equal("flush chain netdev lb entrance", lines[0]);
        Assert.Equal("delete chain netdev lb entrance", lines[1]);
        Assert.Contains("devices = { \"eth0\", \"eth1\" }", lines[2], StringComparison.Ordinal);
        Assert.Equal(7, lines.Length);
    }

    [Fact]
    public void Create_AfterAFormerLife_GoesOnCounting()
    {
        Dictionary<string, CounterValue> counters = new() { ["c.tcp.192.0.2.100.80"] = new(5, 300), ["r.tcp.192.0.2.100.80"] = new(2, 100), ["t.tcp.192.0.2.100.80.192.0.2.1.80"] = new(7, 700) };

        string[] lines = Lines(_table.Create(["eth0"], [Service(Endpoint(1))], counters));

        // What is read of connections is without those that were refused.
        Assert.Contains("add counter netdev lb c.tcp.192.0.2.100.80 { packets 7 bytes 400 ; }", lines);
        Assert.Contains("add counter netdev lb t.tcp.192.0.2.100.80.192.0.2.1.80 { packets 7 bytes 700 ; }", lines);
        Assert.Contains("add counter netdev lb t.tcp.192.0.2.100.80", lines);
    }
}
