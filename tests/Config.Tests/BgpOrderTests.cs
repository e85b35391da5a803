// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using static LoadBalancer.Config.Tests.Bgp;

namespace LoadBalancer.Config.Tests;

/// <summary>The same objects give the same configuration, in whatever order they come and wherever it is built.</summary>
public sealed class BgpOrderTests
{
    [Fact]
    public void Build_AnyObjectsInAnyOrder_GivesTheSame()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            object[] before = Random(random), after = Random(random);
            Configuration previous = Build(before);
            string expected = Text(Configuration.Build(Set(after), previous));
            Configuration shuffledPrevious = Build(Shuffled(before, random));
            Assert.Equal(Text(previous), Text(shuffledPrevious));
            Assert.Equal(expected, Text(Configuration.Build(Set(Shuffled(after, random)), shuffledPrevious)));
        }
    }

    [Fact]
    public void Build_AnyObjects_NoTwoSessionsOfANodeAreOne()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            Configuration configuration = Configuration.Build(Set(Random(random)), Build(Random(random)));
            foreach (string node in (string[])["a", "b", "c"])
            {
                IReadOnlyList<BgpPeer> kept = configuration.BgpPeersOn(new Dictionary<string, string> { ["host"] = node });
                Assert.Equal(kept.Count, kept.Select(p => (p.Address, p.Interface, p.Vrf, p.Port)).Distinct().Count());
                Assert.Equal(
                    configuration.BgpPeers.Where(p => p.SelectsNode(new Dictionary<string, string> { ["host"] = node })).Select(p => (p.Address, p.Interface, p.Vrf, p.Port)).Distinct().Count(),
                    kept.Count);
            }
        }
    }

    private static object[] Random(Random random)
    {
        List<object> objects = [Pool("p", "192.0.2.0/24"), Pool("q", "198.51.100.0/28", "2001:db8::/64")];
        for (int i = 0; i < 6; i++)
        {
            objects.Add(Peer($"r{i}", $"192.0.2.{random.Next(1, 4)}") with
            {
                CreatedAt = random.Next(3),
                Vrf = random.Next(4) == 0 ? "red" : null,
                RouterId = random.Next(3) == 0 ? $"192.0.2.{random.Next(1, 3)}" : null,
                BfdProfile = random.Next(3) == 0 ? "fast" : null,
                HoldTime = random.Next(8) == 0 ? "1s" : null,
                NodeSelectors = Selectors(random),
            });
            objects.Add(Advertisement($"ad{i}") with
            {
                CreatedAt = random.Next(3),
                LocalPref = random.Next(3),
                AggregationLength = random.Next(3) == 0 ? random.Next(24, 32) : null,
                Peers = random.Next(2) == 0 ? [] : [$"r{random.Next(8)}"],
                Communities = random.Next(2) == 0 ? [] : ["x", "1:2", $"y{random.Next(3)}"],
                NodeSelectors = Selectors(random),
            });
        }

        for (int i = 0; i < 3; i++)
            objects.Add(Community($"c{i}", ("x", $"1:{random.Next(9)}"), ($"y{i}", "2:3")) with { CreatedAt = random.Next(3) });
        objects.Add(Profile("fast") with { DetectMultiplier = random.Next(1, 5) });
        return [.. objects];
    }

    private static LabelSelectorManifest[] Selectors(Random random) => random.Next(3) switch
    {
        0 => [],
        1 => [In("host", [.. ((string[])["a", "b", "c"]).Where(_ => random.Next(2) == 0).DefaultIfEmpty("a")])],
        _ => [Label("host", random.Next(2) == 0 ? "a" : "b"), Label("rack", "1")],
    };

    private static object[] Shuffled(object[] objects, Random random)
    {
        object[] copy = [.. objects];
        random.Shuffle(copy);
        return copy;
    }

    private static string Text(Configuration configuration) => string.Join('\n', [
        .. configuration.Verdicts.Select(v => v.ToString()),
        .. configuration.BgpPeers.Select(p => $"{p} {string.Join('|', p.NodeSelectors)}"),
        .. configuration.BgpAdvertisements.Select(a => $"{a} {string.Join('|', a.Communities)} {string.Join('|', a.Pools)}"),
        .. configuration.Communities.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={c.Value}"),
        .. configuration.BfdProfiles.Select(p => p.ToString()),
    ]);
}
