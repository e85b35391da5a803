// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>End-of-RIB is not withheld for ever.</summary>
[Trait("Scenario", "S03")]
public sealed class InitialStateWaitTests
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(60);
    private readonly InitialStateWait _wait = new(Most);
    private readonly MonoTime _start = default(MonoTime) + TimeSpan.FromHours(1);

    [Fact]
    public void NobodyWaits_ItNeverEnds() => Assert.False(_wait.TryGiveUp(_start + TimeSpan.FromDays(1)));

    [Fact]
    public void NothingSaid_EndsOnceAfterTheTimeSinceTheFirstSession()
    {
        _wait.SessionUp(_start);
        _wait.SessionUp(_start + TimeSpan.FromSeconds(30));
        Assert.Equal(_start + Most, _wait.Until);
        Assert.False(_wait.TryGiveUp(_start + Most - TimeSpan.FromMilliseconds(1)));
        Assert.True(_wait.TryGiveUp(_start + Most));
        Assert.False(_wait.TryGiveUp(_start + Most + Most));
        _wait.SessionUp(_start + Most);
        Assert.Equal(MonoTime.Never, _wait.Until);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AllRoutesKnown_IsNotGivenUp(bool sessionFirst)
    {
        if (sessionFirst)
        {
            _wait.SessionUp(_start);
        }

        _wait.Complete();
        _wait.SessionUp(_start);
        Assert.False(_wait.TryGiveUp(_start + Most));
    }
}
