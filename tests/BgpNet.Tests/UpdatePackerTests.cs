// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests;

public sealed class UpdatePackerTests
{
    private static readonly UpdateFormat Plain = new(ExtendedMessages: false, AddPath: false);
    private static readonly RouteAttributes Ebgp = new() { AsPath = [64513] };
    private static readonly NextHop IPv4Hop = new(IpAddr.Parse("192.0.2.6"));
    private static readonly NextHop GlobalHop = new(IpAddr.Parse("2001:db8::6"));
    private static readonly NextHop BothHops = new(IpAddr.Parse("2001:db8::6"), IpAddr.Parse("fe80::1"));

    [Fact]
    [Trait("Scenario", "C002")]
    public void Announce_IPv4WithCommunities_IsTheVector()
    {
        RouteAttributes attributes = Ebgp with { Communities = [new(64513, 100)], LargeCommunities = [new(64513, 1, 2)] };
        byte[] buffer = new byte[4096];
        Assert.True(UpdatePacker.TryAnnounce(buffer, Plain, IpFamily.IPv4, Encode(attributes), IPv4Hop, out UpdatePacker packer));
        Assert.True(packer.TryAdd(IpPrefix.Parse("192.0.2.1/32")));
        Assert.Equal(Vectors.UpdateIPv4, Vectors.Hex(buffer.AsSpan(0, packer.Complete())));
    }

    [Fact]
    public void Announce_IPv6WithLinkLocal_IsTheVectorWithReachFirst()
    {
        byte[] buffer = new byte[4096];
        Assert.True(UpdatePacker.TryAnnounce(buffer, Plain, IpFamily.IPv6, Encode(Ebgp), BothHops, out UpdatePacker packer));
        Assert.True(packer.TryAdd(IpPrefix.Parse("2001:db8::1/128")));
        Assert.Equal(Vectors.UpdateIPv6, Vectors.Hex(buffer.AsSpan(0, packer.Complete())));
    }

    [Theory]
    [Trait("Scenario", "C093")]
    [InlineData("192.0.2.0/24", "0004" + "18c00002" + "0000")]
    [InlineData("0.0.0.0/0", "0001" + "00" + "0000")]
    [InlineData("192.0.2.0/25", "0005" + "19c0000200" + "0000")]
    [InlineData("192.0.2.1/32", "0005" + "20c0000201" + "0000")]
    [InlineData("2001:db8::/64", "0000" + "000f" + "800f0c000201" + "4020010db800000000")]
    [InlineData("2001:db8::1/128", "0000" + "0017" + "800f14000201" + "8020010db8000000000000000000000001")]
    [InlineData("2001:db8::/32", "0000" + "000b" + "800f08000201" + "2020010db8")]
    [InlineData("::/0", "0000" + "0007" + "800f04000201" + "00")]
    [InlineData("2001:db8::/127", "0000" + "0017" + "800f14000201" + "7f20010db8000000000000000000000000")]
    public void Withdraw_OnePrefix_HasMinimalOctets(string prefix, string body)
    {
        byte[] buffer = new byte[4096];
        IpPrefix one = IpPrefix.Parse(prefix);
        Assert.True(UpdatePacker.TryWithdraw(buffer, Plain, one.Family, out UpdatePacker packer));
        Assert.True(packer.TryAdd(one));
        Assert.Equal(body, Vectors.Hex(buffer.AsSpan(MessageFrame.HeaderLength, packer.Complete() - MessageFrame.HeaderLength)));
    }

