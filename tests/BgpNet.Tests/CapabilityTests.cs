// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Tests;

public sealed class CapabilityTests
{
    private delegate bool Write(ref SpanWriter writer);

    [Fact]
    public void Multiprotocol_BothWays() => Check(
        "010400020001",
        (ref SpanWriter writer) => MultiprotocolCapability.TryWrite(ref writer, AfiSafi.IPv6Unicast),
        value => MultiprotocolCapability.TryRead(value, out AfiSafi family) && family == AfiSafi.IPv6Unicast);

    [Fact]
    public void FourOctetAs_BothWays() => Check(
        "4104fa56ea00",
        (ref SpanWriter writer) => FourOctetAsCapability.TryWrite(ref writer, 4_200_000_000),
        value => FourOctetAsCapability.TryRead(value, out uint asn) && asn == 4_200_000_000);

    [Fact]
    public void Role_BothWays() => Check(
        "090103",
        (ref SpanWriter writer) => RoleCapability.TryWrite(ref writer, BgpRole.Customer),
        value => RoleCapability.TryRead(value, out BgpRole role) && role == BgpRole.Customer);

    [Fact]
    public void ExtendedNextHop_BothWays() => Check(
        "050c000100010002" + "000100020002",
        (ref SpanWriter writer) => ExtendedNextHopCapability.TryWrite(
            ref writer, ExtendedNextHopEntry.IPv4OverIPv6, new(new(Afi.IPv4, Safi.Multicast), Afi.IPv6)),
        value => ExtendedNextHopCapability.TryRead(value, out ExtendedNextHopCapability read)
            && read.Count == 2 && read[0] == ExtendedNextHopEntry.IPv4OverIPv6 && read[1].Family.Safi == Safi.Multicast);

    [Fact]
    [Trait("Scenario", "G01")]
    [Trait("Scenario", "I31")]
    public void GracefulRestart_BothWays() => Check(
        "400ac078" + "00010180" + "00020100",
        (ref SpanWriter writer) => GracefulRestartCapability.TryWrite(
            ref writer, true, true, 120, new GracefulRestartEntry(AfiSafi.IPv4Unicast, true), new GracefulRestartEntry(AfiSafi.IPv6Unicast, false)),
        value => GracefulRestartCapability.TryRead(value, out GracefulRestartCapability read)
            && read.Restarting && read.NotificationPreserves && read.RestartSeconds == 120 && read.Count == 2
            && read[0] == new GracefulRestartEntry(AfiSafi.IPv4Unicast, true) && read[1] == new GracefulRestartEntry(AfiSafi.IPv6Unicast, false));

    [Fact]
    public void LongLived_BothWays() => Check(
        "470e" + "00010180015180" + "00020100ffffff",
        (ref SpanWriter writer) => LongLivedGracefulRestartCapability.TryWrite(
            ref writer, new(AfiSafi.IPv4Unicast, true, 86_400), new LongLivedGracefulRestartEntry(AfiSafi.IPv6Unicast, false, 0xffffff)),
        value => LongLivedGracefulRestartCapability.TryRead(value, out LongLivedGracefulRestartCapability read)
            && read.Count == 2 && read[0] == new LongLivedGracefulRestartEntry(AfiSafi.IPv4Unicast, true, 86_400)
            && read[1] == new LongLivedGracefulRestartEntry(AfiSafi.IPv6Unicast, false, 0xffffff));

    [Fact]
    public void AddPath_BothWays() => Check(
        "450800010101" + "00020103",
        (ref SpanWriter writer) => AddPathCapability.TryWrite(
            ref writer, new(AfiSafi.IPv4Unicast, AddPathMode.Receive), new AddPathEntry(AfiSafi.IPv6Unicast, AddPathMode.Both)),
        value => AddPathCapability.TryRead(value, out AddPathCapability read)
            && read.Count == 2 && read[0].Mode == AddPathMode.Receive && read[1] == new AddPathEntry(AfiSafi.IPv6Unicast, AddPathMode.Both));

    [Fact]
    public void Fqdn_BothWays() => Check(
        "490705" + "6e6f646531" + "00",
        (ref SpanWriter writer) => FqdnCapability.TryWrite(ref writer, "node1"u8, ""u8),
        value => FqdnCapability.TryRead(value, out FqdnCapability read) && read.Host == "node1" && read.Domain.Length == 0,
        wholeOnly: false);

