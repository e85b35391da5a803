// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using static LoadBalancer.Config.Tests.Bgp;

namespace LoadBalancer.Config.Tests;

/// <summary>What several BGPPeers say together, and what becomes of one over time.</summary>
public sealed class BgpPeersTogetherTests
{
    private static readonly Dictionary<string, string> NodeB = new() { ["host"] = "b" };

    [Theory]
    [InlineData("same address", "has the same spec.peerAddress 192.0.2.1 and spec.peerPort 179 as BGPPeer old")]
    [InlineData("same in a VRF", "and spec.peerPort 179 in VRF red as BGPPeer old")]
    [InlineData("same interface", "has the same spec.interface eth0 as BGPPeer old")]
    [InlineData("same prefix", "has the same spec.peerAddress 192.0.2.0/24 as BGPPeer old")]
    [InlineData("address in prefix", null)]
    [InlineData("prefix in prefix", null)]
    [InlineData("prefix around address, both signed", null)]
    [InlineData("signed prefix in unsigned", null)]
    [InlineData("dialled address in signed prefix", null)]
    [InlineData("unsigned address in signed prefix", "has no password, and its spec.peerAddress 192.0.2.1 lies in 192.0.2.0/24 of BGPPeer old, which has one")]
    [InlineData("signed prefix around unsigned prefix", "has a password for spec.peerAddress 192.0.2.0/24, in which 192.0.2.0/25 of BGPPeer old lies, which has none")]
    [InlineData("other VRF", null)]
    [InlineData("other port", null)]
    [InlineData("other interface", null)]
    public void D50_TwoPeersThatAreOneSession_TheYoungerIsRefused(string what, string? sentence)
    {
        BgpPeerManifest red = Peer() with { Vrf = "red" }, unnumbered = Peer() with { PeerAddress = null, Interface = "eth0" };
        BgpPeerManifest range = Range(Peer(), "192.0.2.0/24");
        (BgpPeerManifest old, BgpPeerManifest young) = what switch
        {
            "same address" => (Peer(), Peer()),
            "same in a VRF" => (red, red),
            "same prefix" => (range, range),
            "address in prefix" => (range, Peer() with { Passive = true }),
            "prefix in prefix" => (range, Range(Peer(), "192.0.2.128/25")),
            "prefix around address, both signed" => (Peer() with { Passive = true, Password = "one" }, range with { Password = "two" }),
            "signed prefix in unsigned" => (range, Range(Peer(), "192.0.2.128/25") with { Password = "two" }),
            "dialled address in signed prefix" => (range with { Password = "two" }, Peer()),
            "unsigned address in signed prefix" => (range with { Password = "two" }, Peer() with { Passive = true }),
            "signed prefix around unsigned prefix" => (Range(Peer(), "192.0.2.0/25"), range with { Password = "two" }),
            "same interface" => (unnumbered, unnumbered),
            "other VRF" => (Peer(), red),
            "other port" => (Peer(), Peer() with { PeerPort = 1179 }),
            _ => (unnumbered, unnumbered with { Interface = "eth1" }),
        };
        Configuration configuration = Build(young with { Name = "a-young", CreatedAt = 9 }, old with { Name = "old", CreatedAt = 3 });
        if (sentence is null)
            Assert.All(configuration.Verdicts, v => Assert.Equal(VerdictReason.Accepted, v.Reason));
        else
        {
            Is(configuration.VerdictOn("a-young"), false, VerdictReason.Conflict, sentence);
            Assert.Equal("old", Assert.Single(configuration.BgpPeers).Name);
        }
    }

