// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config;
using LoadBalancer.Primitives;

namespace LoadBalancer.Ipam.Tests;

/// <summary>Long random lives of a cluster, by seed: whatever is done in whatever order, the invariants hold.</summary>
public sealed class InvariantTests
{
    private static readonly PoolManifest[][] Shapes =
    [
        [Cluster.Pool("a", "192.0.2.0/28", "2001:db8::/124")],
        [Cluster.Pool("a", "192.0.2.0/29"), Cluster.Pool("b", "192.0.2.8/29", "2001:db8::/125")],
        [Cluster.Pool("a", "192.0.2.0/28") with { AvoidBuggyIPs = true }, Cluster.Pool("c", "203.0.113.0/30") with { AutoAssign = false }],
        [Cluster.Pool("b", "192.0.2.4-192.0.2.9", "2001:db8::/126")],
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void RandomLife_NoAddressIsUsedTwiceAndNothingMovesByItself(int seed)
    {
        Random random = new(seed);
        Cluster cluster = new Cluster().Pools(Shapes[0]);
        Dictionary<string, ServiceFacts> specs = new(StringComparer.Ordinal);
        for (int step = 0; step < 4000; step++)
        {
            string name = $"s{random.Next(24)}";
            switch (random.Next(12))
            {
                case 0:
                    cluster.Pools(Shapes[random.Next(Shapes.Length)]);
                    foreach (ServiceFacts each in specs.Values)
                    {
                        cluster.Decide(each);
                    }

                    break;
                case 1 or 2:
                    specs.Remove(name);
                    cluster.Delete(name);
                    break;
                case 3:
                    specs[name] = Spec(name, random);
                    cluster.Decide(specs[name]);
                    break;
                default:
                    specs.TryAdd(name, Spec(name, random));
                    string before = string.Join(',', cluster.Seen(specs[name]).Ingress);
                    string first = cluster.Decide(specs[name]);
                    Assert.True(first == cluster.Decide(specs[name]), $"seed {seed}, step {step}: {name} moved from {first} by itself");
                    Assert.True(before.Length == 0 || first.StartsWith(before, StringComparison.Ordinal) || cluster.Events.Exists(e => e.Reason == "ClearAssignment"), $"seed {seed}, step {step}: {name} lost {before} without a word");
                    break;
            }

            CheckNoDoubleUse(cluster, seed, step);
        }
    }

    private static ServiceFacts Spec(string name, Random random)
    {
        bool dual = random.Next(3) == 0;
        return Cluster.Service(name, dual ? "198.51.100.1,2001:db8:ff::1" : random.Next(2) == 0 ? "198.51.100.1" : "2001:db8:ff::1") with
        {
            Policy = dual ? (FamilyPolicy)random.Next(3) : FamilyPolicy.SingleStack,
            PrimaryFamily = IpFamily.IPv4,
            Ports = [new ServicePort("TCP", random.Next(80, 84))],
            LocalTraffic = random.Next(4) == 0,
            Annotations = random.Next(2) == 0
                ? new Dictionary<string, string> { [Annotations.Prefix + Annotations.AllowSharedIP] = $"k{random.Next(2)}" }
                : new Dictionary<string, string>(),
        };
    }

    private static void CheckNoDoubleUse(Cluster cluster, int seed, int step)
    {
        foreach (var users in cluster.All.SelectMany(s => s.Ingress.Select(i => (i, s))).GroupBy(u => u.i, u => u.s).Where(g => g.Count() > 1))
        {
            ServiceFacts[] sharing = [.. users];
            string?[] keys = [.. sharing.Select(s => s.Annotations.GetValueOrDefault(Annotations.Prefix + Annotations.AllowSharedIP)).Distinct()];
            int ports = sharing.SelectMany(s => s.Ports).Distinct().Count();
            Assert.True(
                keys is [{ Length: > 0 }] && ports == sharing.Sum(s => s.Ports.Count),
                $"seed {seed}, step {step}: {users.Key} is used by {string.Join(", ", sharing.Select(s => s.Key.Name))}");
        }
    }
}
