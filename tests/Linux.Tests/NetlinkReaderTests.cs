// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests;

public sealed class NetlinkReaderTests
{
    // struct ifinfomsg of index 7, up and running; IFLA_IFNAME "eth0", IFLA_MTU 1500, IFLA_LINKINFO { IFLA_INFO_KIND "veth" }.
    private static readonly byte[] Link =
    [
        0, 0, 1, 0, 7, 0, 0, 0, 0x43, 0, 0, 0, 0, 0, 0, 0,
        9, 0, 3, 0, (byte)'e', (byte)'t', (byte)'h', (byte)'0', 0, 0, 0, 0,
        8, 0, 4, 0, 0xDC, 5, 0, 0,
        16, 0, 18, 0, 9, 0, 1, 0, (byte)'v', (byte)'e', (byte)'t', (byte)'h', 0, 0, 0, 0,
    ];

    // struct ifaddrmsg: IPv4, /24, scope link, index 7; IFA_ADDRESS and IFA_LOCAL; IFA_FLAGS deprecated.
    private static readonly byte[] Address =
    [
        2, 24, 0, 253, 7, 0, 0, 0,
        8, 0, 1, 0, 192, 0, 2, 9,
        8, 0, 2, 0, 192, 0, 2, 1,
        8, 0, 8, 0, 0x20, 0, 0, 0,
    ];

    [Fact]
    public void Link_Whole_AllFieldsAreRead()
    {
        Assert.True(NetlinkReader.TryReadLink(Link, out LinkInfo? link));
        Assert.Equal((7, "eth0", 1500, "veth", true, true, true), (link.Index, link.Name, link.Mtu, link.Kind, link.IsUp, link.IsRunning, link.IsBroadcast));
    }

    [Fact]
    public void Link_OfTheBridgeFamily_IsNotALink()
    {
        byte[] bridged = [.. Link];
        bridged[0] = 7;

        Assert.False(NetlinkReader.TryReadLink(bridged, out _));
    }

    [Fact]
    public void Address_PointToPoint_OwnEndAndOtherEndAreToldApart()
    {
        Assert.True(NetlinkReader.TryReadAddress(Address, out AddressInfo address));
        Assert.Equal((7, IpAddr.Parse("192.0.2.1"), 24, IpAddr.Parse("192.0.2.9"), AddressScope.Link, true, false), (address.InterfaceIndex, address.Address, address.PrefixLength, address.Peer, address.Scope, address.IsDeprecated, address.IsTentative));
    }

    [Fact]
    public void Address_PrefixLongerThanTheAddress_IsRefused() => Assert.False(NetlinkReader.TryReadAddress(Frames.With(Address, 1, 33), out _));

    [Fact]
    public void Reader_CutAtEveryOctet_NeverFails()
    {
        // An array of exactly that length: a read past it would throw.
        for (int length = 0; length <= Link.Length; length++)
        {
            NetlinkReader.TryReadLink(Link.AsSpan(0, length), out _);
        }

        for (int length = 0; length <= Address.Length; length++)
        {
            Assert.Equal(length >= 16, NetlinkReader.TryReadAddress(Address.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void Reader_RandomOctets_NeverFailsAndAlwaysEnds()
    {
        Random random = new(7);
        for (int i = 0; i < 100_000; i++)
        {
            byte[] octets = [.. i % 2 == 0 ? Link : Address];
            for (int changes = random.Next(1, 6); changes > 0; changes--)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            }

            NetlinkReader.TryReadLink(octets, out _);
            NetlinkReader.TryReadAddress(octets, out _);
            ReadOnlySpan<byte> rest = octets;
            while (NetlinkMessage.TryTake(ref rest, out NetlinkMessage message))
            {
                NetlinkReader.ReadReason(message);
            }
        }
    }

    [Theory]
    [InlineData(NetlinkSocket.FlagExtended, "why")]
    [InlineData(NetlinkSocket.FlagExtended | NetlinkSocket.FlagCapped, "")]
    [InlineData(0, "")]
    public void Answer_WithAReason_IsReadWhereTheFlagsSayItIs(int flags, string expected)
    {
        // Error, the request's header and 8 octets of its payload, then NLMSGERR_ATTR_MSG.
        byte[] payload = new byte[4 + 16 + 8 + 8];
        BinaryPrimitives.WriteInt32LittleEndian(payload, -22);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(4), 24);
        ReadOnlySpan<byte> reason = [8, 0, 1, 0, (byte)'w', (byte)'h', (byte)'y', 0];
        reason.CopyTo(payload.AsSpan(28));

        Assert.Equal(expected, NetlinkReader.ReadReason(new NetlinkMessage(NetlinkSocket.Error, (ushort)flags, 1, payload)));
    }
}
