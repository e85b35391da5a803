// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Nftables.Tests;

public sealed class CounterReaderTests
{
    private const string Services = """
        {"nftables": [{"metainfo": {"version": "1.0.6"}}, {"map": {"family": "inet", "name": "services4", "table": "lb", "handle": 1, "map": "verdict", "elem": [
          [{"elem": {"val": {"concat": ["203.0.113.1", "tcp", 80]}, "counter": {"packets": 9, "bytes": 900}}}, {"goto": {"target": "s.a"}}]], "stmt": [{"counter": null}]}}]}
        """;

    private static string Set(string name, string key, int packets) =>
        $"{{\"nftables\": [{{\"set\": {{\"name\": \"{name}\", \"elem\": [{{\"elem\": {{\"val\": {{\"concat\": [{key}]}}, \"counter\": {{\"packets\": {packets}, \"bytes\": {packets}00}}}}}}]}}}}]}}";

    [Fact]
    public void Counters_OfTheirOwn_AreCalledWhatTheyCount()
    {
        const string Text = """
            {"nftables": [{"metainfo": {"version": "1.0.6"}},
              {"counter": {"family": "netdev", "name": "c.tcp.192.0.2.100.80", "table": "lb", "handle": 2, "packets": 9, "bytes": 90}},
              {"counter": {"family": "netdev", "name": "r.tcp.192.0.2.100.80", "table": "lb", "handle": 3, "packets": 2, "bytes": 20}},
              {"counter": {"family": "netdev", "packets": 1, "bytes": 1}}, {"counter": 7}]}
            """;

        Assert.True(CounterReader.TryRead([Text], out var counters));
        Assert.Equal(2, counters.Count);
        Assert.Equal(new CounterValue(7, 70), counters["c.tcp.192.0.2.100.80"]);
    }

    [Fact]
    public void Lists_OfAllKinds_AreNamedByWhatTheyCount()
    {
        string[] lists =
        [
            Services,
            Set("refused4", "\"203.0.113.1\", \"tcp\", 80", 2),
            Set("connections6", "\"2001:db8::1\", \"udp\", 53, \"2001:db8::2\", 5353", 3),
            Set("endpoints6", "\"2001:db8::1\", \"udp\", 53, \"2001:db8::2\", 5353", 4),
            Set("traffic4", "\"203.0.113.1\", \"tcp\", 80", 5),
            Set("everyservices4", "\"203.0.113.2\", \"sctp\"", 6),
            Set("everyconnections4", "\"203.0.113.2\", \"sctp\", \"192.0.2.1\"", 7),
        ];

        Assert.True(CounterReader.TryRead(lists, out var counters));

        Assert.Equal(
            new SortedDictionary<string, CounterValue>(StringComparer.Ordinal)
            {
                ["c.sctp.203.0.113.2.0"] = new(6, 600),
                ["c.sctp.203.0.113.2.0.192.0.2.1.0"] = new(7, 700),
                ["c.tcp.203.0.113.1.80"] = new(7, 700),
                ["c.udp.2001_db8__1.53.2001_db8__2.5353"] = new(3, 300),
                ["r.tcp.203.0.113.1.80"] = new(2, 200),
                ["t.tcp.203.0.113.1.80"] = new(5, 500),
                ["t.udp.2001_db8__1.53.2001_db8__2.5353"] = new(4, 400),
            },
            new SortedDictionary<string, CounterValue>(counters, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("traffic4", "\"203.0.113.1\", \"tcp\"")]
    [InlineData("traffic4", "\"203.0.113.1\", \"icmp\", 80")]
    [InlineData("traffic4", "\"203.0.113.1\", 6, 80")]
    [InlineData("traffic4", "\"203.0.113.1\", \"tcp\", 65536")]
    [InlineData("traffic4", "\"nowhere\", \"tcp\", 80")]
    [InlineData("endpoints4", "\"203.0.113.1\", \"tcp\", 80, \"192.0.2.1\"")]
    [InlineData("another4", "\"203.0.113.1\", \"tcp\", 80")]
    public void Key_OfSomethingElse_IsLeftOut(string set, string key)
    {
        Assert.True(CounterReader.TryRead([Set(set, key, 1)], out var counters));
        Assert.Empty(counters);
    }

    [Theory]
    [InlineData("{\"nftables\": [{\"set\": 3}, 4, {\"table\": {}}]}")]
    [InlineData("{\"nftables\": [{\"set\": {\"name\": 3, \"elem\": []}}]}")]
    [InlineData("{\"nftables\": [{\"set\": {\"name\": \"traffic4\", \"elem\": [3, [], {\"elem\": 4}, {\"elem\": {\"val\": 5}}]}}]}")]
    [InlineData("{\"nftables\": [{\"set\": {\"name\": \"traffic4\", \"elem\": [{\"elem\": {\"val\": {\"concat\": [\"203.0.113.1\", \"tcp\", 80]}, \"counter\": {\"packets\": -1, \"bytes\": 1}}}]}}]}")]
    public void Entry_Unreadable_IsLeftOut(string json)
    {
        Assert.True(CounterReader.TryRead([json], out var counters));
        Assert.Empty(counters);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"nftables\": 3}")]
    [InlineData("{\"nftables\": [")]
    public void Text_NoList_IsRefused(string json) => Assert.False(CounterReader.TryRead([Services, json], out _));
}
