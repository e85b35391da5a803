// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using static LoadBalancer.Config.Tests.Bgp;

namespace LoadBalancer.Config.Tests;

/// <summary>Community and BFDProfile objects.</summary>
public sealed class CommunityAndProfileTests
{
    [Theory]
    [InlineData("12345", "spec.communities[1].value is \"12345\": it is no community, write N:M (64500:1)")]
    [InlineData("larg:12345:12345:12345", "begins with \"large:\", not \"larg:\"")]
    [InlineData("large:12345:wrong:12345", "each number of a large community must be 0 to 4294967295")]
    [InlineData("1:2:3", "it is no community")]
    [InlineData("65536:1", "both numbers of a community must be 0 to 65535")]
    public void G2_G4_G5_G6_BadValue_IsRefusedByFieldAndValue(string value, string sentence) =>
        Is(Build(Community("c", ("a", "1:2"), ("b", value))).VerdictOn("c"), false, VerdictReason.InvalidSpec, sentence);

    [Theory]
    [InlineData("12345:12345", "12345:12345")]
    [InlineData("large:12345:12345:4294967295", "large:12345:12345:4294967295")]
    [InlineData("0:1234", "0:1234")]
    public void G1_G3_G8_Value_IsReadAndPrintsAsWritten(string value, string text)
    {
        Configuration configuration = Build(Community("c", ("a", value)));
        Assert.Equal(VerdictReason.Accepted, configuration.VerdictOn("c").Reason);
        Assert.Equal(text, configuration.FindCommunity("a").ToString());
        Assert.Equal(text, configuration.FindCommunity(value).ToString());
        Assert.Null(configuration.FindCommunity("b"));
    }

    [Fact]
    public void D25_NameOfAnotherObject_TheYoungerIsRefusedAsAWhole()
    {
        Configuration configuration = Build(Community("a-young", ("x", "1:1"), ("fine", "1:3")) with { CreatedAt = 9 }, Community("old", ("x", "1:2")));
        Is(configuration.VerdictOn("a-young"), false, VerdictReason.Conflict, "has \"x\" in spec.communities, and Community old defines that name too: remove it from one of the two");
        Assert.Equal(("1:2", null), (configuration.FindCommunity("x").ToString(), configuration.FindCommunity("fine")));
        Is(Build(Community("c", ("x", "1:1"), ("x", "1:1"))).VerdictOn("c"), false, VerdictReason.InvalidSpec, "spec.communities[1].name \"x\" is there twice: remove one");
    }

    [Fact]
    [Trait("Scenario", "G21")]
    public void WellKnownName_IsKnownAndMayBeDefinedOnlyAsWhatItIs()
    {
        Assert.Equal(
            ["65535:65281", "65535:65282", "65535:65283", "65535:65283", "65535:0", "65535:666", "65535:7", "65535:65284"],
            new[] { "no-export", "no-advertise", "no-export-subconfed", "local-as", "graceful-shutdown", "blackhole", "no-llgr", "no-peer" }
                .Select(n => Configuration.Empty.FindCommunity(n).ToString()));
        Configuration bad = Build(Community("c", ("no-export", "1:2")));
        Is(bad.VerdictOn("c"), false, VerdictReason.InvalidSpec, "spec.communities[0].name \"no-export\" is a well-known community and stands for 65535:65281, not 1:2: choose another name");
        Assert.Equal("65535:65281", bad.FindCommunity("no-export").ToString());
        Assert.All(Build(Community("c", ("no-export", "65535:65281")), Community("d", ("no-export", "65535:65281"))).Verdicts, v => Assert.Equal(VerdictReason.Accepted, v.Reason));
    }

    [Fact]
    public void NameWithAColon_IsToldToBeUseless() =>
        Is(Build(Community("c", ("a:b", "1:2"))).VerdictOn("c"), true, VerdictReason.AcceptedWithWarnings, "spec.communities[0].name \"a:b\" cannot be referred to");

    [Fact]
    public void CommunityEditedWrongly_ItsNamesStay()
    {
        Configuration second = Configuration.Build(Set(Community("c", ("a", "x"))), Build(Community("c", ("a", "1:2"))));
        Is(second.VerdictOn("c"), false, VerdictReason.InvalidSpec, "; its last accepted version stays in force");
        Assert.Equal("1:2", second.FindCommunity("a").ToString());
    }

    [Theory]
    [InlineData("receiveInterval", 9, "spec.receiveInterval is 9: use 10 to 60000 (milliseconds)")]
    [InlineData("transmitInterval", 60001, "spec.transmitInterval is 60001: use 10 to 60000 (milliseconds)")]
    [InlineData("detectMultiplier", 1, "spec.detectMultiplier is 1: use 2 to 255")]
    [InlineData("minimumTtl", 255, "spec.minimumTtl is 255: use 1 to 254")]
    [InlineData("echoMode", 1, "spec.echoMode is true, and this speaker neither sends nor returns BFD echo packets")]
    public void ProfileWithAMistake_IsRefused(string field, int value, string sentence)
    {
        BfdProfileManifest profile = Profile("fast");
        Configuration configuration = Build(field switch
        {
            "receiveInterval" => profile with { ReceiveInterval = value },
            "transmitInterval" => profile with { TransmitInterval = value },
            "detectMultiplier" => profile with { DetectMultiplier = value },
            "minimumTtl" => profile with { MinimumTtl = value },
            _ => profile with { EchoMode = true },
        });
        Is(configuration.VerdictOn("fast"), false, VerdictReason.InvalidSpec, sentence);
        Assert.Empty(configuration.BfdProfiles);
    }

    [Fact]
    public void Profile_HasWhatIsWrittenAndElseTheDefaults_AndIsInItsPeer()
    {
        BfdProfileManifest written = Profile("fast") with { ReceiveInterval = 10, TransmitInterval = 60000, DetectMultiplier = 255, MinimumTtl = 1, PassiveMode = true };
        Configuration configuration = Build(written, Profile("plain"), Peer() with { BfdProfile = "fast" });
        BfdProfile fast = configuration.BfdProfiles[0];
        Assert.Equal((10d, 60000d, (byte)255, (byte)1, true), (fast.ReceiveInterval.TotalMilliseconds, fast.TransmitInterval.TotalMilliseconds, fast.DetectMultiplier, fast.MinimumTtl, fast.Passive));
        Assert.Equal(new BfdProfile("lb", "plain"), configuration.BfdProfiles[1]);
        Assert.Same(fast, configuration.BgpPeers[0].Bfd);
        Assert.Equal(VerdictReason.Accepted, configuration.VerdictOn("r1").Reason);
    }

    [Fact]
    public void ProfileEditedWrongly_PeersKeepItsLastVersion()
    {
        Configuration second = Configuration.Build(
            Set(Profile("fast") with { DetectMultiplier = 1 }, Peer() with { BfdProfile = "fast" }), Build(Profile("fast") with { DetectMultiplier = 7 }, Peer() with { BfdProfile = "fast" }));
        Is(second.VerdictOn("fast"), false, VerdictReason.InvalidSpec, "; its last accepted version stays in force");
        Assert.Equal((byte)7, second.BgpPeers[0].Bfd!.DetectMultiplier);
        Assert.Equal(VerdictReason.Accepted, second.VerdictOn("r1").Reason);
    }
}
