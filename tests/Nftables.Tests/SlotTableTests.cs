// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Nftables.Tests;

public sealed class SlotTableTests
{
    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(static i => $"endpoint-{i}")];

    private static int[] Owners(IEnumerable<SlotRange> ranges) => [.. ranges.SelectMany(static r => Enumerable.Repeat(r.Endpoint, r.Last - r.First + 1))];

    [Fact]
    public void Proportional_Weights_AreReducedAndWithoutGaps() =>
        Assert.Equal([new(0, 2, 0), new(3, 3, 1), new(4, 5, 2)], SlotTable.Proportional([300, 100, 200]));

    [Fact]
    public void Interleaved_HeavyEndpoint_IsSpread() => Assert.Equal([0, 0, 1, 0, 2, 0, 0], Owners(SlotTable.Interleaved([5, 1, 1])));

    [Fact]
    public void Interleaved_TooManySlots_AreRuns() => Assert.Equal([new(0, 65534, 0), new(65535, 131068, 1)], SlotTable.Interleaved([65535, 65534]));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(50)]
    public void Consistent_OneGoes_OnlyItsSlotsMove(int count)
    {
        int[] weights = [.. Enumerable.Repeat(1, count)];
        int[] before = Owners(SlotTable.Consistent(Names(count), weights));

        int[] after = Owners(SlotTable.Consistent(Names(count).AsSpan()[..^1], weights.AsSpan()[..^1]));

        Assert.Equal(SlotTable.ConsistentSlots, before.Length);
        Assert.Equal(SlotTable.ConsistentSlots, after.Length);
        Assert.All(Enumerable.Range(0, before.Length).Where(i => before[i] != count - 1), i => Assert.Equal(before[i], after[i]));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(5, 3)]
    [InlineData(10, 1)]
    public void Consistent_Shares_FollowTheWeights(int count, int heavy)
    {
        int[] weights = [heavy, .. Enumerable.Repeat(1, count - 1)];
        double fair = (double)SlotTable.ConsistentSlots / weights.Sum();

        int[] owners = Owners(SlotTable.Consistent(Names(count), weights));

        Assert.All(Enumerable.Range(0, count), i => Assert.InRange(owners.Count(o => o == i), fair * weights[i] * 0.5, fair * weights[i] * 1.6));
    }

    [Fact]
    public void Consistent_OrderOfEndpoints_DoesNotMatter()
    {
        string[] names = Names(5);
        string[] reversed = [.. names.Reverse()];

        Assert.Equal(
            Owners(SlotTable.Consistent(names, [1, 1, 1, 1, 1])).Select(i => names[i]),
            Owners(SlotTable.Consistent(reversed, [1, 1, 1, 1, 1])).Select(i => reversed[i]));
    }
}
