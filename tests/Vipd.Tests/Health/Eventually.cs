// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.Vipd.Tests.Health;

/// <summary>Waits for what happens on other threads.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task Holds(Func<bool> condition, Func<string>? otherwise = null)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, otherwise?.Invoke() ?? "it never came to hold");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
