// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Attributes;
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Primitives;

namespace LoadBalancer.Benchmarks.Micro;

/// <summary>A table of routes packed into full UPDATEs, and read out of them; the figures are for one prefix.</summary>
[MemoryDiagnoser]
public class UpdateBenchmarks
{
    private const int Prefixes = 100_000;
    private const int MostOctets = 20;

    private static readonly UpdateContext Context = new() { FourOctetAs = true, IPv4Unicast = true, IPv6Unicast = true };

    private readonly byte[] _block = new byte[256];
    private readonly byte[] _stream = new byte[Prefixes * MostOctets];
    private IpPrefix[] _prefixes = [];
    private NextHop _nextHop;
    private int _blockLength;
    private int _streamLength;

    [Params(IpFamily.IPv4, IpFamily.IPv6)]
    public IpFamily Family { get; set; }

    [Params(false, true)]
    public bool ExtendedMessages { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var ipv4 = Family == IpFamily.IPv4;
        var first = IpAddr.Parse(ipv4 ? "100.64.0.0" : "2001:db8::");
        _nextHop = new NextHop(IpAddr.Parse(ipv4 ? "192.0.2.6" : "2001:db8::6"));
        _prefixes = new IpPrefix[Prefixes];
        for (var i = 0; i < Prefixes; i++)
            _prefixes[i] = new IpPrefix(IpAddr.FromValue(Family, first.Value + (UInt128)i), first.BitLength);
        new RouteAttributes { AsPath = [64513] }.TryWrite(_block, fourOctetAs: true, out _blockLength);
        _streamLength = Pack();
        if (Read() != Prefixes)
            throw new InvalidOperationException("The routes are not read as they were packed.");
    }

    [Benchmark(OperationsPerInvoke = Prefixes)]
    public int Pack()
    {
        var at = 0;
        UpdateFormat format = new(ExtendedMessages, AddPath: false);
        for (var next = 0; next < Prefixes;)
        {
            UpdatePacker.TryAnnounce(_stream.AsSpan(at), format, Family, _block.AsSpan(0, _blockLength), _nextHop, out var packer);
            next += packer.Add(_prefixes.AsSpan(next));
            at += packer.Complete();
        }

        return at;
    }

    [Benchmark(OperationsPerInvoke = Prefixes)]
    public int Read()
    {
        var routes = 0;
        ReadOnlySpan<byte> rest = _stream.AsSpan(0, _streamLength);
        while (MessageFrame.TryRead(rest, ExtendedMessages, out var frame, out _))
        {
            UpdateMessage.TryRead(frame.Body, Context, out var update, out _);
            foreach (var route in update.Announced)
                routes += route.PathId == 0 ? 1 : 0;
            rest = rest[frame.Message.Length..];
        }

        return routes;
    }
}
