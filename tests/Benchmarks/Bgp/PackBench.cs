// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Benchmarks.Micro;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Primitives;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>The codec alone: nanoseconds and octets allocated for a prefix that is packed, or read.</summary>
internal static class PackBench
{
    private const int Prefixes = 100_000;
    private const int Rounds = 1;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    internal static IReadOnlyList<Figure> Run(int runs) =>
        [.. Of(IpFamily.IPv4, extended: false, runs), .. Of(IpFamily.IPv4, extended: true, runs), .. Of(IpFamily.IPv6, extended: false, runs)];

    private static IEnumerable<Figure> Of(IpFamily family, bool extended, int runs)
    {
        var codec = new UpdateBenchmarks { Family = family, ExtendedMessages = extended };
        codec.Setup();
        var what = $"{family} prefix in messages of {(extended ? 65535 : 4096)} octets";
        foreach (var (name, work, aim) in new (string, Func<int>, string)[] { ("packed", codec.Pack, "<= 5 ns"), ("read", codec.Read, "") })
        {
            var (time, octets) = Measure(work, runs);
            yield return new Figure($"{what}, {name}", time, "ns") { Aim = aim };
            yield return new Figure($"{what}, {name}: allocated", octets, "octets") { Aim = "0" };
        }
    }

    private static (double Nanoseconds, double Octets) Measure(Func<int> work, int runs)
    {
        var time = new Samples();
        var octets = new Samples();
        // The compiler takes its time to find out what is worth its best.
        for (var warming = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warming) < WarmUp;)
            work();
        for (var run = 0; run < runs * 5; run++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            for (var round = 0; round < Rounds; round++)
                work();
            var elapsed = Stopwatch.GetElapsedTime(began);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            time.Add(elapsed.TotalNanoseconds / Rounds / Prefixes);
            octets.Add((double)allocated / Rounds / Prefixes);
        }

        return (time.Median, octets.Median);
    }
}
