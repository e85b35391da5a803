// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Benchmarks.Reporting;
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>Adj-RIB-Out alone, into sinks that take everything at once: what announcing costs before the first socket.</summary>
internal static class RibBench
{
    private const int Million = 1_000_000;
    private const int Some = 10_000;
    private static readonly byte[] Buffer = new byte[1 << 16];

    private static readonly ExportTerms Terms = new()
    {
        LocalAs = 64513,
        IPv4Unicast = true,
        IPv6Unicast = true,
        IPv4NextHop = new(IpAddr.Parse("192.0.2.6")),
        IPv6NextHop = new(IpAddr.Parse("2001:db8::6")),
    };

    internal static IReadOnlyList<Figure> Run(int runs) =>
    [
        Sync("1M IPv4 prefixes, 1 attribute set, to 1 peer", runs, IpFamily.IPv4, sets: 1, peers: 1, "<= 100 ms"),
        Sync("1M IPv4 prefixes, 1,000 attribute sets in turn, to 1 peer", runs, IpFamily.IPv4, sets: 1000, peers: 1, ""),
        Sync("1M IPv6 prefixes, 1 attribute set, to 1 peer", runs, IpFamily.IPv6, sets: 1, peers: 1, ""),
        Sync("1M IPv4 prefixes to 8 peers, encoded once", runs, IpFamily.IPv4, sets: 1, peers: 8, ""),
        Sync("1M IPv4 prefixes to 32 peers, encoded once", runs, IpFamily.IPv4, sets: 1, peers: 32, ""),
        Withdraw(runs),
        SetAll(runs),
        Change(runs, Some, 1),
        Change(runs, Some, 32),
        Change(runs, Million, 32),
        ChangeDuringSync(runs),
        .. Memory(IpFamily.IPv4, "<= 48"),
        .. Memory(IpFamily.IPv6, "<= 48"),
    ];

    private static Figure Sync(string what, int runs, IpFamily family, int sets, int peers, string aim)
    {
        var (rib, policy) = Table(family, Million, sets);
        var taken = new Samples();
        long messages = 0;
        for (var run = 0; run <= runs; run++)
        {
            var before = rib.MessagesEncoded;
            var began = Stopwatch.GetTimestamp();
            var up = Up(rib, policy, peers);
            var octets = Drain(rib, up);
            var elapsed = Stopwatch.GetElapsedTime(began);
            messages = rib.MessagesEncoded - before;
            if (octets < 5_000_000L * peers)
                throw new InvalidOperationException($"Only {octets} octets were sent.");
            if (run > 0)
                taken.Add(elapsed.TotalMilliseconds);
            foreach (var peer in up)
                rib.PeerDown(peer);
        }

        return new Figure($"{what} ({messages} messages)", taken.Median, "ms") { Aim = aim };
    }

    private static Figure Withdraw(int runs)
    {
        var taken = new Samples();
        for (var run = 0; run < runs; run++)
        {
            var (rib, policy) = Table(IpFamily.IPv4, Million, 1);
            var up = Up(rib, policy, 1);
            Drain(rib, up);
            for (var i = 0; i < Million; i++)
                rib.Remove(Prefix(IpFamily.IPv4, i));
            var began = Stopwatch.GetTimestamp();
            Drain(rib, up);
            taken.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return new Figure("1M IPv4 prefixes withdrawn from 1 peer", taken.Median, "ms");
    }

    private static Figure SetAll(int runs)
    {
        var taken = new Samples();
        for (var run = 0; run < runs; run++)
        {
            var began = Stopwatch.GetTimestamp();
            Table(IpFamily.IPv4, Million, 1);
            taken.Add(Stopwatch.GetElapsedTime(began).TotalNanoseconds / Million);
        }

        return new Figure("one of 1M routes set in an empty table", taken.Median, "ns");
    }

    private static Figure Change(int runs, int routes, int peers)
    {
        const int Changes = 2000;
        var (rib, policy) = Table(IpFamily.IPv4, routes, 1);
        var up = Up(rib, policy, peers);
        Drain(rib, up);
        RouteOffer[] offers = [Offer(0), Offer(1)];
        var taken = new Samples();
        for (var run = 0; run < runs; run++)
        {
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < Changes; i++)
            {
                rib.Set(Prefix(IpFamily.IPv4, i), offers[(run + 1) & 1]);
                Drain(rib, up);
            }

            taken.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds / Changes);
        }

