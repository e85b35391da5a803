// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Benchmarks.Reporting;

/// <summary>Keeps every processor busy for a time.</summary>
internal static class Burner
{
    /// <summary>Threads on each processor.</summary>
    internal const int Each = 2;

    internal static async Task BurnAsync(TimeSpan time, CancellationToken cancellation)
    {
        using var stop = new CancellationTokenSource();
        var burners = new List<Thread>();
        for (var i = 0; i < Each * Environment.ProcessorCount; i++)
        {
            var burner = new Thread(() =>
            {
                while (!stop.IsCancellationRequested)
                    Thread.SpinWait(1000);
            })
            {
                IsBackground = true,
                Name = "burner",
            };
            burners.Add(burner);
            burner.Start();
        }

        try
        {
            await Task.Delay(time, TimeProvider.System, cancellation);
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var burner in burners)
                burner.Join();
        }
    }
}
