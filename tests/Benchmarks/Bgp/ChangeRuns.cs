// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Benchmarks.Bgp.Ours;
using LoadBalancer.Benchmarks.Bgp.Wire;
using LoadBalancer.Benchmarks.Reporting;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>Routes changed one at a time, and when each sink had them.</summary>
internal static class ChangeRuns
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Changes routes one after the other, a moment apart, and collects the milliseconds until each sink had each; the time stamps
    /// of the hand-overs too, where a list is given for them.
    /// </summary>
    internal static async Task<Samples> RunAsync(
        Announcer announcer, IReadOnlyList<PlayedPeer> sinks, int from, int count, int tag, TimeSpan apart, CancellationToken cancellation, List<long>? handedOver = null)
    {
        var samples = new Samples();
        for (var i = 0; i < count; i++)
        {
            var number = from + i;
            var began = long.Parse(await announcer.DoAsync($"change {number} {tag}", cancellation), CultureInfo.InvariantCulture);
            handedOver?.Add(began);
            foreach (var sink in sinks)
            {
                while (sink.Book.Med(number) != tag || sink.Book.At(number) == 0)
                {
                    if (Stopwatch.GetElapsedTime(began) > Limit)
                        throw new TimeoutException($"A change did not reach a sink within {Limit.TotalSeconds:f0} s.");
                    await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellation);
                }

                samples.Add(Stopwatch.GetElapsedTime(began, sink.Book.At(number)).TotalMilliseconds);
            }

            if (apart > TimeSpan.Zero)
                await Task.Delay(apart, TimeProvider.System, cancellation);
        }

        return samples;
    }
}
