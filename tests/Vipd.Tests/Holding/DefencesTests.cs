// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Holding;

namespace LoadBalancer.Vipd.Tests.Holding;

public sealed class DefencesTests
{
    private static readonly IpAddr One = IpAddr.Parse("192.0.2.100");
    private static readonly IpAddr Other = IpAddr.Parse("2001:db8::100");

    private readonly Defences _defences = new();

    [Fact]
    [Trait("Scenario", "FI-36")]
    [Trait("Rfc", "5227-2.4")]
    public void Claim_RepeatedForEver_IsAnsweredEveryElevenSeconds()
    {
        List<double> answers = [];
        for (double second = 0; second < 60; second += 0.25)
        {
            _defences.Claimed(One, At(second));
            while (_defences.TryTake(At(second), out IpAddr address))
            {
                Assert.Equal(One, address);
                answers.Add(second);
            }
        }

        Assert.Equal([1, 12, 23, 34, 45, 56], answers);
    }

    [Fact]
    public void Claim_OfTheNextMaster_IsNotAnsweredOnceTheAddressIsLetGo()
    {
        _defences.Claimed(One, At(0));
        _defences.Claimed(Other, At(0.5));
        _defences.Forget(One);
        Assert.False(_defences.TryTake(At(1.4), out _));
        Assert.Equal(At(1.5), _defences.Next);
        // Held again and claimed again: by the new claim alone.
        _defences.Claimed(One, At(1.4));
        Assert.True(_defences.TryTake(At(3), out IpAddr address));
        Assert.Equal(Other, address);
        Assert.True(_defences.TryTake(At(3), out address));
        Assert.Equal(One, address);
        Assert.Equal((false, MonoTime.Never), (_defences.TryTake(At(99), out _), _defences.Next));
    }

    private static MonoTime At(double seconds) => new((long)(seconds * 1e9));
}
