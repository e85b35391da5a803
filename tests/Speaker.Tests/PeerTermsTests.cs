// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Config.Bgp;
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Bgp;

namespace LoadBalancer.Speaker.Tests;

/// <summary>What becomes of a BGPPeer: options of the session, of the connection, and of BFD.</summary>
public sealed class PeerTermsTests
{
    private static readonly IpAddr V4 = IpAddr.Parse("192.0.2.1");
    private static readonly IpAddr V6 = IpAddr.Parse("2001:db8::1");

    [Fact]
    public void Session_OfAPlainPeer_SaysWhatIsConfiguredAndLeavesTheRestToTheDefaults()
    {
        SessionOptions options = Session(Sample.Peer());
        Assert.Equal("BGPPeer tor", options.Name);
        Assert.Equal((64512u, 0xC0000214u, (ushort)90, "node-1"), (options.Open.Asn, options.Open.Identifier, options.Open.HoldSeconds, options.Open.HostName));
        Assert.Equal((PeerAsKind.Exactly, 64513u), (options.Rules.AsKind, options.Rules.Asn));
        Assert.False(options.Passive);
        Assert.Null(options.KeepaliveTime);
        Assert.Equal(new SessionOptions { Name = "", Open = options.Open, Rules = options.Rules }.ConnectRetryTime, options.ConnectRetryTime);
        Assert.Empty(options.Errors());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(65535)]
    public void Session_HoldTime_IsProposedAsConfigured(int seconds) =>
        Assert.Equal(seconds, Session(Sample.Peer() with { HoldTime = TimeSpan.FromSeconds(seconds) }).Open.HoldSeconds);

    [Fact]
    public void Transport_HoldTimeZero_NeverEndsAConnectionByItself()
    {
        Assert.Equal(TimeSpan.Zero, Transport(Sample.Peer() with { HoldTime = TimeSpan.Zero }).UserTimeout);
        Assert.Equal(TimeSpan.FromSeconds(90), Transport(Sample.Peer()).UserTimeout);
    }

    [Fact]
    public void Session_KeepaliveAndConnectTime_ReplaceTheDefaults()
    {
        SessionOptions options = Session(Sample.Peer() with { KeepaliveTime = TimeSpan.FromSeconds(7), ConnectTime = TimeSpan.FromSeconds(31) });
        Assert.Equal(TimeSpan.FromSeconds(7), options.KeepaliveTime);
        Assert.Equal(TimeSpan.FromSeconds(31), options.ConnectRetryTime);
    }

    [Fact]
    [Trait("Scenario", "F24")]
    public void Session_PassivePeer_OnlyWaits() => Assert.True(Session(Sample.Peer() with { Passive = true }).Passive);

    [Fact]
    [Trait("Scenario", "S12")]
    public void Session_LocalAsn_IsTheOneShownAndDecidesWhatIsInternal()
    {
        BgpPeer peer = Sample.Peer() with { LocalAsn = 64513 };
        Assert.Equal(64513u, Session(peer).Open.Asn);
        Assert.True(PeerTerms.IsInternal(peer));
        Assert.False(PeerTerms.IsInternal(Sample.Peer() with { PeerAsn = PeerAsn.Of(64512), LocalAsn = 64513 }));
    }

    [Fact]
    public void Session_DynamicAsn_DemandsTheKindAlone()
    {
        Assert.Equal(PeerAsKind.External, Session(Sample.Peer() with { PeerAsn = PeerAsn.External }).Rules.AsKind);
        Assert.Equal(PeerAsKind.Internal, Session(Sample.Peer() with { PeerAsn = PeerAsn.Internal }).Rules.AsKind);
        Assert.True(PeerTerms.IsInternal(Sample.Peer() with { PeerAsn = PeerAsn.Internal }));
        Assert.False(PeerTerms.IsInternal(Sample.Peer() with { PeerAsn = PeerAsn.External }));
    }

    [Fact]
    public void Session_Families_AreThatOfTheAddressUnlessDualStackOrUnnumbered()
    {
        Assert.Equal([AfiSafi.IPv4Unicast], Session(Sample.Peer()).Open.Families.AsEnumerable());
        Assert.Equal([AfiSafi.IPv6Unicast], Session(Sample.Peer(), V6).Open.Families.AsEnumerable());
        Assert.Equal([AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast], Session(Sample.Peer() with { DualStack = true }).Open.Families.AsEnumerable());
        Assert.Equal([AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast], Session(Unnumbered, IpAddr.Parse("fe80::1")).Open.Families.AsEnumerable());
    }

    [Fact]
    [Trait("Rfc", "8950-4")]
    public void Session_IPv4OverIPv6_IsOfferedOnlyWhereIPv4RoutesCrossAnIPv6Session()
    {
        Assert.Equal([ExtendedNextHopEntry.IPv4OverIPv6], Session(Unnumbered, IpAddr.Parse("fe80::1")).Open.ExtendedNextHops.AsEnumerable());
        Assert.Equal([ExtendedNextHopEntry.IPv4OverIPv6], Session(Sample.Peer() with { DualStack = true }, V6).Open.ExtendedNextHops.AsEnumerable());
        Assert.Empty(Session(Sample.Peer() with { DualStack = true }, V4).Open.ExtendedNextHops);
        Assert.Empty(Session(Sample.Peer(), V6).Open.ExtendedNextHops);
    }

