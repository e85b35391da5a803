// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Attributes;
using LoadBalancer.Membership;
using LoadBalancer.Primitives;

namespace LoadBalancer.Benchmarks.Micro;

/// <summary>A heartbeat with ten claims and two echoes, with and without a key.</summary>
[MemoryDiagnoser]
public class HeartbeatBenchmarks
{
    private readonly Heartbeat _beat = new() { Node = "node-1", Interface = "eth0", Incarnation = 1, Sequence = 2, Ready = true, LastPage = true, TotalClaims = 10 };
    private readonly Heartbeat _read = new();
    private readonly byte[] _buffer = new byte[HeartbeatCodec.MaxLength];
    private HeartbeatKey? _key;
    private byte[] _datagram = [];

    [Params(false, true)]
    public bool Authenticated { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _key = Authenticated ? new HeartbeatKey("a key of at least sixteen octets"u8) : null;
        _beat.Prefixes.Add(IpPrefix.Parse("192.0.2.0/24"));
        _beat.Echoes.Add(new PeerEcho(7, 8));
        _beat.Echoes.Add(new PeerEcho(9, 10));
        for (var i = 0; i < 10; i++)
            _beat.Claims.Add(new Claim(IpAddr.Parse($"192.0.2.{100 + i}"), 3, false));
        _datagram = _buffer[..Encode()];
        if (!Decode())
            throw new InvalidOperationException("The heartbeat is not read.");
    }

    [Benchmark]
    public int Encode() => HeartbeatWriter.Write(_beat, _key, _buffer);

    [Benchmark]
    public bool Decode() => HeartbeatCodec.TryRead(_datagram, _key, _read, out _);
}
