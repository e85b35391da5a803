// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Vipd.Health;

namespace LoadBalancer.Vipd.Tests.Health;

public sealed class FileWeightTests
{
    [Theory]
    [InlineData(0, 1, true, 0)]
    [InlineData(10, 3, true, 30)]
    [InlineData(1000, 3, true, 253)]
    [InlineData(-10, 3, true, -30)]
    [InlineData(-253, 1, true, -253)]
    [InlineData(-254, 1, false, 0)]
    [InlineData(int.MaxValue, -2, false, 0)]
    [InlineData(0, 0, true, 0)]
    [InlineData(1, 0, false, 0)]
    public void Number_TimesWeight_IsTheChange(int value, int weight, bool isUp, int change)
    {
        HealthVerdict verdict = FileWeight.Judge(value, weight);

        Assert.Equal((isUp, change), (verdict.IsUp, verdict.WeightChange));
    }
}