    [Fact]
    [Trait("Scenario", "G01")]
    public void Session_GracefulRestart_KeepsForwardingOfEachFamily()
    {
        SessionOptions options = Session(Sample.Peer() with { GracefulRestart = true, RestartTime = TimeSpan.FromSeconds(45), DualStack = true }, restarted: true);
        Assert.Equal(45, options.Open.GracefulRestart!.RestartSeconds);
        Assert.Equal(
            [new GracefulRestartEntry(AfiSafi.IPv4Unicast, true), new GracefulRestartEntry(AfiSafi.IPv6Unicast, true)], options.Open.GracefulRestart.Families.AsEnumerable());
        Assert.True(options.Restarted);
        Assert.False(Session(Sample.Peer() with { GracefulRestart = true }, restarted: false).Restarted);
    }

    [Fact]
    public void Session_WithoutGracefulRestart_NeverSaysThatItRestarted()
    {
        SessionOptions options = Session(Sample.Peer(), restarted: true);
        Assert.Null(options.Open.GracefulRestart);
        Assert.False(options.Restarted);
    }

    [Fact]
    public void Session_MaxReceivedPrefixes_IsZeroForNoneAndBoundedByWhatIsCounted()
    {
        Assert.Equal(0, Session(Sample.Peer()).MaxPrefixes);
        Assert.Equal(12, Session(Sample.Peer() with { MaxReceivedPrefixes = 12 }).MaxPrefixes);
        Assert.Equal(SessionOptions.MostPrefixesCounted, Session(Sample.Peer() with { MaxReceivedPrefixes = uint.MaxValue }).MaxPrefixes);
    }

    [Fact]
    [Trait("Scenario", "X10")]
    public void Transport_Hops_AreOneForExternalAnyForInternalAndAllForMultihop()
    {
        Assert.Equal(TcpHops.Direct, Transport(Sample.Peer()).Hops);
        Assert.Equal(TcpHops.Any, Transport(Sample.Peer() with { PeerAsn = PeerAsn.Of(64512) }).Hops);
        Assert.Equal((byte)255, Transport(Sample.Peer() with { EbgpMultiHop = true }).Hops.Sent);
        Assert.Null(Transport(Sample.Peer() with { EbgpMultiHop = true }).Hops.Least);
    }

    [Fact]
    [Trait("Rfc", "5082-3")]
    public void Transport_TtlSecurity_GoesBeforeWhateverElseSaysHowFarThePeerIs()
    {
        Assert.Equal((255, 254), Hops(Sample.Peer() with { TtlSecurityHops = 2, EbgpMultiHop = true }));
        Assert.Equal((255, 255), Hops(Sample.Peer() with { TtlSecurityHops = 1, PeerAsn = PeerAsn.Internal }));

        static (int?, int?) Hops(BgpPeer peer) => (Transport(peer).Hops.Sent, Transport(peer).Hops.Least);
    }

    [Fact]
    public void Transport_Device_IsTheVrfElseTheInterface()
    {
        Assert.Null(Transport(Sample.Peer()).Device);
        Assert.Equal("blue", Transport(Sample.Peer() with { Vrf = "blue" }).Device);
        Assert.Equal("eth1", Transport(Unnumbered).Device);
    }

    [Fact]
    [Trait("Scenario", "S34")]
    public void Transport_KeyAndSource_AreThoseOfThePeer()
    {
        TcpKey key = new("secret"u8);
        TcpOptions options = PeerTerms.Transport(Sample.Intent(Sample.Peer() with { SourceAddress = V4 }) with { Key = key }, TimeSpan.FromSeconds(3));
        Assert.Same(key, options.Key);
        Assert.Equal((V4, TimeSpan.FromSeconds(3)), (options.Source, options.ConnectTimeout));
    }

    [Fact]
    public void Bfd_OfAProfile_IsItsParametersAndWithoutOneThereIsNone()
    {
        Assert.Null(PeerTerms.Bfd(Sample.Peer()));
        BfdProfile profile = new(Sample.Namespace, "fast")
        {
            ReceiveInterval = TimeSpan.FromMilliseconds(50),
            TransmitInterval = TimeSpan.FromMilliseconds(60),
            DetectMultiplier = 5,
            Passive = true,
            MinimumTtl = 250,
        };
        BfdParameters parameters = PeerTerms.Bfd(Sample.Peer() with { Bfd = profile })!;
        Assert.Equal(
            (TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(60), (byte)5, true, (byte)250),
            (parameters.ReceiveInterval, parameters.TransmitInterval, parameters.DetectMultiplier, parameters.Passive, parameters.MinimumHopLimit));
        Assert.Empty(parameters.Errors());
    }

    private static BgpPeer Unnumbered => Sample.Peer() with { Address = null, Interface = "eth1" };

    private static SessionOptions Session(BgpPeer peer, IpAddr? remote = null, bool restarted = false) =>
        PeerTerms.Session(Sample.Intent(peer), remote ?? V4, Sample.Node, restarted);

    private static TcpOptions Transport(BgpPeer peer) => PeerTerms.Transport(Sample.Intent(peer), TimeSpan.FromSeconds(5));
}
