// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Attributes;
using LoadBalancer.Benchmarks.Allocation;
using LoadBalancer.Ipam;

namespace LoadBalancer.Benchmarks.Micro;

/// <summary>One address released and allocated again, in a pool with this many in use.</summary>
[MemoryDiagnoser]
public class AllocateBenchmarks
{
    private ServiceFacts[] _services = [];
    private Allocator _allocator = new();
    private int _next;

    [Params(1_000, 100_000)]
    public int InUse { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _services = AllocationBench.Services(InUse);
        _allocator = AllocationBench.Pool("100.64.0.0/10");
        foreach (var service in _services)
            _allocator.Decide(service);
    }

    [Benchmark]
    public int ReleaseAndAllocate()
    {
        var service = _services[_next = (_next + 1) % _services.Length];
        _allocator.Release(service.Key);
        return _allocator.Decide(service).Addresses.Count;
    }
}
