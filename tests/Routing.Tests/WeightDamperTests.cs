// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Routing.Tests;

/// <summary>Weights change once in five seconds, and the last one always wins.</summary>
[Trait("Scenario", "S45")]
public sealed class WeightDamperTests
{
    private readonly WeightDamper _damper = new();

    [Fact]
    public void Take_FirstChange_GoesAtOnceAndTheNextWaitsForTheInterval()
    {
        _damper.Begin("a", 4);
        Assert.Equal(5, _damper.Take("a", 5, At(10)));
        Assert.Equal(5, _damper.Take("a", 6, At(10)));
        Assert.Equal(At(15), _damper.Due);
        Assert.Empty(_damper.TakeDue(At(14.999)));
        Assert.Equal([("a", 6)], _damper.TakeDue(At(15)));
        Assert.Equal(MonoTime.Never, _damper.Due);
    }

    [Fact]
    public void Take_ManyChangesInAnInterval_TellsTheLastAlone()
    {
        _damper.Begin("a", 1);
        _damper.Take("a", 2, At(0));
        for (int i = 3; i < 50; i++)
            Assert.Equal(2, _damper.Take("a", i, At(i / 10.0)));
        Assert.Equal([("a", 49)], _damper.TakeDue(At(5)));
        Assert.Equal(49, _damper.Take("a", 48, At(9)));
        Assert.Equal(At(10), _damper.Due);
    }

    [Fact]
    public void Take_ChangeThatIsTakenBack_WaitsForNothing()
    {
        _damper.Begin("a", 1);
        _damper.Take("a", 2, At(0));
        _damper.Take("a", 3, At(1));
        Assert.Equal(2, _damper.Take("a", 2, At(2)));
        Assert.Equal(MonoTime.Never, _damper.Due);
        Assert.Empty(_damper.TakeDue(At(60)));
        Assert.Equal(2, _damper.Take("a", 2, At(3)));
        Assert.Equal(2, _damper.Take("a", 3, At(4)));
        Assert.Equal(At(5), _damper.Due);
    }

    [Fact]
    public void Take_ToAndFromNothing_NeverWaits()
    {
        _damper.Begin("a", 1);
        Assert.Equal(2, _damper.Take("a", 2, At(0)));
        Assert.Equal(2, _damper.Take("a", 9, At(0.5)));
        Assert.Equal(0, _damper.Take("a", 0, At(1)));
        Assert.Equal(MonoTime.Never, _damper.Due);
        Assert.Equal(3, _damper.Take("a", 3, At(1.1)));
        Assert.Equal(3, _damper.Take("a", 4, At(1.2)));
        Assert.Equal(At(6.1), _damper.Due);
    }

    [Fact]
    public void Take_AfterAQuietInterval_GoesAtOnce()
    {
        _damper.Begin("a", 1);
        _damper.Take("a", 2, At(0));
        Assert.Equal(3, _damper.Take("a", 3, At(5)));
        Assert.Equal(MonoTime.Never, _damper.Due);
    }

    [Fact]
    public void Take_WhatWaitedAndIsLateToBeTold_CountsFromWhenItWasTold()
    {
        _damper.Begin("a", 1);
        _damper.Take("a", 2, At(0));
        _damper.Take("a", 3, At(1));
        _damper.TakeDue(At(8));
        Assert.Equal(3, _damper.Take("a", 4, At(9)));
        Assert.Equal(At(13), _damper.Due);
    }

    [Fact]
    public void Services_AreHeldBackEachForItself()
    {
        _damper.Begin("a", 1);
        _damper.Begin("b", 1);
        _damper.Take("a", 2, At(0));
        Assert.Equal(2, _damper.Take("b", 2, At(1)));
        _damper.Take("a", 3, At(2));
        _damper.Take("b", 3, At(2));
        Assert.Equal(At(5), _damper.Due);
        Assert.Equal([("a", 3)], _damper.TakeDue(At(5)));
        Assert.Equal(At(6), _damper.Due);
        _damper.Remove("b");
        Assert.Equal(MonoTime.Never, _damper.Due);
    }

    [Fact]
    public void Begin_WhileAChangeWaits_ForgetsIt()
    {
        _damper.Begin("a", 1);
        _damper.Take("a", 2, At(0));
        _damper.Take("a", 3, At(1));
        _damper.Begin("a", 7);
        Assert.Equal(MonoTime.Never, _damper.Due);
        Assert.Equal(8, _damper.Take("a", 8, At(1)));
    }

    private static MonoTime At(double seconds) => new((long)(seconds * 1e9));
}
