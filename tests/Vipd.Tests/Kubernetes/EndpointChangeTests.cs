// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Kubernetes;

namespace LoadBalancer.Vipd.Tests.Kubernetes;

/// <summary>The short way leads where the long one does.</summary>
public sealed class EndpointChangeTests
{
    private const int Services = 5;

    [Fact]
    public void Apply_AnyChangesOfEndpoints_MakeWhatACompilationMakes()
    {
        Random random = new(7);
        Dictionary<ObjectKey, EndpointSlice> slices = Keys.ToDictionary(static k => k, k => Slice(k, 2));
        ClusterResult result = ClusterCompiler.Compile(View(slices), new());
        int shortWays = 0;
        for (int round = 0; round < 200; round++)
        {
            HashSet<ObjectKey> stale = [.. Keys.Where(_ => random.Next(3) == 0)];
            foreach (ObjectKey key in stale)
            {
                slices[key] = Slice(key, random.Next(4));
            }

            ClusterResult whole = ClusterCompiler.Compile(View(slices), new());
            ClusterResult? next = EndpointChange.Apply(result, View(slices), stale);
            if (next is not null)
            {
                shortWays++;
                Assert.Equal(whole.Configuration, next.Configuration);
                Assert.Equal(whole.VirtualIPs, next.VirtualIPs);
                // Whatever was not touched is the same object.
                foreach (VirtualServer server in next.Configuration.VirtualServers.Where(s => !stale.Any(k => s.Name.StartsWith(k.Name + "/", StringComparison.Ordinal))))
                {
                    Assert.Contains(result.Configuration.VirtualServers, s => ReferenceEquals(s, server));
                }
            }

            result = next ?? whole;
        }

        Assert.InRange(shortWays, 50, 199);
    }

    [Fact]
    public void Apply_LastEndpointGoesOrFirstComes_IsNotForTheShortWay()
    {
        Dictionary<ObjectKey, EndpointSlice> slices = Keys.ToDictionary(static k => k, static k => Slice(k, 1));
        ClusterResult result = ClusterCompiler.Compile(View(slices), new());
        slices[Keys[0]] = Slice(Keys[0], 0);
        Assert.Null(EndpointChange.Apply(result, View(slices), new HashSet<ObjectKey> { Keys[0] }));
        ClusterResult none = ClusterCompiler.Compile(View(slices), new());
        slices[Keys[0]] = Slice(Keys[0], 1);
        Assert.Null(EndpointChange.Apply(none, View(slices), new HashSet<ObjectKey> { Keys[0] }));
    }

    [Fact]
    public void Apply_NothingDiffers_IsTheSameResult()
    {
        Dictionary<ObjectKey, EndpointSlice> slices = Keys.ToDictionary(static k => k, static k => Slice(k, 2));
        ClusterResult result = ClusterCompiler.Compile(View(slices), new());
        Assert.Same(result, EndpointChange.Apply(result, View(slices), Keys.ToHashSet()));
    }

    private static ObjectKey[] Keys { get; } = [.. Enumerable.Range(1, Services).Select(static i => new ObjectKey("shop", $"s{i}"))];

    private static ClusterView View(Dictionary<ObjectKey, EndpointSlice> slices) => ClusterSample.View([.. Keys.Select(VirtualIp)]) with
    {
        Services = Keys.ToDictionary(static k => k, static k => new Service { Metadata = new() { Namespace = k.Namespace, Name = k.Name }, Spec = new() { Ports = [new() { Name = "http", Port = 80 }] } }),
        SlicesOf = key => [slices[key]],
    };

    private static VirtualIP VirtualIp(ObjectKey key, int index)
    {
        VirtualIP made = ClusterSample.VirtualIp(key.Name, $"192.0.2.{100 + index}");
        made.Spec.VirtualRouterId = 50 + index;
        made.Spec.Service = new() { Namespace = key.Namespace, Name = key.Name };
        return made;
    }

    private static EndpointSlice Slice(ObjectKey key, int endpoints) => new()
    {
        Metadata = new() { Namespace = key.Namespace, Name = key.Name + "-1", Labels = new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = key.Name } },
        Ports = [new() { Name = "http", Port = 8080, Protocol = "TCP" }],
        Endpoints = [.. Enumerable.Range(1, endpoints).Select(static i => new Endpoint { Addresses = [$"203.0.113.{i}"], Conditions = new(true, true, false) })],
    };
}