        return new Figure($"one route changed among {routes}, and its UPDATE for {peers} peer{(peers == 1 ? "" : "s")}", taken.Median, "us");
    }

    // How long a change waits at most while another peer is given a million routes: one buffer for that peer comes before it.
    private static Figure ChangeDuringSync(int runs)
    {
        var worst = new Samples();
        for (var run = 0; run < runs; run++)
        {
            var (rib, policy) = Table(IpFamily.IPv4, Million, 1000);
            var up = Up(rib, policy, 1);
            Drain(rib, up);
            var most = 0.0;
            var began = Stopwatch.GetTimestamp();
            var late = Up(rib, policy, 1)[0];
            for (var i = Million; ; i++)
            {
                var octets = rib.Fill(late, Buffer, default);
                rib.Set(Prefix(IpFamily.IPv4, i), Offer(0));
                if (rib.Fill(up[0], Buffer, default) == 0)
                    throw new InvalidOperationException("The change did not go out.");
                most = Math.Max(most, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                began = Stopwatch.GetTimestamp();
                if (octets < 1000)
                    break;
            }

            worst.Add(most);
        }

        return new Figure("one route set while another peer gets 1M: worst wait", worst.Median, "ms") { Aim = "< 20 ms" };
    }

    private static IEnumerable<Figure> Memory(IpFamily family, string aim)
    {
        var empty = Held();
        var (rib, policy) = Table(family, Million, 1);
        var up = Up(rib, policy, 1);
        Drain(rib, up);
        var one = Held();
        yield return new Figure($"octets for each {family} prefix, 1 peer", (double)(one - empty) / Million, "") { Aim = aim };
        var more = Up(rib, policy, 32);
        Drain(rib, more);
        yield return new Figure($"octets for each {family} prefix and further peer", (double)(Held() - one) / Million / 32, "") { Aim = "<= 8" };
        foreach (var peer in more[1..])
            rib.PeerDown(peer);
        var before = Held();
        for (var i = 0; i < Million; i++)
            rib.Set(Prefix(family, i), Offer(1));
        Drain(rib, up);
        yield return new Figure($"octets for each {family} prefix and stuck peer, all routes changed", (double)(Held() - before) / Million, "") { Aim = "<= 8" };
        GC.KeepAlive(more);
    }

    private static long Held() => GC.GetTotalMemory(forceFullCollection: true);

    private static (AdjRibOut Rib, PolicyId Policy) Table(IpFamily family, int routes, int sets)
    {
        var rib = new AdjRibOut();
        var policy = rib.AddPolicy();
        RouteOffer[] offers = [.. Enumerable.Range(0, sets).Select(Offer)];
        for (var i = 0; i < routes; i++)
            rib.Set(Prefix(family, i), offers[i % sets]);
        rib.CompleteInitialState();
        return (rib, policy);
    }

    private static RouteOffer Offer(int tag) => RouteOffer.ToAll(new RouteAttributes { Communities = [new(64513, (ushort)tag)] });

    private static IpPrefix Prefix(IpFamily family, int number) => family == IpFamily.IPv4
        ? new(IpAddr.FromUInt32(0x64400000u + (uint)number), 32)
        : new(IpAddr.FromValue(IpFamily.IPv6, new UInt128(0x20010db800000000, (ulong)number)), 128);

    private static RibPeer[] Up(AdjRibOut rib, PolicyId policy, int peers) => [.. Enumerable.Range(0, peers).Select(_ => rib.PeerUp(policy, Terms))];

    private static long Drain(AdjRibOut rib, RibPeer[] peers)
    {
        long octets = 0;
        for (var any = true; any;)
        {
            any = false;
            foreach (var peer in peers)
            {
                var length = rib.Fill(peer, Buffer, default);
                octets += length;
                any |= length > 0;
            }
        }

        return octets;
    }
}
