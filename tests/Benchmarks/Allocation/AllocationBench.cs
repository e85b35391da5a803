// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.Config;
using LoadBalancer.Ipam;
using LoadBalancer.Primitives;

namespace LoadBalancer.Benchmarks.Allocation;

/// <summary>Decisions per second of the allocator alone, in memory.</summary>
internal static class AllocationBench
{
    private const int Addresses = 100_000;

    // The walk is quadratic: all 100,000 by it would take a minute. The last ones show what it costs there.
    private const int PeerAddresses = 10_000;
    private const int Last = 1_000;

    internal static IReadOnlyList<Figure> Run(int runs)
    {
        var services = Services(Addresses);
        var all = new Samples();
        var few = new Samples();
        var peer = new Samples();
        var again = new Samples();
        var last = new Samples();
        var peerLast = new Samples();
        Time(services, PeerAddresses, out _, out _);
        for (var run = 0; run < runs; run++)
        {
            all.Add(Time(services, Addresses, out var reuse, out var end));
            again.Add(reuse);
            last.Add(end);
            few.Add(Time(services, PeerAddresses, out _, out _));
            peer.Add(TimePeer(services, 0, PeerAddresses));
            peerLast.Add(TimePeer(services, Addresses - Last, Addresses));
        }

        const string Walk = "linear walk of the pool (MetalLB's algorithm)";
        return
        [
            new Figure($"allocations, {Addresses} addresses", all.Median, "/s"),
            new Figure($"allocations, {PeerAddresses} addresses", few.Median, "/s") { Peer = Walk, PeerValue = peer.Median },
            new Figure($"allocations, the last {Last} of {Addresses}", last.Median, "/s") { Peer = Walk, PeerValue = peerLast.Median },
            new Figure($"release and allocate in a full pool of {Addresses}", again.Median, "/s"),
        ];
    }

    internal static Allocator Pool(params IReadOnlyList<string> ranges)
    {
        var allocator = new Allocator();
        allocator.SetPools(Configuration.Build(new ManifestSet([new PoolManifest("metallb-system", "bench", 1, 0, ranges)], [])));
        allocator.SetNamespace("default", new Dictionary<string, string>());
        return allocator;
    }

    internal static ServiceFacts[] Services(int count) =>
    [
        .. Enumerable.Range(0, count).Select(n => new ServiceFacts(new ServiceKey("default", string.Create(CultureInfo.InvariantCulture, $"service-{n}")))
        {
            ClusterIPs = [IpAddr.Parse("203.0.113.1")],
            PrimaryFamily = IpFamily.IPv4,
            Ports = [new ServicePort("TCP", 80)],
        }),
    ];

    private static double Time(ServiceFacts[] services, int count, out double reusePerSecond, out double lastPerSecond)
    {
        var allocator = Pool("100.64.0.0/10");
        var began = Stopwatch.GetTimestamp();
        var nearEnd = began;
        for (var i = 0; i < count; i++)
        {
            if (i == count - Last)
                nearEnd = Stopwatch.GetTimestamp();
            if (allocator.Decide(services[i]).Addresses.Count != 1)
                throw new InvalidOperationException($"Service {services[i].Key} got no address.");
        }

        lastPerSecond = Last / Stopwatch.GetElapsedTime(nearEnd).TotalSeconds;
        var taken = Stopwatch.GetElapsedTime(began).TotalSeconds;
        began = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            // Spread over the pool by a step that has no common divisor with the count.
            var service = services[(int)((long)i * 7919 % count)];
            allocator.Release(service.Key);
            allocator.Decide(service);
        }

        reusePerSecond = count / Stopwatch.GetElapsedTime(began).TotalSeconds;
        return count / taken;
    }

    private static double TimePeer(ServiceFacts[] services, int from, int to)
    {
        const uint First = 0x64400000;
        var allocator = new LinearAllocator(First, 0x647fffff);
        for (var i = 0; i < from; i++)
            allocator.Use(First + (uint)i, services[i].Key.Name);
        var began = Stopwatch.GetTimestamp();
        for (var i = from; i < to; i++)
        {
            if (allocator.Allocate(services[i].Key.Name) is null)
                throw new InvalidOperationException($"Service {services[i].Key} got no address.");
        }

        return (to - from) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
