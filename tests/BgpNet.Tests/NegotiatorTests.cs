// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;

namespace LoadBalancer.BgpNet.Tests;

public sealed class NegotiatorTests
{
    private const string Both = "010400010001" + "010400020001";
    private const string FourOctets = "41040000fc02";

    private static readonly SpeakerOpen Ours = new()
    {
        Asn = 64513,
        Identifier = 0xc0000201,
        Families = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast],
    };

    private static readonly PeerRules Rules = new() { AsKind = PeerAsKind.Exactly, Asn = 64514 };

    [Fact]
    [Trait("Scenario", "S44")]
    public void Everything_OnBothSides_IsAgreedOn()
    {
        SpeakerOpen speaker = Ours with
        {
            HoldSeconds = 30,
            AddPath = [new(AfiSafi.IPv4Unicast, AddPathMode.Both), new(AfiSafi.IPv6Unicast, AddPathMode.Receive)],
            ExtendedNextHops = [ExtendedNextHopEntry.IPv4OverIPv6],
            GracefulRestart = new() { Restarting = true, NotificationPreserves = true, RestartSeconds = 120, Families = [new(AfiSafi.IPv4Unicast, true)] },
            LongLivedGracefulRestart = [new(AfiSafi.IPv4Unicast, true, 3600)],
            Role = BgpRole.Customer,
            HostName = "node1",
        };
        SpeakerOpen router = speaker with
        {
            Asn = 4_200_000_000,
            Identifier = 0xc0000202,
            HoldSeconds = 90,
            Families = [AfiSafi.IPv6Unicast, AfiSafi.IPv4Unicast],
            AddPath = [new(AfiSafi.IPv4Unicast, AddPathMode.Receive), new(AfiSafi.IPv6Unicast, AddPathMode.Send)],
            Role = BgpRole.Provider,
            HostName = "tor1",
        };
        NegotiatedSession session = Agreed(speaker, Written(router), Rules with { Asn = 4_200_000_000 });
        Assert.Equal(4_200_000_000, session.PeerAs);
        Assert.Equal(0xc0000202, session.PeerIdentifier);
        Assert.Equal(30, session.HoldSeconds);
        Assert.Equal(10, session.KeepaliveSeconds);
        Assert.Equal([AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast], session.Families);
        Assert.True(session is { ExtendedMessages: true, RouteRefresh: true, EnhancedRouteRefresh: true, NotificationPreserves: true, Internal: false });
        Assert.Equal(new(ExtendedMessages: true, AddPath: true), session.Format(AfiSafi.IPv4Unicast));
        Assert.Equal(new(ExtendedMessages: true, AddPath: false), session.Format(AfiSafi.IPv6Unicast));
        Assert.Equal(
            new() { FourOctetAs = true, IPv4Unicast = true, IPv6Unicast = true, AddPathIPv6 = true, IPv4OverIPv6 = true },
            session.Receive);
        Assert.Equal(120, session.GracefulRestart?.RestartSeconds);
        Assert.Equal([new GracefulRestartEntry(AfiSafi.IPv4Unicast, true)], session.GracefulRestart?.Families);
        Assert.Equal([new LongLivedGracefulRestartEntry(AfiSafi.IPv4Unicast, true, 3600)], session.Peer.LongLivedGracefulRestart);
        Assert.Equal("tor1", session.Peer.HostName);
        Assert.Equal(BgpRole.Provider, session.Peer.Role);
    }

    [Fact]
    [Trait("Scenario", "C026")]
    public void NoCapabilities_AreIPv4AndTwoOctets()
    {
        NegotiatedSession session = Agreed(Ours, Body("fc02", 90, "c0000202", ""), Rules);
        Assert.Equal([AfiSafi.IPv4Unicast], session.Families);
        Assert.False(session.Receive.FourOctetAs);
        Assert.False(session.ExtendedMessages || session.RouteRefresh || session.EnhancedRouteRefresh || session.NotificationPreserves);
        Assert.Null(session.GracefulRestart);
        Assert.Equal(default, session.Format(AfiSafi.IPv4Unicast));
    }

    [Fact]
    [Trait("Scenario", "C029")]
    public void MalformedAndUnknownCapabilities_AreLeftOutAndNamed()
    {
        string odd = "0103000100" + "4003" + "007800" + "4500" + "450500010101" + "00" + "0505000100010" + "0" + "0900" + "4703000101" + "490105" + "4b00" + "fa02" + "abcd";
        NegotiatedSession session = Agreed(Ours, Body("fc02", 90, "c0000202", Both + FourOctets + odd), Rules);
        Assert.Equal(
            [CapabilityCode.Multiprotocol, CapabilityCode.GracefulRestart, CapabilityCode.AddPath, CapabilityCode.AddPath, CapabilityCode.ExtendedNextHop,
                CapabilityCode.Role, CapabilityCode.LongLivedGracefulRestart, CapabilityCode.Fqdn, CapabilityCode.SoftwareVersion],
            session.Peer.Ignored);
        UnknownCapability unknown = Assert.Single(session.Peer.Unknown);
        Assert.Equal("abcd", Vectors.Hex(unknown.Value.AsSpan()));
    }

    [Theory]
    [Trait("Scenario", "C022")]
    [InlineData("fc02", "41040000fc02", 64514u)]
    [InlineData("5ba0", "4104fa56ea00", 4_200_000_000u)]
    [InlineData("5ba0", "41040000fc02", 64514u)]
    [InlineData("fc02", "", 64514u)]
    public void As_SaidSoundly_IsTaken(string twoOctets, string capability, uint asn) =>
        Assert.Equal(asn, Agreed(Ours, Body(twoOctets, 90, "c0000202", Both + capability), Rules with { Asn = asn }).PeerAs);

    [Theory]
    [Trait("Scenario", "C018")]
    [Trait("Scenario", "C025")]
    [Trait("Scenario", "C029")]
    [InlineData("fc03", 90, "c0000202", Both, "2/2:")]
    [InlineData("0000", 90, "c0000202", Both, "2/2:")]
    [InlineData("5ba0", 90, "c0000202", Both, "2/2:")]
    [InlineData("fc02", 90, "c0000202", Both + "410400000000", "2/2:")]
    [InlineData("fc02", 90, "c0000202", Both + "41040000fc03", "2/2:")]
    [InlineData("fc02", 90, "c0000202", Both + "41020000", "2/0:")]
    [InlineData("fc02", 1, "c0000202", Both, "2/6:0001")]
    [InlineData("fc02", 2, "c0000202", Both, "2/6:0002")]
    [InlineData("fc02", 0, "c0000202", Both, "")]
    [InlineData("fc02", 3, "c0000202", Both, "")]
    [InlineData("fc02", 65535, "c0000202", Both, "")]
    [InlineData("fc02", 90, "00000000", Both, "2/3:00000000")]
    [InlineData("fc02", 90, "c0000201", Both, "")]
    [InlineData("fc02", 90, "c0000202", "010400010002", "2/7:010400010001010400020001")]
    public void Peer_ThatIsNotAcceptable_IsToldWhy(string asn, int hold, string identifier, string capabilities, string refusal) =>
        Assert.Equal(refusal, Refused(Ours, Body(asn, hold, identifier, capabilities), Rules));

    [Fact]
    public void Hold_BelowWhatIsConfigured_IsRefused()
    {
        PeerRules patient = Rules with { MinHoldSeconds = 20 };
        Assert.Equal("2/6:0013", Refused(Ours, Body("fc02", 19, "c0000202", Both), patient));
        Assert.Equal("", Refused(Ours, Body("fc02", 20, "c0000202", Both), patient));
        Assert.Equal(0, Agreed(Ours, Body("fc02", 0, "c0000202", Both), patient).KeepaliveSeconds);
    }

    [Theory]
    [Trait("Scenario", "C020")]
    [InlineData(PeerAsKind.Internal, "fc01", "c0000202", "")]
    [InlineData(PeerAsKind.Internal, "fc01", "c0000201", "2/3:c0000201")]
    [InlineData(PeerAsKind.Internal, "fc02", "c0000202", "2/2:")]
    [InlineData(PeerAsKind.External, "fc01", "c0000202", "2/2:")]
    [InlineData(PeerAsKind.External, "fc02", "c0000201", "")]
    public void As_OfEachKind_IsJudged(PeerAsKind kind, string asn, string identifier, string refusal) =>
        Assert.Equal(refusal, Refused(Ours, Body(asn, 90, identifier, Both), new() { AsKind = kind }));

    [Theory]
    [InlineData(null, "090100", true, "")]
    [InlineData(BgpRole.Customer, "090100", false, "")]
    [InlineData(BgpRole.Customer, "", false, "")]
    [InlineData(BgpRole.Customer, "", true, "2/11:")]
    [InlineData(BgpRole.Customer, "090103", false, "2/11:")]
    [InlineData(BgpRole.Customer, "0901ff", false, "2/11:")]
    [InlineData(BgpRole.Customer, "090100090100", false, "")]
    [InlineData(BgpRole.Customer, "090103090100", false, "2/11:")]
    public void Roles_MustFit(BgpRole? ours, string capability, bool required, string refusal) =>
        Assert.Equal(refusal, Refused(Ours with { Role = ours }, Body("fc02", 90, "c0000202", Both + capability), Rules with { RoleRequired = required }));

    [Fact]
    [Trait("Scenario", "G02")]
    public void OwnOpen_WithFieldsTheWireCannotHold_IsNotWritten()
    {
        byte[] buffer = new byte[4096];
        Assert.False((Ours with { GracefulRestart = new() { RestartSeconds = 4096 } }).TryWrite(buffer, out _));
        Assert.False((Ours with { HostName = new string('a', 256) }).TryWrite(buffer, out _));
        Assert.False((Ours with { Families = [.. Enumerable.Repeat(AfiSafi.IPv4Unicast, 100)] }).TryWrite(buffer, out _));
        Assert.False(Ours.TryWrite(buffer.AsSpan(0, 40), out _));
    }

    private static byte[] Body(string asn, int hold, string identifier, string capabilities)
    {
        byte[] value = Vectors.Bytes(capabilities);
        byte[] parameters = value.Length == 0 ? [0] : [(byte)(value.Length + 2), 2, (byte)value.Length, .. value];
        return [4, .. Vectors.Bytes(asn), (byte)(hold >> 8), (byte)hold, .. Vectors.Bytes(identifier), .. parameters];
    }

    private static byte[] Written(SpeakerOpen open)
    {
        byte[] buffer = new byte[4096];
        Assert.True(open.TryWrite(buffer, out int length));
        return buffer[MessageFrame.HeaderLength..length];
    }

    private static NegotiatedSession Agreed(SpeakerOpen ours, byte[] body, PeerRules rules)
    {
        Assert.True(OpenMessage.TryRead(body, out OpenMessage open, out _));
        Assert.True(Negotiator.TryNegotiate(ours, open, rules, out NegotiatedSession? session, out DecodeError refusal));
        Assert.Equal(BgpFault.None, refusal.Fault);
        return session;
    }

    private static string Refused(SpeakerOpen ours, byte[] body, PeerRules rules)
    {
        Assert.True(OpenMessage.TryRead(body, out OpenMessage open, out _));
        bool agreed = Negotiator.TryNegotiate(ours, open, rules, out NegotiatedSession? session, out DecodeError refusal);
        Assert.Equal(agreed, session is not null);
        Assert.Equal(agreed, refusal.Fault == BgpFault.None);
        return MessageFrameTests.Refusal(refusal);
    }
}
