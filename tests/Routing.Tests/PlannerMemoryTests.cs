// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Routing.Tests;

/// <summary>What a planner keeps of Services that came and went.</summary>
// Alone: the heap it measures is that of the whole process.
[CollectionDefinition(nameof(PlannerMemoryTests), DisableParallelization = true)]
[Collection(nameof(PlannerMemoryTests))]
public sealed class PlannerMemoryTests
{
    [Fact]
    public void Services_OfEverNewAddresses_LeaveNothingBehind()
    {
        Planned plan = new();
        plan.Advertisements.Add(Planned.Advertisement("adv"));
        RoutePlanner planner = plan.Configure().Planner;
        Churn(planner, 0, 1000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Churn(planner, 1000, 41_000);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(0, planner.Announced);
        Assert.Empty(planner.Planned());
        // A prefix that is kept costs more than 200 octets: 8 MB of these.
        Assert.InRange(grown, long.MinValue, 2_000_000);
    }

    private static void Churn(RoutePlanner planner, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            planner.Set(Planned.Service("web", $"2001:db8::{i >> 16:x}:{i & 0xffff:x}"));
            Assert.Single(planner.TakeChanges());
            planner.Remove("ns/web");
            Assert.Single(planner.TakeChanges());
        }
    }
}
