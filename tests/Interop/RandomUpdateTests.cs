// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Lab.Network;
using LoadBalancer.Primitives;

namespace LoadBalancer.Interop;

/// <summary>What our codec writes, read by others: random legal UPDATEs, and what the router's table holds in the end.</summary>
[Collection(FaultCollection.Name)]
public sealed class RandomUpdateTests(BgpWorld world)
{
    private const int Updates = 10_000;
    private const int Universe = 400;
    private const int Compared = 40;
    private const uint Peers = RawOctets.Asn;

    [Theory]
    [MemberData(nameof(Routers.All), MemberType = typeof(Routers))]
    [Trait("Scenario", "I57")]
    [Trait("Scenario", "C090")]
    [Trait("Scenario", "C092")]
    public async Task Updates_OfAnyLegalKind_LeaveTheRouterWithExactlyThoseRoutes(RouterKind kind)
    {
        LabHost client = world.Network.Client;
        await using Scene scene = await Scene.OpenAsync(
            world, kind, new RouterOptions { DualStack = true, ClusterAsn = Peers, Peers = [client.ServiceAddress.ToString()] });
        using RawPeer peer = new(client, 1790);
        using RawConnection connection = await EstablishAsync(peer);
        Dictionary<string, RouterPath> model = new(StringComparer.Ordinal);
        NextHop hop4 = new(IpAddr.Parse(client.ServiceAddress.ToString()));
        NextHop hop6 = new(IpAddr.Parse(client.ServiceAddress6.ToString()));
        Random random = new(20);
        List<byte> pending = [];
        for (int i = 0; i < Updates; i++)
        {
            Add(pending, model, random, hop4, hop6);
            if (pending.Count < 30_000 && i < Updates - 1)
                continue;
            await connection.SendAsync(pending.ToArray());
            pending.Clear();
        }

        await world.UntilAsync("the router has what was announced last", Scene.Patience, async () =>
        {
            // Its hold time runs while it is asked.
            await connection.SendAsync(RawOctets.Keepalive);
            IReadOnlyDictionary<string, IReadOnlyList<string>> routes = await scene.Router.RoutesAsync();
            string[] wrong = [.. model.Keys.Except(routes.Keys).Concat(routes.Keys.Except(model.Keys))];
            return wrong.Length == 0 ? null : $"{wrong.Length} of {model.Count} differ, such as {wrong[0]}";
        });
        foreach ((string prefix, RouterPath expected) in model.Take(Compared))
        {
            await connection.SendAsync(RawOctets.Keepalive);
            IReadOnlyList<RouterPath> paths = await scene.Router.PathsAsync(prefix);
            Assert.True(paths.Count == 1, $"{prefix} has {paths.Count} paths");
            Assert.Equal(expected, paths[0] with { LocalPref = null });
        }

        Assert.Single(await scene.Router.EstablishedAsync());
        BgpWorld.Say($"{kind}: {Updates} UPDATEs, {model.Count} routes in the end");
    }

    // A router that dials at the same moment may be between two states, and answers an OPEN with an FSM error (RFC 4271 6.6).
    private async Task<RawConnection> EstablishAsync(RawPeer peer)
    {
        RawConnection? established = null;
        await world.UntilAsync("the router takes a session", Scene.Patience, async () =>
        {
            RawConnection connection = await peer.DialAsync(world.Network.Router);
            try
            {
                await connection.EstablishAsync(RawOctets.Sound with { HoldSeconds = 90 });
                established = connection;
                return null;
            }
            catch (IOException refused) when (refused.Message.StartsWith("NOTIFICATION 05", StringComparison.Ordinal))
            {
                connection.Dispose();
                return refused.Message;
            }
        });
        return established!;
    }

    private static void Add(List<byte> pending, Dictionary<string, RouterPath> model, Random random, NextHop hop4, NextHop hop6)
    {
        IpFamily family = random.Next(2) == 0 ? IpFamily.IPv4 : IpFamily.IPv6;
        IpPrefix[] prefixes = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => Prefix(family, random.Next(Universe))).Distinct()];
        byte[] buffer = new byte[MessageFrame.MaxLength];
        UpdatePacker packer;
        if (random.Next(4) == 0)
        {
            Assert.True(UpdatePacker.TryWithdraw(buffer, default, family, out packer));
            foreach (IpPrefix prefix in prefixes)
                model.Remove(prefix.ToString());
        }
        else
        {
            (RouteAttributes attributes, RouterPath path) = Attributes(random);
            byte[] block = new byte[MessageFrame.MaxLength];
            Assert.True(attributes.TryWrite(block, fourOctetAs: true, out int length));
            Assert.True(UpdatePacker.TryAnnounce(buffer, default, family, block.AsSpan(0, length), family == IpFamily.IPv4 ? hop4 : hop6, out packer));
            foreach (IpPrefix prefix in prefixes)
                model[prefix.ToString()] = path;
        }

        Assert.Equal(prefixes.Length, packer.Add(prefixes));
        pending.AddRange(buffer.AsSpan(0, packer.Complete()));
    }

    // The same number has the same length each time, so that a prefix is one.
    private static IpPrefix Prefix(IpFamily family, int number) => family == IpFamily.IPv4
        ? new(IpAddr.FromUInt32(0x64400000u + ((uint)number << 12)), 20 + (number % 13))
        : new(IpAddr.FromValue(IpFamily.IPv6, new UInt128(0x20010db800010000u + (ulong)number, 0)), 64 + (number % 65));

    private static (RouteAttributes Attributes, RouterPath Path) Attributes(Random random)
    {
        uint[] path = [RawOctets.Asn, .. Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(2) == 0 ? 4_200_000_000 + (uint)random.Next(1000) : 64700u + (uint)random.Next(200))];
        Community[] communities = [.. Some(random, 10).Select(static n => new Community(64600, (ushort)n))];
        LargeCommunity[] large = [.. Some(random, 6).Select(static n => new LargeCommunity(4_200_000_000, n, n + 1))];
        // Some routers show a missing one as zero.
        uint med = 1 + (uint)random.Next();
        RouteAttributes attributes = new()
        {
            Origin = (Origin)random.Next(3),
            AsPath = [.. path],
            Med = med,
            Communities = [.. communities],
            LargeCommunities = [.. large],
            ExtendedCommunities = random.Next(4) == 0 ? [ExtendedCommunity.ForLinkBandwidth(64600, random.Next(1, 1_000_000))] : [],
        };
        return (attributes, new RouterPath(
            string.Join(' ', path), med, RouterPath.Sorted(communities.Select(static c => c.ToString())), RouterPath.Sorted(large.Select(static c => c.ToString())), null));
    }

    private static IEnumerable<uint> Some(Random random, int most) => Enumerable.Range(0, random.Next(most)).Select(_ => (uint)random.Next(1, 60_000)).Distinct().Order().ToArray();
}