    [Fact]
    public void D51_DisjointSelectors_AreTwoSessions()
    {
        Configuration configuration = Build(Peer("x") with { NodeSelectors = [In("host", "a")] }, Peer("y") with { NodeSelectors = [In("host", "b"), In("host", "c")] });
        Assert.All(configuration.Verdicts, v => Assert.Equal(VerdictReason.Accepted, v.Reason));
        Assert.Equal(["y"], configuration.BgpPeersOn(NodeB).Select(p => p.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D51_SelectorsThatMeetForCertain_TheYoungerIsRefused(bool everyNode)
    {
        LabelSelectorManifest[] other = everyNode ? [] : [In("host", "c"), Label("host", "a")];
        Configuration configuration = Build(Peer("x") with { NodeSelectors = [In("host", "a")] }, Peer("y") with { NodeSelectors = other });
        Is(configuration.VerdictOn("y"), false, VerdictReason.Conflict, "as BGPPeer x, and nodes that both select: change one of them, or its spec.nodeSelectors");
    }

    [Fact]
    public void SelectorsThatMayMeet_BothAreInForceAndANodeKeepsOneSession()
    {
        Configuration configuration = Build(
            Peer("a-young") with { NodeSelectors = [In("host", "b", "c")], CreatedAt = 9 }, Peer("old") with { NodeSelectors = [In("host", "a", "b")], CreatedAt = 3 });
        Is(configuration.VerdictOn("a-young"), true, VerdictReason.AcceptedWithWarnings, "a node that spec.nodeSelectors of both select keeps the session of the older one only");
        Assert.Equal(2, configuration.BgpPeers.Count);
        Assert.Equal(["old"], configuration.BgpPeersOn(NodeB).Select(p => p.Name));
        Assert.Equal(["a-young"], configuration.BgpPeersOn(new Dictionary<string, string> { ["host"] = "c" }).Select(p => p.Name));
    }

    [Fact]
    public void D48_RouterIdsThatDiffer_AreAcceptedWithAWarning()
    {
        Configuration configuration = Build(Peer("x") with { RouterId = "192.0.2.7" }, Peer("y", "192.0.2.2") with { RouterId = "192.0.2.8" }, Peer("z", "192.0.2.3"));
        Is(configuration.VerdictOn("x"), true, VerdictReason.AcceptedWithWarnings, "spec.routerID is 192.0.2.7 and that of BGPPeer y 192.0.2.8");
        Assert.Equal(VerdictReason.Accepted, configuration.VerdictOn("z").Reason);
        Assert.All(Build(Peer("x") with { RouterId = "192.0.2.7" }, Peer("y", "192.0.2.2") with { RouterId = "192.0.2.7" }).Verdicts, v => Assert.Equal(VerdictReason.Accepted, v.Reason));
    }

    [Fact]
    public void PeerThatMeetsSeveral_IsToldTheFirstByName()
    {
        Configuration configuration = Build(
            Peer("x") with { RouterId = "192.0.2.7", CreatedAt = 3 }, Peer("y", "192.0.2.2") with { RouterId = "192.0.2.8", CreatedAt = 2 }, Peer("z", "192.0.2.3") with { RouterId = "192.0.2.9", CreatedAt = 1 });
        Assert.Contains("that of BGPPeer y ", configuration.VerdictOn("x").Message, StringComparison.Ordinal);
        Assert.Contains("that of BGPPeer x ", configuration.VerdictOn("z").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void D49_TwoAsNumbersOfOneNode_AreAccepted() =>
        Assert.All(Build(Peer("x"), Peer("y", "192.0.2.2") with { MyAsn = 64999 }).Verdicts, v => Assert.Equal(VerdictReason.Accepted, v.Reason));

    [Fact]
    public void PeerEditedWrongly_ItsLastVersionStaysUntilItIsDeleted()
    {
        Configuration first = Build(Peer() with { HoldTime = "9s" });
        Configuration second = Configuration.Build(Set(Peer() with { HoldTime = "1s", Generation = 2 }), first);
        Is(second.VerdictOn("r1"), false, VerdictReason.InvalidSpec, "; its last accepted version stays in force");
        Assert.Equal(TimeSpan.FromSeconds(9), Assert.Single(second.BgpPeers).HoldTime);
        Assert.Empty(Configuration.Build(Set(), second).BgpPeers);
    }

    [Theory]
    [InlineData("192.0.2.2", "192.0.2.3")]
    [InlineData("192.0.2.2", "192.0.2.1")]
    public void PeerTakesTheAddressAnotherGivesUp_BothAreAccepted(string x, string y)
    {
        Configuration first = Build(Peer("x", "192.0.2.1"), Peer("y", "192.0.2.2"));
        Configuration second = Configuration.Build(Set(Peer("x", x), Peer("y", y)), first);
        Assert.Equal([x, y], second.BgpPeers.Select(p => p.Address.ToString()));
        Assert.All(second.Verdicts, v => Assert.True(v.Accepted));
    }

    [Fact]
    public void PeersThatExchangeAddressesWhileAThirdIsInTheWay_KeepWhatTheyHave()
    {
        Configuration first = Build(Peer("x", "192.0.2.1"), Peer("y", "192.0.2.2"), Peer("z", "192.0.2.3"));
        Configuration second = Configuration.Build(Set(Peer("x", "192.0.2.2"), Peer("y", "192.0.2.3"), Peer("z", "192.0.2.3")), first);
        Assert.Equal(["192.0.2.1", "192.0.2.2", "192.0.2.3"], second.BgpPeers.Select(p => p.Address.ToString()));
        Assert.Equal([false, false, true], second.Verdicts.Select(v => v.Accepted));
    }

    [Fact]
    public void OlderPeerTakesTheAddressOfOneInForce_TheOneInForceStays()
    {
        Configuration first = Build(Peer("old", "192.0.2.2") with { CreatedAt = 1 }, Peer("young") with { CreatedAt = 9 });
        Configuration second = Configuration.Build(Set(Peer("old") with { CreatedAt = 1 }, Peer("young") with { CreatedAt = 9 }), first);
        Assert.Equal(["192.0.2.2", "192.0.2.1"], second.BgpPeers.Select(p => p.Address.ToString()));
        Is(second.VerdictOn("old"), false, VerdictReason.Conflict, "; its last accepted version stays in force");
    }

    [Fact]
    public void D53_PeerInAnotherNamespace_IsRefused() => Is(
        Configuration.Build(Set(Peer()) with { Namespace = "metallb-system" }).VerdictOn("r1"), false, VerdictReason.WrongNamespace, "is in namespace lb: create it in metallb-system");

    [Fact]
    public void D30_ProfileThatIsNotThere_ThePeerRunsWithoutBfdAndSaysSo()
    {
        Configuration configuration = Build(Peer() with { BfdProfile = "fast" });
        Is(configuration.VerdictOn("r1"), true, VerdictReason.UnresolvedReference, "spec.bfdProfile names \"fast\", and there is no such BFDProfile: the session runs without BFD; create or mend the profile");
        Assert.Null(Assert.Single(configuration.BgpPeers).Bfd);
        Is(Build(Peer() with { BfdProfile = "fast" }, Profile("fast") with { EchoMode = true }).VerdictOn("r1"), true, VerdictReason.UnresolvedReference,
            "names \"fast\", which is refused (its Accepted condition says why): the session runs without BFD");
    }

    [Fact]
    public void ProfileIsDeleted_ThePeerKeepsItsProtection()
    {
        Configuration first = Build(Peer() with { BfdProfile = "fast" }, Profile("fast") with { DetectMultiplier = 7 });
        Configuration second = Configuration.Build(Set(Peer() with { BfdProfile = "fast" }), first);
        Is(second.VerdictOn("r1"), true, VerdictReason.UnresolvedReference, "the session keeps BFD as BFDProfile fast last had it");
        Assert.Equal((byte)7, Assert.Single(second.BgpPeers).Bfd!.DetectMultiplier);
        Assert.Null(Assert.Single(Configuration.Build(Set(Peer()), second).BgpPeers).Bfd);
    }
}
