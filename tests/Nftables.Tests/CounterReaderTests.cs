// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Nftables.Tests;

public sealed class CounterReaderTests
{
    [Fact]
    public void List_OfLibnftables_IsRead()
    {
        const string Json = """
            {"nftables": [{"metainfo": {"version": "1.0.6"}}, {"counter": {"family": "inet", "name": "c.a", "table": "lb", "handle": 8, "packets": 5, "bytes": 18446744073709551615}},
              {"counter": {"name": "c.b", "packets": 0, "bytes": 0}}]}
            """;

        Assert.True(CounterReader.TryRead(Json, out var counters));

        Assert.Equal(new CounterValue(5, ulong.MaxValue), counters["c.a"]);
        Assert.Equal(2, counters.Count);
    }

    [Theory]
    [InlineData("{\"nftables\": [{\"counter\": {\"name\": \"c\", \"packets\": \"5\", \"bytes\": 1}}]}")]
    [InlineData("{\"nftables\": [{\"counter\": {\"name\": 7, \"packets\": 5, \"bytes\": 1}}]}")]
    [InlineData("{\"nftables\": [{\"counter\": {\"name\": \"c\", \"packets\": -5, \"bytes\": 1}}]}")]
    [InlineData("{\"nftables\": [{\"counter\": 3}, 4, {\"table\": {}}]}")]
    public void Entry_Unreadable_IsLeftOut(string json)
    {
        Assert.True(CounterReader.TryRead(json, out var counters));
        Assert.Empty(counters);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"nftables\": 3}")]
    [InlineData("{\"nftables\": [")]
    public void Text_NoList_IsRefused(string json) => Assert.False(CounterReader.TryRead(json, out _));
}