    [Theory]
    [Trait("Scenario", "C084")]
    [Trait("Scenario", "C085")]
    [Trait("Scenario", "C086")]
    [InlineData("v4", 0, false, false, 810)]
    [InlineData("v4", 1, false, false, 809)]
    [InlineData("v4", 0, true, false, 13_098)]
    [InlineData("v4", 0, false, true, 450)]
    [InlineData("v6", 0, false, false, 237)]
    [InlineData("v6ll", 0, false, false, 236)]
    [InlineData("v4over6", 0, false, false, 807)]
    public void Announce_ManyPrefixes_FillsTheMessage(string kind, int communities, bool extended, bool addPath, int expected)
    {
        IpFamily family = kind.StartsWith("v6", StringComparison.Ordinal) ? IpFamily.IPv6 : IpFamily.IPv4;
        NextHop hop = kind == "v4" ? IPv4Hop : kind == "v6ll" ? BothHops : GlobalHop;
        byte[] attributes = Encode(Ebgp with { Communities = [.. Enumerable.Repeat(Community.NoExport, communities)] });
        byte[] buffer = new byte[70_000];
        Assert.True(UpdatePacker.TryAnnounce(buffer, new(extended, addPath), family, attributes, hop, out UpdatePacker packer));
        IpPrefix[] prefixes = Hosts(family, 20_000);
        Assert.Equal(expected, packer.Add(prefixes));
        Assert.False(packer.TryAdd(prefixes[0]));
        int length = packer.Complete();
        Assert.InRange(length, (extended ? 65_535 : 4096) - 21, extended ? 65_535 : 4096);
        Assert.All(buffer[length..], octet => Assert.Equal(0, octet));
        Assert.Equal(prefixes[..expected], Announced(buffer.AsSpan(0, length), addPath));
    }

    [Theory]
    [Trait("Scenario", "C085")]
    [InlineData(IpFamily.IPv4, 814)]
    [InlineData(IpFamily.IPv6, 239)]
    public void Withdraw_ManyPrefixes_FillsTheMessage(IpFamily family, int expected)
    {
        byte[] buffer = new byte[4096];
        Assert.True(UpdatePacker.TryWithdraw(buffer, Plain, family, out UpdatePacker packer));
        IpPrefix[] prefixes = Hosts(family, 1000);
        Assert.Equal(expected, packer.Add(prefixes));
        int length = packer.Complete();
        Assert.True(UpdateMessage.TryRead(buffer.AsSpan(MessageFrame.HeaderLength, length - MessageFrame.HeaderLength), Vectors.External, out UpdateMessage update, out _));
        Assert.Equal(ErrorGrade.None, update.Grade);
        List<IpPrefix> read = [];
        foreach (PathPrefix route in update.Withdrawn)
        {
            read.Add(route.Prefix);
        }

        Assert.Equal(prefixes[..expected], read);
    }

    [Fact]
    public void Announce_MixedLengthsToTheBrim_EndsOnAWholePrefix()
    {
        IpPrefix[] prefixes = [.. Enumerable.Range(0, 3000).Select(i => new IpPrefix(IpAddr.FromUInt32((uint)i << 8 | 0x64400000), i % 25))];
        for (int size = 60; size < 140; size++)
        {
            byte[] buffer = new byte[size + 8];
            Assert.True(UpdatePacker.TryAnnounce(buffer.AsSpan(0, size), Plain, IpFamily.IPv4, Encode(Ebgp), IPv4Hop, out UpdatePacker packer));
            int added = packer.Add(prefixes);
            int length = packer.Complete();
            Assert.InRange(length, size - 4, size);
            Assert.All(buffer[size..], octet => Assert.Equal(0, octet));
            Assert.Equal(prefixes[..added], Announced(buffer.AsSpan(0, length), addPath: false));
        }
    }

    [Fact]
    public void PathIdentifiers_UnderAddPath_AreReadBack()
    {
        byte[] buffer = new byte[4096];
        Assert.True(UpdatePacker.TryAnnounce(buffer, new(false, AddPath: true), IpFamily.IPv6, Encode(Ebgp), GlobalHop, out UpdatePacker packer));
        Assert.True(packer.TryAdd(IpPrefix.Parse("2001:db8::/64"), 7));
        Assert.Equal(2, packer.Add([IpPrefix.Parse("2001:db8::/64"), IpPrefix.Parse("::/0")], [8, uint.MaxValue]));
        int length = packer.Complete();
        UpdateContext context = Vectors.External with { AddPathIPv6 = true };
        Assert.True(UpdateMessage.TryRead(buffer.AsSpan(19, length - 19), context, out UpdateMessage update, out _));
        List<uint> ids = [];
        foreach (PathPrefix route in update.Announced)
        {
            ids.Add(route.PathId);
        }

        Assert.Equal([7u, 8u, uint.MaxValue], ids);
    }

