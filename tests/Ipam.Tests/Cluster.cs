// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam.Tests;

/// <summary>An allocator with the objects around it, as a test changes them; what is decided is applied like a status write.</summary>
internal sealed class Cluster
{
    private readonly Dictionary<string, ServiceFacts> _services = new(StringComparer.Ordinal);
    private Configuration _configuration = Configuration.Empty;

    public Allocator Allocator { get; } = new();

    public List<ServiceEvent> Events { get; } = [];

    public static PoolManifest Pool(string name, params string[] addresses) => new("lb", name, 1, 1, addresses);

    public static ServiceFacts Service(string name, string clusterIPs = "198.51.100.1") => new(new ServiceKey("shop", name))
    {
        ClusterIPs = [.. clusterIPs.Split(',').Select(IpAddr.Parse)],
        Ports = [new ServicePort("TCP", 80)],
    };

    public Cluster Pools(params PoolManifest[] pools)
    {
        _configuration = Configuration.Build(new ManifestSet(pools, []), _configuration);
        Allocator.SetPools(_configuration);
        return this;
    }

    /// <summary>Decides on a Service, applies the decision to it and returns its addresses as text.</summary>
    public string Decide(ServiceFacts facts)
    {
        Decision decision = Allocator.Decide(Seen(facts));
        Events.AddRange(decision.Events);
        Dictionary<string, string> annotations = new(facts.Annotations);
        if (decision.Pool is { } pool)
        {
            annotations[Annotations.AllocatedFromPool] = pool;
        }

        _services[facts.Key.Name] = facts with { Ingress = [.. decision.Addresses.Select(a => a.ToString())], Annotations = annotations };
        return string.Join(',', decision.Addresses);
    }

    /// <summary>The Service as the API shows it: as given, with the status and the pool that were written last.</summary>
    public ServiceFacts Seen(ServiceFacts facts)
    {
        if (!_services.TryGetValue(facts.Key.Name, out ServiceFacts? before))
        {
            return facts;
        }

        Dictionary<string, string> annotations = new(facts.Annotations);
        if (before.Annotations.TryGetValue(Annotations.AllocatedFromPool, out string? pool))
        {
            annotations.TryAdd(Annotations.AllocatedFromPool, pool);
        }

        return facts with { Ingress = before.Ingress, Annotations = annotations };
    }

    public bool Delete(string name)
    {
        _services.Remove(name);
        return Allocator.Release(new ServiceKey("shop", name));
    }

    public IEnumerable<ServiceFacts> All => _services.Values;
}
