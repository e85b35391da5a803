// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Testing;

namespace LoadBalancer.Vipd.Tests;

/// <summary>The table of what vipd does names tests that are there, and every test that says it proves a line of it.</summary>
public sealed class ConformanceTableTests
{
    private const int Lines = 234;

    private readonly ConformanceTable _table = new("vip-conformance.md", @"[A-Z][A-Z0-9]*-\w+", static _ => false);

    [Fact]
    public void Lines_OfTheTable_HaveATestThatCarriesThemOrAReason()
    {
        Assert.Empty(_table.WrongLines());
        Assert.Equal(Lines, _table.Count);
    }

    [Fact]
    public void Tests_ThatCarryALine_AreNamedThere() => Assert.Empty(_table.UnnamedTests());
}
