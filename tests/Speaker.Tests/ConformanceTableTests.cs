// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Testing;

namespace LoadBalancer.Speaker.Tests;

/// <summary>The table of BGP behaviours names tests that are there, and that say of themselves what they prove.</summary>
public sealed class ConformanceTableTests
{
    private const int FewestLines = 240;

    // What MetalLB does has identifiers of the same shape, so that a test may carry one that is no line here.
    [Fact]
    public void Tests_NamedInTheTable_AreThereAndCarryTheIdentifier()
    {
        ConformanceTable table = new("bgp-conformance.md", @"[A-Z]\d+", static id => id[0] == 'P');
        Assert.Empty(table.WrongLines());
        Assert.InRange(table.Count, FewestLines, int.MaxValue);
    }
}