    [Fact]
    public void SoftwareVersion_BothWays() => Check(
        "4b0403" + "6c6220",
        (ref SpanWriter writer) => SoftwareVersionCapability.TryWrite(ref writer, "lb "u8),
        value => SoftwareVersionCapability.TryRead(value, out string version) && version == "lb ",
        wholeOnly: false);

    /// <summary>What a peer calls itself is shown to people: it cannot write into their terminals.</summary>
    [Fact]
    [Trait("Scenario", "S44")]
    public void Names_OfThePeer_AreMadeFitToBeShown()
    {
        Assert.True(FqdnCapability.TryRead([6, (byte)'t', 0x1b, (byte)'[', (byte)'2', (byte)'J', 0x0a, 2, 0xc3, 0x28], out FqdnCapability read));
        Assert.Equal(("t [2J ", "0xc328"), (read.Host, read.Domain));
        Assert.True(SoftwareVersionCapability.TryRead([3, (byte)'v', 0, (byte)'1'], out string version));
        Assert.Equal("v 1", version);
    }

    [Fact]
    public void GracefulRestart_WithoutFamilies_IsRead()
    {
        Assert.True(GracefulRestartCapability.TryRead([0xc0, 0x78], out GracefulRestartCapability read));
        Assert.Equal(0, read.Count);
    }

    [Fact]
    public void LongLived_Empty_IsRead()
    {
        Assert.True(LongLivedGracefulRestartCapability.TryRead([], out LongLivedGracefulRestartCapability read));
        Assert.Equal(0, read.Count);
    }

    [Fact]
    public void AddPath_UnknownMode_CountsAsNone()
    {
        Assert.True(AddPathCapability.TryRead([0, 1, 1, 4], out AddPathCapability read));
        Assert.Equal(AddPathMode.None, read[0].Mode);
    }

    [Fact]
    public void Writers_WhatTheFieldsCannotHold_IsRefused()
    {
        SpanWriter writer = new(new byte[4096]);
        Assert.False(GracefulRestartCapability.TryWrite(ref writer, false, false, 4096));
        Assert.False(GracefulRestartCapability.TryWrite(ref writer, false, false, -1));
        Assert.False(LongLivedGracefulRestartCapability.TryWrite(ref writer, new LongLivedGracefulRestartEntry(AfiSafi.IPv4Unicast, true, 0x1000000)));
        Assert.False(AddPathCapability.TryWrite(ref writer));
        Assert.False(FqdnCapability.TryWrite(ref writer, new byte[200], new byte[54]));
        Assert.False(SoftwareVersionCapability.TryWrite(ref writer, new byte[255]));
        Assert.False(Capability.TryWrite(ref writer, (CapabilityCode)250, new byte[256]));
        Assert.Equal(0, writer.Position);
    }

    [Theory]
    [InlineData(BgpRole.Provider, BgpRole.Customer)]
    [InlineData(BgpRole.RouteServer, BgpRole.RouteServerClient)]
    [InlineData(BgpRole.Peer, BgpRole.Peer)]
    public void Roles_OnlyTheseThreePairs_Fit(BgpRole one, BgpRole other)
    {
        Assert.True(RoleCapability.Fits(one, other));
        Assert.True(RoleCapability.Fits(other, one));
        int fitting = 0;
        for (int ours = 0; ours <= 255; ours++)
        {
            fitting += RoleCapability.Fits((BgpRole)ours, other) ? 1 : 0;
        }

        Assert.Equal(1, fitting);
    }

    // Both ways, then cut at each octet and lengthened by one.
    private static void Check(string vector, Write write, Func<byte[], bool> read, bool wholeOnly = true)
    {
        byte[] octets = Vectors.Bytes(vector);
        byte[] buffer = new byte[octets.Length];
        SpanWriter writer = new(buffer);
        Assert.True(write(ref writer));
        Assert.Equal(vector, Vectors.Hex(writer.Written));
        byte[] value = octets[2..];
        Assert.Equal(octets[1], value.Length);
        Assert.True(read(value));
        for (int length = 0; length < value.Length; length++)
        {
            // Fewer entries are read as well, but not as these.
            Assert.False(read(value[..length]), $"{length} octets");
            SpanWriter narrow = new(buffer.AsSpan(0, length + 2));
            Assert.False(write(ref narrow));
            Assert.Equal(0, narrow.Position);
        }

        Assert.Equal(!wholeOnly, read([.. value, 0]));
    }
}
