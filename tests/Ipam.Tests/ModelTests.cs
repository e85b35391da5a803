// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using LoadBalancer.Config;
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam.Tests;

/// <summary>The allocator against one that keeps a list of who has what and walks every pool from its first address.</summary>
public sealed class ModelTests
{
    private const int Services = 20;

    private static readonly PoolManifest[][] Shapes =
    [
        [Cluster.Pool("a", "192.0.2.4/30", "2001:db8::/126"), Cluster.Pool("b", "192.0.2.16/30", "192.0.2.8-192.0.2.9")],
        [Cluster.Pool("a", "192.0.2.16/30", "192.0.2.4/30"), Cluster.Pool("z", "2001:db8::/127")],
        [Cluster.Pool("b", "192.0.2.8-192.0.2.17", "2001:db8::2-2001:db8::9") with { AutoAssign = false }, Cluster.Pool("c", "192.0.2.0-192.0.2.6")],
        [Cluster.Pool("c", "192.0.2.0/28") with { AvoidBuggyIPs = true, ServiceAllocation = new(5, ["shop"]) }, Cluster.Pool("a", "2001:db8::/120", "198.51.100.0/31")],
        [Cluster.Pool("a", "192.0.2.6/31"), .. Enumerable.Range(0, 12).Select(i => Cluster.Pool($"p{i:00}", $"198.51.100.{i * 4}/31", $"2001:db8::{i * 4:x}/127"))],
    ];

    [Fact]
    public void RandomAllocationsReleasesAndPoolChanges_SameAnswersAsAWalk() =>
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(400), Prop.ForAll<ushort[]>(steps =>
        {
            Cluster cluster = new Cluster().Pools(Shapes[0]);
            Model model = new(Shapes[0]);
            foreach (ushort step in steps)
            {
                int service = step / 16 % Services;
                string name = $"s{service:00}";
                switch (step % 16)
                {
                    case 0:
                        PoolManifest[] shape = Shapes[step / 16 % Shapes.Length];
                        cluster.Pools(shape);
                        model.Change(shape);
                        for (int i = 0; i < Services; i++)
                            if (model.Held.ContainsKey($"s{i:00}"))
                                Assert.Equal(model.Decide($"s{i:00}", Family(i)), cluster.Decide(Spec(i)));
                        break;
                    case < 6:
                        cluster.Delete(name);
                        model.Held.Remove(name);
                        break;
                    default:
                        Assert.Equal(model.Decide(name, Family(service)), cluster.Decide(Spec(service)));
                        break;
                }

                foreach (PoolManifest pool in model.Pools)
                {
                    PoolCounters counters = cluster.Allocator.Count(pool.Name);
                    Assert.Equal(model.Assigned(pool), counters.AssignedIPv4 + counters.AssignedIPv6);
                }
            }
        }));

    private static IpFamily Family(int service) => service % 3 == 0 ? IpFamily.IPv6 : IpFamily.IPv4;

    private static ServiceFacts Spec(int service) => Cluster.Service($"s{service:00}", service % 3 == 0 ? "2001:db8:ff::1" : "203.0.113.1");

    private sealed class Model(PoolManifest[] pools)
    {
        public PoolManifest[] Pools { get; private set; } = pools;

        public Dictionary<string, IpAddr> Held { get; } = [];

        public void Change(PoolManifest[] pools) => Pools = pools;

        public long Assigned(PoolManifest pool) => Held.Values.Count(a => Ranges(pool).Any(r => r.Contains(a)));

        public string Decide(string service, IpFamily family)
        {
            if (Held.TryGetValue(service, out IpAddr has) && Pools.Any(p => Usable(p, has)))
                return has.ToString();
            Held.Remove(service);
            foreach (PoolManifest pool in Pools.Where(p => p.AutoAssign).OrderBy(p => p.ServiceAllocation is null).ThenBy(p => p.Name, StringComparer.Ordinal))
                foreach (IpRange range in Ranges(pool).Where(r => r.Family == family))
                    for (UInt128 value = range.First.Value; value <= range.Last.Value; value++)
                        if (IpAddr.FromValue(family, value) is var address && Usable(pool, address) && !Held.ContainsValue(address))
                            return (Held[service] = address).ToString();
            return "";
        }

        private static IEnumerable<IpRange> Ranges(PoolManifest pool) => pool.Addresses.Select(RangeSpaceTests.Parse);

        private static bool Usable(PoolManifest pool, IpAddr address) =>
            Ranges(pool).Any(r => r.Contains(address)) && !(pool.AvoidBuggyIPs && address.IsIPv4 && address.Value % 256 is var octet && (octet == 0 || octet == 255));
    }
}
