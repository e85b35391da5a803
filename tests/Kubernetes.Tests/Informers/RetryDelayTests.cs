// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;

namespace LoadBalancer.Kubernetes.Tests.Informers;

public sealed class RetryDelayTests
{
    [Fact]
    public void Delay_FailureAfterFailure_DoublesUpToItsLimitAndResets()
    {
        var random = new Random(1);
        var retry = new RetryDelay(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        foreach (var most in new[] { 1, 2, 4, 8, 10, 10, 10 })
            Assert.InRange(retry.Next(random), TimeSpan.FromSeconds(most * 0.5), TimeSpan.FromSeconds(most));
        retry.Reset();
        Assert.InRange(retry.Next(random), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
    }
}
