// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using LoadBalancer.Ipam;

namespace LoadBalancer.Controller;

/// <summary>The controller's metrics, under MetalLB's names where it has them.</summary>
internal sealed class ControllerMetrics : IDisposable
{
    public const string MeterName = "loadbalancer.controller";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _updates;
    private readonly Counter<long> _updateErrors;
    private readonly Histogram<double> _allocation;
    private volatile IReadOnlyList<(string Pool, PoolCounters Counters)> _pools = [];
    private int _refused;
    private int _loaded;
    private bool _leads;

    public ControllerMetrics(Func<bool> lostContact)
    {
        _updates = _meter.CreateCounter<long>("metallb_k8s_client_updates_total", description: "Changes of Kubernetes objects that were processed.");
        _updateErrors = _meter.CreateCounter<long>("metallb_k8s_client_update_errors_total", description: "Writes to Kubernetes that failed.");
        _updates.Add(0);
        _updateErrors.Add(0);
        _allocation = _meter.CreateHistogram(
            "loadbalancer_allocation_seconds",
            null,
            "Seconds from seeing a Service that wants an address to its status being written.",
            null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] });
        OfLeader("metallb_k8s_client_config_loaded_bool", "1 when a configuration is in force.", () => Volatile.Read(ref _loaded));
        OfLeader("metallb_k8s_client_config_stale_bool", "1 when an object is refused as it stands; see its Accepted condition.", () => Volatile.Read(ref _refused) > 0 ? 1 : 0);
        _meter.CreateObservableGauge("loadbalancer_api_contact_lost", () => lostContact() ? 1 : 0, description: "1 while the API server does not tell of every kind of object; /status says which.");
        OfLeader("loadbalancer_config_refused_objects", "Configuration objects that are refused as they stand.", () => Volatile.Read(ref _refused));
        Pools("metallb_allocator_addresses_total", "Addresses of the pool.", c => Add(Add(c.AssignedIPv4, c.AvailableIPv4), Add(c.AssignedIPv6, c.AvailableIPv6)));
        Pools("metallb_allocator_addresses_in_use_total", "Addresses of the pool that are in use.", c => Add(c.AssignedIPv4, c.AssignedIPv6));
        Pools("metallb_allocator_ipv4_addresses_total", "IPv4 addresses of the pool.", c => Add(c.AssignedIPv4, c.AvailableIPv4));
        Pools("metallb_allocator_ipv4_addresses_in_use_total", "IPv4 addresses of the pool that are in use.", c => c.AssignedIPv4);
        Pools("metallb_allocator_ipv6_addresses_total", "IPv6 addresses of the pool.", c => Add(c.AssignedIPv6, c.AvailableIPv6));
        Pools("metallb_allocator_ipv6_addresses_in_use_total", "IPv6 addresses of the pool that are in use.", c => c.AssignedIPv6);
    }

    public void CountUpdate() => _updates.Add(1);

    public void CountUpdateError() => _updateErrors.Add(1);

    /// <summary>This replica leads and begins to read.</summary>
    public void TermBegins() => Volatile.Write(ref _leads, true);

    /// <summary>Another replica leads from now on: what this one knew is no longer so.</summary>
    public void TermEnds()
    {
        Volatile.Write(ref _leads, false);
        Volatile.Write(ref _loaded, 0);
        Volatile.Write(ref _refused, 0);
        _pools = [];
    }

    public void RecordAllocation(TimeSpan took) => _allocation.Record(took.TotalSeconds);

    /// <summary>A configuration is in force, with so many objects left out.</summary>
    public void Loaded(int refused)
    {
        Volatile.Write(ref _refused, refused);
        Volatile.Write(ref _loaded, 1);
    }

    public void Publish(IReadOnlyList<(string, PoolCounters)> pools) => _pools = pools;

    // The figures of a huge pool are saturated already, and so is their sum.
    private static long Add(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;

    // A replica that stands by has nothing to say: a 0 there would be an alert that never ends.
    private void OfLeader(string name, string description, Func<int> value) => _meter.CreateObservableGauge(
        name, () => Volatile.Read(ref _leads) ? [new Measurement<int>(value())] : Array.Empty<Measurement<int>>(), description: description);

    private void Pools(string name, string description, Func<PoolCounters, long> figure) => _meter.CreateObservableGauge(
        name,
        () => _pools.Select(p => new Measurement<long>(figure(p.Counters), new KeyValuePair<string, object?>("pool", p.Pool))),
        description: description);

    public void Dispose() => _meter.Dispose();
}
