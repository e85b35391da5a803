// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Nftables;

namespace LoadBalancer.Linux.Tests.Nftables;

/// <summary>Counters read straight from the kernel, beside those libnftables lists: these need root.</summary>
public sealed class NftCountersTests : IDisposable
{
    private readonly ForwardLab _lab = new();
    private readonly NftCounters _counters;

    public NftCountersTests() => _counters = _lab.Balancer.Within(static () => new NftCounters());

    [Fact]
    public void Counters_OfManyServices_AreThoseThatLibnftablesLists()
    {
        const int Many = 1000;
        ForwardTable table = new("counted");
        string values = string.Concat(Enumerable.Range(0, Many).Select(static i => $"add counter inet counted c{i} {{ packets {i + 5_000_000_000} bytes {i} ; }}\n"));
        _lab.Run("add table inet counted\nadd table inet other\nadd counter inet other c0\nadd quota inet counted q 10 bytes\n" + values);

        IReadOnlyDictionary<string, (ulong Packets, ulong Octets)> read = _counters.Read("counted");

        Assert.Equal(Many, read.Count);
        Assert.Equal((5_000_000_999, 999), read["c999"]);
        Assert.Equal(_lab.Counters(table), read.ToDictionary(static c => c.Key, static c => new CounterValue(c.Value.Packets, c.Value.Octets)));
    }

    [Fact]
    public void Table_ThatIsNotThere_HasNone()
    {
        Assert.Empty(_counters.Read("missing"));
    }

    public void Dispose()
    {
        _counters.Dispose();
        _lab.Dispose();
    }
}