    [Fact]
    public void Complete_NothingAdded_IsNoMessage()
    {
        byte[] buffer = new byte[4096];
        Assert.True(UpdatePacker.TryWithdraw(buffer, Plain, IpFamily.IPv4, out UpdatePacker packer));
        Assert.Equal(0, packer.Complete());
    }

    [Fact]
    public void Announce_NoRoomOrWrongNextHop_IsRefused()
    {
        byte[] attributes = Encode(Ebgp);
        Assert.True(UpdatePacker.TryAnnounce(new byte[48], Plain, IpFamily.IPv4, attributes, IPv4Hop, out _));
        Assert.False(UpdatePacker.TryAnnounce(new byte[47], Plain, IpFamily.IPv4, attributes, IPv4Hop, out _));
        Assert.False(UpdatePacker.TryAnnounce([], Plain, IpFamily.IPv4, attributes, IPv4Hop, out _));
        Assert.False(UpdatePacker.TryAnnounce(new byte[4096], Plain, IpFamily.IPv6, attributes, IPv4Hop, out _));
        Assert.False(UpdatePacker.TryAnnounce(new byte[9000], Plain, IpFamily.IPv4, new byte[4096], IPv4Hop, out _));
        Assert.False(UpdatePacker.TryWithdraw(new byte[27], Plain, IpFamily.IPv4, out _));
        Assert.False(UpdatePacker.TryWithdraw(new byte[46], Plain, IpFamily.IPv6, out _));
    }

    [Fact]
    public void Add_PrefixOfTheOtherFamily_Throws() => Assert.Throws<ArgumentException>(() =>
    {
        Assert.True(UpdatePacker.TryWithdraw(new byte[100], Plain, IpFamily.IPv4, out UpdatePacker packer));
        packer.TryAdd(IpPrefix.Parse("2001:db8::/32"));
    });

    [Theory]
    [Trait("Scenario", "C005")]
    [InlineData(false, Vectors.EndOfRibIPv4)]
    [InlineData(true, Vectors.EndOfRibIPv6)]
    public void EndOfRib_EachFamily_IsTheVector(bool ipv6, string vector)
    {
        byte[] buffer = new byte[EndOfRib.MaxLength];
        AfiSafi family = ipv6 ? AfiSafi.IPv6Unicast : AfiSafi.IPv4Unicast;
        Assert.True(EndOfRib.TryWrite(family, buffer, out int length));
        Assert.Equal(vector, Vectors.Hex(buffer.AsSpan(0, length)));
        Assert.False(EndOfRib.TryWrite(family, buffer.AsSpan(0, length - 1), out _));
    }

    internal static byte[] Encode(RouteAttributes attributes, bool fourOctetAs = true)
    {
        byte[] buffer = new byte[4096];
        Assert.True(attributes.TryWrite(buffer, fourOctetAs, out int length));
        return buffer[..length];
    }

    internal static IpPrefix[] Hosts(IpFamily family, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => family == IpFamily.IPv4
            ? new IpPrefix(IpAddr.FromUInt32(0x64400000u + (uint)i), 32)
            : new IpPrefix(IpAddr.FromValue(IpFamily.IPv6, new UInt128(0x20010db800000000, (ulong)i)), 128)),
    ];

    private static List<IpPrefix> Announced(ReadOnlySpan<byte> message, bool addPath)
    {
        Assert.True(MessageFrame.TryRead(message, extendedMessages: true, out MessageFrame frame, out _));
        Assert.Equal(message.Length, frame.Message.Length);
        UpdateContext context = Vectors.External with { AddPathIPv4 = addPath, IPv4OverIPv6 = true };
        Assert.True(UpdateMessage.TryRead(frame.Body, context, out UpdateMessage update, out _));
        Assert.Equal(BgpFault.None, update.Fault);
        List<IpPrefix> read = [];
        foreach (PathPrefix route in update.Announced)
        {
            read.Add(route.Prefix);
        }

        return read;
    }
}
