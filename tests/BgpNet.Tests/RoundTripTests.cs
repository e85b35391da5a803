// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests;

public sealed class RoundTripTests
{
    [Fact]
    [Trait("Scenario", "C090")]
    public void Routes_OfAnyKind_AreReadAsPacked() => Prop.ForAll<ulong[], int, bool>((values, seed, addPath) =>
    {
        IpFamily family = (seed & 1) == 0 ? IpFamily.IPv4 : IpFamily.IPv6;
        IpPrefix[] prefixes = [.. values.Select(value => Prefix(family, value))];
        uint[] ids = [.. values.Select(value => addPath ? (uint)value : 0)];
        NextHop hop = (seed & 2) == 0 && family == IpFamily.IPv4
            ? new(IpAddr.Parse("192.0.2.6"))
            : new(IpAddr.Parse("2001:db8::6"), (seed & 4) == 0 ? null : IpAddr.Parse("fe80::1"));
        RouteAttributes attributes = Attributes(seed, values);
        UpdateContext context = Vectors.Internal with { IPv4OverIPv6 = true, AddPathIPv4 = addPath, AddPathIPv6 = addPath };
        List<PathPrefix> read = [];
        List<PathPrefix> withdrawn = [];
        byte[] buffer = new byte[4096];
        byte[] block = UpdatePackerTests.Encode(attributes);
        for (int next = 0; next < prefixes.Length;)
        {
            if (!UpdatePacker.TryAnnounce(buffer, new(false, addPath), family, block, hop, out UpdatePacker packer))
            {
                return false;
            }

            next += packer.Add(prefixes.AsSpan(next), ids.AsSpan(next));
            if (!UpdateMessage.TryRead(buffer.AsSpan(19, packer.Complete() - 19), context, out UpdateMessage update, out _)
                || update.Fault != BgpFault.None
                || !Same(attributes, update)
                || (update.NextHop is { } address ? new(address) : update.MpReach.NextHop) != hop)
            {
                return false;
            }

            foreach (PathPrefix route in update.Announced)
            {
                read.Add(route);
            }
        }

        for (int next = 0; next < prefixes.Length;)
        {
            _ = UpdatePacker.TryWithdraw(buffer, new(false, addPath), family, out UpdatePacker packer);
            next += packer.Add(prefixes.AsSpan(next), ids.AsSpan(next));
            _ = UpdateMessage.TryRead(buffer.AsSpan(19, packer.Complete() - 19), context, out UpdateMessage update, out _);
            foreach (PathPrefix route in update.Withdrawn)
            {
                withdrawn.Add(route);
            }
        }

        IEnumerable<PathPrefix> expected = prefixes.Zip(ids, (prefix, id) => new PathPrefix(prefix, id));
        return expected.SequenceEqual(read) && expected.SequenceEqual(withdrawn);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(400));

    [Fact]
    public void Paths_ThroughATwoOctetPeer_AreReadAsWritten() => Prop.ForAll<uint[]>(numbers =>
    {
        RouteAttributes attributes = new() { AsPath = [.. numbers.Select(number => Math.Max(1, number)), 1] };
        byte[] block = UpdatePackerTests.Encode(attributes, fourOctetAs: false);
        byte[] body = Vectors.Update("", Vectors.Hex(block) + "400304c0000206", "18c00002");
        if (!UpdateMessage.TryRead(body, Vectors.External with { FourOctetAs = false }, out UpdateMessage update, out _)
            || !update.TryGetAsPath(new byte[3 * 4096], out AsPath path))
        {
            return false;
        }

        return attributes.AsPath.SequenceEqual(Numbers(path));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(300));

    private static bool Same(RouteAttributes attributes, UpdateMessage update)
    {
        bool same = update.TryGetAsPath([], out AsPath path)
            && attributes.AsPath.SequenceEqual(Numbers(path))
            && attributes.Origin == update.Origin
            && attributes.Med == update.Med
            && attributes.LocalPref == update.LocalPref
            && attributes.OnlyToCustomer == update.OnlyToCustomer
            && attributes.Communities.Length == update.Communities.Count
            && attributes.ExtendedCommunities.Length == update.ExtendedCommunities.Count
            && attributes.LargeCommunities.Length == update.LargeCommunities.Count;
        for (int i = 0; same && i < attributes.Communities.Length; i++)
        {
            same = attributes.Communities[i] == update.Communities[i]
                && attributes.ExtendedCommunities[i] == update.ExtendedCommunities[i]
                && attributes.LargeCommunities[i] == update.LargeCommunities[i];
        }

        return same;
    }

    private static RouteAttributes Attributes(int seed, ulong[] values)
    {
        ulong[] few = values[..Math.Min(values.Length, 40)];
        return new()
        {
            Origin = (Origin)((uint)seed % 3),
            AsPath = [.. few.Select(value => (uint)value | 1)],
            Med = (seed & 8) == 0 ? null : (uint)seed,
            LocalPref = 100,
            Communities = [.. few.Select(value => new Community((uint)value))],
            ExtendedCommunities = [.. few.Select(value => new ExtendedCommunity(value))],
            LargeCommunities = [.. few.Select(value => new LargeCommunity((uint)value, (uint)(value >> 32), 3))],
            OnlyToCustomer = (seed & 16) == 0 ? null : 64513,
        };
    }

    // No martians: those are left out when they are read.
    private static IpPrefix Prefix(IpFamily family, ulong value) => family == IpFamily.IPv4
        ? new(IpAddr.FromUInt32(0x64000000 | ((uint)value & 0xffffff)), (int)(value % 33))
        : new(IpAddr.FromValue(IpFamily.IPv6, new UInt128(0x20010db800000000 | (value >> 32), value)), (int)(value % 129));

    private static List<uint> Numbers(AsPath path)
    {
        List<uint> numbers = [];
        foreach (AsPathSegment segment in path)
        {
            for (int i = 0; i < segment.Count; i++)
            {
                numbers.Add(segment[i]);
            }
        }

        return numbers;
    }
}
