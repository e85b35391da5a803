// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;
using static LoadBalancer.Config.Tests.Bgp;

namespace LoadBalancer.Config.Tests;

/// <summary>What one BGPPeer may say, and what it means.</summary>
public sealed class BgpPeerTests
{
    public static TheoryData<string, Func<BgpPeerManifest, BgpPeerManifest>, string> Mistakes => new()
    {
        { "D2", p => p with { PeerAddress = "router" }, "spec.peerAddress is \"router\", which is no IP address: write it like 192.0.2.1" },
        { "any", p => p with { PeerAddress = "0.0.0.0" }, "spec.peerAddress is 0.0.0.0, which is no host's address" },
        { "multicast", p => p with { PeerAddress = "224.0.0.5" }, "spec.peerAddress is 224.0.0.5, which is no host's address" },
        { "link-local", p => p with { PeerAddress = "fe80::1" }, "spec.peerAddress is fe80::1, which means nothing without an interface: give spec.interface instead" },
        { "D36 neither", p => p with { PeerAddress = null }, "spec.peerAddress is missing: give the peer's address, or spec.interface" },
        { "D36 both", p => p with { Interface = "eth0" }, "spec.peerAddress and spec.interface are both set: keep the one" },
        { "interface name", p => p with { PeerAddress = "", Interface = "an-interface-too-long" }, "spec.interface is \"an-interface-too-long\", which no interface can be called: use at most 15" },
        { "vrf name", p => p with { Vrf = "a/b" }, "spec.vrf is \"a/b\", which no interface can be called" },
        { "no AS", p => p with { MyAsn = 0 }, "spec.myASN is 0: use 1 to 4294967295" },
        { "AS too large", p => p with { PeerAsn = 4294967296 }, "spec.peerASN is 4294967296: use 1 to 4294967295" },
        { "no peer AS", p => p with { PeerAsn = 0 }, "spec.peerASN is missing: give the peer's AS number, or spec.dynamicASN" },
        { "two peer AS", p => p with { DynamicAsn = "external" }, "spec.peerASN and spec.dynamicASN are both set: keep the number" },
        { "dynamic", p => p with { PeerAsn = null, DynamicAsn = "both" }, "spec.dynamicASN is \"both\": use internal or external" },
        { "local internal", p => p with { PeerAsn = 64500, LocalAsn = 7 }, "spec.localASN is for external peers, and this one is internal: remove it" },
        { "local is peer", p => p with { LocalAsn = 64501 }, "spec.localASN and spec.peerASN are both 64501" },
        { "D4", p => p with { PeerAsn = 64500, EbgpMultiHop = true }, "spec.ebgpMultiHop is for external peers, and this one is internal (spec.myASN and spec.peerASN are the same)" },
        { "D4 dynamic", p => p with { PeerAsn = null, DynamicAsn = "internal", EbgpMultiHop = true }, "(spec.dynamicASN is internal): remove it" },
        { "D7 id", p => p with { RouterId = "2001:db8::1" }, "spec.routerID is \"2001:db8::1\": write it as an IPv4 address other than 0.0.0.0" },
        { "id zero", p => p with { RouterId = "0.0.0.0" }, "spec.routerID is \"0.0.0.0\"" },
        { "D7 source", p => p with { SourceAddress = "x" }, "spec.sourceAddress is \"x\", which is no IP address" },
        { "source family", p => p with { SourceAddress = "2001:db8::2" }, "spec.sourceAddress is 2001:db8::2 and spec.peerAddress is 192.0.2.1: both must be IPv4, or both IPv6" },
        { "source any", p => p with { SourceAddress = "0.0.0.0" }, "spec.sourceAddress is 0.0.0.0, which no host has" },
        { "port", p => p with { PeerPort = 65536 }, "spec.peerPort is 65536: use 0 to 65535" },
        { "D5 hold 1", p => p with { HoldTime = "1s" }, "spec.holdTime is 1s: use 0s, which keeps a silent session for ever, or 3s to 65535s" },
        { "D5 hold 2", p => p with { HoldTime = "2s" }, "spec.holdTime is 2s: use 0s" },
        { "hold long", p => p with { HoldTime = "65536s" }, "spec.holdTime is 65536s: use 0s" },
        { "hold text", p => p with { HoldTime = "soon" }, "spec.holdTime is \"soon\", which is no duration: write it like 30s" },
        { "D5 keepalive", p => p with { HoldTime = "9s", KeepaliveTime = "10s" }, "spec.keepaliveTime 10s is greater than spec.holdTime 9s" },
        { "no hold, keepalive", p => p with { HoldTime = "0s", KeepaliveTime = "10s" }, "spec.keepaliveTime 10s is greater than spec.holdTime 0s" },
        { "keepalive only", p => p with { KeepaliveTime = "30000s" }, "spec.keepaliveTime is 30000s, and three times that is more than the longest hold time, 65535s" },
        { "keepalive short", p => p with { KeepaliveTime = "500ms" }, "spec.keepaliveTime is 500ms, and BGP counts whole seconds: use 1s or more" },
        { "connect", p => p with { ConnectTime = "1500ms" }, "spec.connectTime is 1500ms: use whole seconds, 1s to 65535s" },
        { "restart alone", p => p with { RestartTime = "60s" }, "spec.restartTime is set without graceful restart: set spec.enableGracefulRestart to true" },
        { "restart long", p => p with { EnableGracefulRestart = true, RestartTime = "4096s" }, "spec.restartTime is 4096s: use whole seconds, 1s to 4095s" },
        { "stale alone", p => p with { LongLivedStaleTime = "60s" }, "spec.longLivedStaleTime is set without graceful restart, which it prolongs" },
        { "stale long", p => p with { EnableGracefulRestart = true, LongLivedStaleTime = "16777216s" }, "spec.longLivedStaleTime is 16777216s: use whole seconds, 1s to 16777215s" },
        { "D27", p => p with { Password = "x", PasswordSecretName = "s" }, "spec.password and spec.passwordSecret are both set: keep one of them" },
        { "secret elsewhere", p => p with { PasswordSecretName = "s", PasswordSecretNamespace = "other" }, "spec.passwordSecret.namespace is \"other\", and Secrets of other namespaces are not read: move the Secret to lb" },
        { "long password", p => p with { Password = new string('p', 81) }, "spec.password is too long: TCP MD5 of Linux takes at most 80 octets" },
        { "ttl", p => p with { TtlSecurityHops = 255 }, "spec.ttlSecurityHops is 255: use 1 to 254" },
        { "ttl multihop", p => p with { TtlSecurityHops = 2, EbgpMultiHop = true }, "spec.ttlSecurityHops and spec.ebgpMultiHop are both set: keep spec.ttlSecurityHops" },
        { "passive", p => p with { PeerAddress = null, Interface = "eth0", Passive = true }, "spec.passive and spec.interface are both set" },
        { "range active", p => p with { PeerAddress = "192.0.2.0/24" }, "spec.peerAddress is 192.0.2.0/24, a prefix, and nobody knows which of its addresses to connect to: set spec.passive to true" },
        { "range text", p => Range(p, "192.0.2.0/33"), "spec.peerAddress is \"192.0.2.0/33\", which is no prefix: write it like 192.0.2.0/24" },
        { "range of one", p => Range(p, "192.0.2.1/32"), "spec.peerAddress is 192.0.2.1/32, one address: write it as 192.0.2.1" },
        { "range of all", p => Range(p, "0.0.0.0/0"), "spec.peerAddress is 0.0.0.0/0, every address there is: give the networks that routers are in" },
        { "range host bits", p => Range(p, "192.0.2.7/24"), "spec.peerAddress is 192.0.2.7/24, which has bits set beyond its length: write 192.0.2.0/24" },
        { "range multicast", p => Range(p, "224.0.0.0/8"), "spec.peerAddress is 224.0.0.0/8, which holds multicast groups and no hosts" },
        { "range holding multicast", p => Range(p, "128.0.0.0/1"), "spec.peerAddress is 128.0.0.0/1, which holds multicast groups" },
        { "range link-local", p => Range(p, "fe80::/64"), "spec.peerAddress is fe80::/64, which means nothing without an interface: give spec.interface instead" },
        { "range interface", p => Range(p, "192.0.2.0/24") with { Interface = "eth0" }, "spec.peerAddress and spec.interface are both set: keep the one" },
        { "range vrf", p => Range(p, "192.0.2.0/24") with { Vrf = "red" }, "spec.vrf is set, and spec.peerAddress is a prefix: connections are taken outside of VRFs only" },
        { "range source", p => Range(p, "192.0.2.0/24") with { SourceAddress = "2001:db8::2" }, "spec.sourceAddress is 2001:db8::2 and spec.peerAddress is 192.0.2.0/24: both must be IPv4, or both IPv6" },
        { "most without range", p => p with { MaxDynamicPeers = 3 }, "spec.maxDynamicPeers is set, and spec.peerAddress is no prefix" },
        { "most none", p => Range(p, "192.0.2.0/24") with { MaxDynamicPeers = 0 }, "spec.maxDynamicPeers is 0: use 1 to 1000" },
        { "most too many", p => Range(p, "192.0.2.0/24") with { MaxDynamicPeers = 1001 }, "spec.maxDynamicPeers is 1001: use 1 to 1000" },
        { "max received", p => p with { MaxReceivedPrefixes = 0 }, "spec.maxReceivedPrefixes is 0: use 1 to 4294967295" },
        { "max announced", p => p with { MaxAnnouncedPrefixes = -1 }, "spec.maxAnnouncedPrefixes is -1: use 1" },
        { "D9", p => p with { NodeSelectors = [new(null, [new("k", "Near", ["a"])])] }, "spec.nodeSelectors[0].matchExpressions[0].operator is \"Near\"" },
        { "D10 values", p => p with { NodeSelectors = [In("k", "a", "a")] }, "spec.nodeSelectors[0].matchExpressions[0].values has \"a\" twice" },
        { "D10 selectors", p => p with { NodeSelectors = [Label("k", "a"), Label("k", "a")] }, "spec.nodeSelectors[1] says the same as an earlier selector" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Peer_WithAMistake_IsRefusedWithFieldAndRemedy(string what, Func<BgpPeerManifest, BgpPeerManifest> edit, string sentence)
    {
        Assert.NotNull(what);
        Refused(edit(Peer()), sentence);
    }

    [Fact]
    public void Peer_WithNothingButWhatItMust_HasTheDefaults()
    {
        BgpPeer peer = Accepted(Peer());
        Assert.Equal((64500u, "64501", "192.0.2.1", (ushort)179), (peer.MyAsn, peer.PeerAsn.ToString(), peer.Address.ToString(), peer.Port));
        Assert.Null(peer.LongLivedStaleTime);
        Assert.Equal((TimeSpan.FromSeconds(90), null, null), (peer.HoldTime, peer.KeepaliveTime, peer.ConnectTime));
        Assert.True(peer.Password.IsNone);
        Assert.True(peer.SelectsNode(new Dictionary<string, string>()));
        Assert.False(peer.Passive || peer.EbgpMultiHop || peer.DualStack || peer.GracefulRestart);
    }

    [Fact]
    public void Peer_WithEveryField_HasThemAll()
    {
        BgpPeer peer = Accepted(Peer() with
        {
            LocalAsn = 64999,
            SourceAddress = "192.0.2.9",
            PeerPort = 50000,
            HoldTime = "30s",
            KeepaliveTime = "10s",
            ConnectTime = "1m",
            RouterId = "192.0.2.7",
            NodeSelectors = [Label("rack", "a")],
            PasswordSecretName = "s",
            PasswordSecretNamespace = "lb",
            EnableGracefulRestart = true,
            RestartTime = "4095s",
            LongLivedStaleTime = "16777215s",
            TtlSecurityHops = 254,
            Vrf = "red",
            DualStackAddressFamily = true,
            Passive = false,
            MaxReceivedPrefixes = 4294967295,
            MaxAnnouncedPrefixes = 1,
        });
        Assert.Equal((64999u, "192.0.2.9", (ushort)50000), (peer.LocalAsn, peer.SourceAddress.ToString(), peer.Port));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1)), (peer.HoldTime, peer.KeepaliveTime, peer.ConnectTime));
        Assert.Equal(IpAddr.Parse("192.0.2.7"), IpAddr.FromUInt32(peer.RouterId!.Value));
        Assert.Equal("Secret s", peer.Password.ToString());
        Assert.Equal((true, TimeSpan.FromSeconds(4095), (byte)254, "red", true), (peer.GracefulRestart, peer.RestartTime, peer.TtlSecurityHops, peer.Vrf, peer.DualStack));
        Assert.Equal(TimeSpan.FromSeconds(16777215), peer.LongLivedStaleTime);
        Assert.Equal((uint.MaxValue, 1u), (peer.MaxReceivedPrefixes, peer.MaxAnnouncedPrefixes));
        Assert.False(peer.SelectsNode(new Dictionary<string, string> { ["rack"] = "b" }));
    }

    [Theory]
    [InlineData("90s", null, 90, null)]
    [InlineData(null, "5s", 15, 5)]
    [InlineData("0s", "0s", 0, null)]
    [InlineData("30s", "0s", 30, null)]
    [InlineData("9s", "3s", 9, 3)]
    [InlineData(null, null, 90, null)]
    public void D6_Timers_FollowFromEachOther(string? hold, string? keepalive, int expectedHold, int? expectedKeepalive)
    {
        BgpPeer peer = Accepted(Peer() with { HoldTime = hold, KeepaliveTime = keepalive });
        Assert.Equal(((double)expectedHold, (double?)expectedKeepalive), (peer.HoldTime.TotalSeconds, peer.KeepaliveTime?.TotalSeconds));
    }

    [Theory]
    [InlineData("internal", true)]
    [InlineData("external", false)]
    public void DynamicAsn_SaysWhetherThePeerIsInternal(string dynamic, bool isInternal) =>
        Assert.Equal(isInternal, Accepted(Peer() with { PeerAsn = null, DynamicAsn = dynamic }).PeerAsn.IsInternal(64500));

    [Fact]
    public void EmptyTextAndPortZero_AreAbsentFields()
    {
        BgpPeer peer = Accepted(Peer() with { Interface = "", SourceAddress = "", RouterId = "", Password = "", PasswordSecretName = "", Vrf = "", BfdProfile = "", HoldTime = "", PeerPort = 0, DynamicAsn = "" });
        Assert.Equal((null, null, null, null, (ushort)179), (peer.Interface, peer.SourceAddress, peer.RouterId, peer.Vrf, peer.Port));
    }

    [Fact]
    public void LocalAsnThatIsMyAsn_MeansNothing() => Assert.Null(Accepted(Peer() with { LocalAsn = 64500 }).LocalAsn);

    [Fact]
    public void UnnumberedPeer_HasAnInterfaceAndNoAddress()
    {
        BgpPeer peer = Accepted(Peer() with { PeerAddress = null, Interface = "eth0", DualStackAddressFamily = true });
        Assert.Equal((null, "eth0"), (peer.Address, peer.Interface));
    }

    [Theory]
    [InlineData("192.0.2.0/24", null, 64)]
    [InlineData("2001:db8::/64", 1000L, 1000)]
    public void PeerOfAPrefix_IsPassiveAndBounded(string range, long? most, int expected)
    {
        BgpPeer peer = Accepted(Range(Peer(), range) with { MaxDynamicPeers = most, PeerPort = 179 });
        Assert.Equal((null, null, range, expected, true), (peer.Address, peer.Interface, peer.Range.ToString(), peer.MaxDynamicPeers, peer.Passive));
    }

    [Theory]
    [InlineData("peerPort", "spec.peerPort is without effect when spec.peerAddress is a prefix")]
    [InlineData("holdTime", "spec.holdTime is 3500ms, and BGP counts whole seconds: 3s is used")]
    [InlineData("keepaliveTime", "spec.keepaliveTime 4s is more than a third of spec.holdTime 9s: a third of what is negotiated is used")]
    [InlineData("disableMP", "spec.disableMP is without effect")]
    [InlineData("sourceAddress", "spec.sourceAddress is without effect on an unnumbered session")]
    [InlineData("ebgpMultiHop", "spec.ebgpMultiHop is without effect on an unnumbered session")]
    [InlineData("connectTime", "spec.connectTime is without effect on a passive session")]
    public void FieldWithoutEffect_IsAcceptedAndTold(string field, string sentence)
    {
        BgpPeerManifest unnumbered = Peer() with { PeerAddress = null, Interface = "eth0" };
        Configuration configuration = Build(field switch
        {
            "peerPort" => Range(Peer(), "192.0.2.0/24") with { PeerPort = 1179 },
            "holdTime" => Peer() with { HoldTime = "3500ms" },
            "keepaliveTime" => Peer() with { HoldTime = "9s", KeepaliveTime = "4s" },
            "disableMP" => Peer() with { DisableMp = true },
            "sourceAddress" => unnumbered with { SourceAddress = "192.0.2.9" },
            "ebgpMultiHop" => unnumbered with { EbgpMultiHop = true },
            _ => Peer() with { Passive = true, ConnectTime = "5s" },
        });
        Is(configuration.VerdictOn("r1"), true, VerdictReason.AcceptedWithWarnings, sentence);
    }

    [Fact]
    public void SeveralMistakes_AreAllTold()
    {
        string message = Build(Peer() with { PeerAddress = "x", HoldTime = "1s", MyAsn = 0 }).VerdictOn("r1").Message;
        Assert.All(["spec.peerAddress", "spec.holdTime", "spec.myASN"], field => Assert.Contains(field, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Password_IsInNoTextThatIsPrinted()
    {
        BgpPeerManifest manifest = Peer() with { Password = "open-sesame" };
        Configuration configuration = Build(manifest, Peer("r2") with { Password = "open-sesame", PeerAsn = -1 });
        Assert.Equal("open-sesame", Assert.Single(configuration.BgpPeers).Password.Clear);
        Assert.DoesNotContain("open-sesame", $"{manifest} {configuration.BgpPeers[0]} {string.Join(' ', configuration.Verdicts)}", StringComparison.Ordinal);
    }
}
