// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet.Tests;

/// <summary>One error at a time, in an UPDATE that is sound otherwise (RFC 7606).</summary>
public sealed class UpdateGradingTests
{
    private const string Origin = "40010100";
    private const string Path = "40020602010000fc01";
    private const string Hop = "400304c0000206";
    private const string LocalPref = "40050400000064";
    private const string Sound = Origin + Path + Hop;
    private const string Route = "18c00002";
    private const string Reach6 = "80" + ReachAfterFlags;
    private const string ReachAfterFlags = "0e1e" + "000201" + "10" + "20010db8000000000000000000000006" + "00" + "4020010db800000000";

    [Theory]
    [Trait("Scenario", "C039")]
    [Trait("Scenario", "C041")]
    [Trait("Scenario", "C043")]
    [Trait("Scenario", "C045")]
    [Trait("Scenario", "C046")]
    [Trait("Scenario", "C047")]
    [Trait("Scenario", "C049")]
    [Trait("Scenario", "C051")]
    [Trait("Scenario", "C053")]
    [Trait("Scenario", "C055")]
    [Trait("Scenario", "C056")]
    [Trait("Scenario", "C057")]
    [Trait("Scenario", "C059")]
    [InlineData(Sound, BgpFault.None)]
    [InlineData(Origin + Path, BgpFault.MissingNextHop)]
    [InlineData(Path + Hop, BgpFault.MissingOrigin)]
    [InlineData(Origin + Hop, BgpFault.MissingAsPath)]
    [InlineData("", BgpFault.MissingOrigin)]
    [InlineData("c0010100" + Path + Hop, BgpFault.AttributeFlags)]
    [InlineData("80010100" + Path + Hop, BgpFault.AttributeFlags)]
    [InlineData("60010100" + Path + Hop, BgpFault.AttributeFlags)]
    [InlineData("4f010100" + Path + Hop, BgpFault.None)]
    [InlineData("5001000100" + Path + Hop, BgpFault.None)]
    [InlineData("40010103" + Path + Hop, BgpFault.Origin)]
    [InlineData("400100" + Path + Hop, BgpFault.Origin)]
    [InlineData("4001020000" + Path + Hop, BgpFault.Origin)]
    [InlineData(Origin + "400200" + Hop, BgpFault.AsPathEmpty)]
    [InlineData(Origin + "40020602020000fc01" + Hop, BgpFault.AsPathSegment)]
    [InlineData(Origin + "40020605010000fc01" + Hop, BgpFault.AsPathSegment)]
    [InlineData(Origin + "40020600010000fc01" + Hop, BgpFault.AsPathSegment)]
    [InlineData(Origin + "4002020200" + Hop, BgpFault.AsPathSegment)]
    [InlineData(Origin + "40020702010000fc0102" + Hop, BgpFault.AsPathSegment)]
    [InlineData(Origin + "40020501010000fc" + Hop, BgpFault.AsPathSegment)]
    [InlineData(Origin + "400206020100000000" + Hop, BgpFault.AsPathZero)]
    [InlineData(Origin + "40020603010000fc01" + Hop, BgpFault.AsPathConfederation)]
    [InlineData(Origin + "40020604010000fc01" + Hop, BgpFault.AsPathConfederation)]
    [InlineData(Origin + "40020601010000fc01" + Hop, BgpFault.None)]
    [InlineData(Origin + Path + "400305c000020600", BgpFault.NextHopLength)]
    [InlineData(Origin + Path + "400303c00002", BgpFault.NextHopLength)]
    [InlineData(Origin + Path + "40030400000000", BgpFault.NextHopAddress)]
    [InlineData(Origin + Path + "4003047f000001", BgpFault.NextHopAddress)]
    [InlineData(Origin + Path + "400304e0000001", BgpFault.NextHopAddress)]
    [InlineData(Origin + Path + "400304ffffffff", BgpFault.NextHopAddress)]
    [InlineData(Sound + "8004040000000a", BgpFault.None)]
    [InlineData(Sound + "80040300000a", BgpFault.Med)]
    [InlineData(Sound + "4004040000000a", BgpFault.AttributeFlags)]
    [InlineData(Sound + "a004040000000a", BgpFault.AttributeFlags)]
    [InlineData(Sound + LocalPref, BgpFault.UnexpectedAttribute)]
    [InlineData(Sound + "400503000064", BgpFault.UnexpectedAttribute)]
    [InlineData(Sound + "400600", BgpFault.None)]
    [InlineData(Sound + "40060100", BgpFault.AtomicAggregate)]
    [InlineData(Sound + "c007080000fc01c0000206", BgpFault.None)]
    [InlineData(Sound + "c00706fc01c0000206", BgpFault.Aggregator)]
    [InlineData(Sound + "c0070700fc01c0000206", BgpFault.Aggregator)]
    [InlineData(Sound + "c007090000fc01c000020600", BgpFault.Aggregator)]
    [InlineData(Sound + "c0070800000000c0000206", BgpFault.Aggregator)]
    [InlineData(Sound + "c00804fc010064", BgpFault.None)]
    [InlineData(Sound + "e00804fc010064", BgpFault.None)]
    [InlineData(Sound + "c00800", BgpFault.Communities)]
    [InlineData(Sound + "c00803fc0100", BgpFault.Communities)]
    [InlineData(Sound + "800904c0000206", BgpFault.UnexpectedAttribute)]
    [InlineData(Sound + "800900", BgpFault.UnexpectedAttribute)]
    [InlineData(Sound + "800a04c0000206", BgpFault.UnexpectedAttribute)]
    [InlineData(Sound + "800a03c00002", BgpFault.UnexpectedAttribute)]
    [InlineData(Sound + "c010084004fc014e6e6b28", BgpFault.None)]
    [InlineData(Sound + "c01000", BgpFault.ExtendedCommunities)]
    [InlineData(Sound + "c010074004fc014e6e6b", BgpFault.ExtendedCommunities)]
    [InlineData(Sound + "c0110602010000fc01", BgpFault.UnexpectedAttribute)]
    [InlineData(Sound + "c012080000fc01c0000206", BgpFault.UnexpectedAttribute)]
    [InlineData(Sound + "c01900", BgpFault.IPv6ExtendedCommunities)]
    [InlineData(Sound + "c02000", BgpFault.LargeCommunities)]
    [InlineData(Sound + "c0200b0000fc0100000001000000", BgpFault.LargeCommunities)]
    [InlineData(Sound + "c0200c0000fc010000000100000002", BgpFault.None)]
    [InlineData(Sound + "c023040000fc01", BgpFault.None)]
    [InlineData(Sound + "c023030000fc", BgpFault.OnlyToCustomer)]
    [InlineData(Sound + Origin, BgpFault.DuplicateAttribute)]
    [InlineData(Sound + "406300", BgpFault.UnknownWellKnown)]
    [InlineData(Sound + "806300", BgpFault.None)]
    [InlineData(Sound + "c06301aa", BgpFault.None)]
    [InlineData(Sound + "c0", BgpFault.AttributeOverrun)]
    [InlineData(Sound + "c008", BgpFault.AttributeOverrun)]
    [InlineData(Sound + "d00800", BgpFault.AttributeOverrun)]
    [InlineData(Sound + "c00805fc010064", BgpFault.AttributeOverrun)]
    [InlineData(Sound + "800e05000263" + "0000", BgpFault.FamilyNotNegotiated)]
    [InlineData(Sound + "800e020002", BgpFault.MultiprotocolLength)]
    [InlineData("c0" + ReachAfterFlags + Sound, BgpFault.AttributeFlags)]
    [InlineData("40" + ReachAfterFlags + Sound, BgpFault.AttributeFlags)]
    [InlineData(Sound + "c00f03000201", BgpFault.AttributeFlags)]
    [InlineData(Sound + "c0050400000064", BgpFault.UnexpectedAttribute)]
    [InlineData(Sound + "400904c0000206", BgpFault.UnexpectedAttribute)]
    [InlineData(Sound + "40110602010000fc01", BgpFault.UnexpectedAttribute)]
    [InlineData(Sound + "8004050000000a00", BgpFault.Med)]
    [InlineData(Sound + "c023050000fc0100", BgpFault.OnlyToCustomer)]
    [InlineData(Sound + "c00806fc0100640001", BgpFault.Communities)]
    [InlineData(Sound + "c0100c4004fc014e6e6b2800000000", BgpFault.ExtendedCommunities)]
    [InlineData(Sound + "c020080000fc0100000001", BgpFault.LargeCommunities)]
    [InlineData(Sound + "c01914" + "0002" + "20010db8000000000000000000000006" + "0001", BgpFault.None)]
    [InlineData(Sound + "c01918" + "0002" + "20010db8000000000000000000000006" + "000100000000", BgpFault.IPv6ExtendedCommunities)]
    [InlineData(Sound + "c007040000fc01", BgpFault.Aggregator)]
    [InlineData(Origin + "40020a0202000000000000fc01" + Hop, BgpFault.AsPathZero)]
    [InlineData(Origin + "40020a02020000fc0100000000" + Hop, BgpFault.AsPathZero)]
    [InlineData(Origin + "40020c020100000000" + "02010000fc01" + Hop, BgpFault.AsPathZero)]
    [InlineData(Origin + "40020c03010000fc05" + "02010000fc01" + Hop, BgpFault.AsPathConfederation)]
    [InlineData(Origin + Path + "400304f0000001", BgpFault.NextHopAddress)]
    [InlineData(Origin + Path + "400304efffffff", BgpFault.NextHopAddress)]
    [InlineData(Origin + Path + "400304dfffffff", BgpFault.None)]
    [InlineData(Origin + Path + "40031020010db8000000000000000000000006", BgpFault.NextHopLength)]
    [InlineData(Sound + "800eff000201", BgpFault.MultiprotocolOverrun)]
    [InlineData(Sound + "800fff000201", BgpFault.MultiprotocolOverrun)]
    [InlineData(Sound + "800f05006302" + "2020", BgpFault.FamilyNotNegotiated)]
    public void Attribute_WithIPv4Route_CostsWhatTheRfcSays(string attributes, BgpFault fault)
    {
        bool read = UpdateMessage.TryRead(Vectors.Update("", attributes, Route), Vectors.External, out UpdateMessage update, out DecodeError error);
        ErrorGrade grade = fault.Grade();
        Assert.Equal(grade != ErrorGrade.SessionReset, read);
        Assert.Equal(fault, read ? update.Fault : error.Fault);
        if (read)
        {
            Assert.Equal(grade, update.Grade);
            Assert.Equal(grade >= ErrorGrade.TreatAsWithdraw, update.Announced.IsEmpty);
            Assert.Equal(grade < ErrorGrade.TreatAsWithdraw, update.Withdrawn.IsEmpty);
        }
    }

    [Theory]
    [Trait("Scenario", "C047")]
    [Trait("Scenario", "C051")]
    [Trait("Scenario", "C055")]
    [InlineData(Sound, BgpFault.MissingLocalPref)]
    [InlineData(Sound + LocalPref, BgpFault.None)]
    [InlineData(Sound + "400503000064", BgpFault.LocalPref)]
    [InlineData(Origin + "400200" + Hop + LocalPref, BgpFault.None)]
    [InlineData(Sound + LocalPref + "800904c0000206", BgpFault.None)]
    [InlineData(Sound + LocalPref + "800903c00002", BgpFault.OriginatorId)]
    [InlineData(Sound + LocalPref + "800905c000020600", BgpFault.OriginatorId)]
    [InlineData(Sound + "4005050000006400", BgpFault.LocalPref)]
    [InlineData(Sound + LocalPref + "800a04c0000206", BgpFault.None)]
    [InlineData(Sound + LocalPref + "800a05c000020600", BgpFault.ClusterList)]
    [InlineData(Sound + LocalPref + "800a00", BgpFault.ClusterList)]
    public void Attribute_FromOurAs_CostsWhatTheRfcSays(string attributes, BgpFault fault)
    {
        Assert.True(UpdateMessage.TryRead(Vectors.Update("", attributes, Route), Vectors.Internal, out UpdateMessage update, out _));
        Assert.Equal(fault, update.Fault);
        Assert.Equal(fault.Grade(), update.Grade);
    }

    [Theory]
    [Trait("Scenario", "C052")]
    [InlineData("c0110602010000fc01", BgpFault.None)]
    [InlineData("c01100", BgpFault.As4Path)]
    [InlineData("c0110502010000fc", BgpFault.As4Path)]
    [InlineData("c01106020100000000", BgpFault.As4Path)]
    [InlineData("c01106090100000001", BgpFault.As4Path)]
    [InlineData("c012080000fc01c0000206", BgpFault.None)]
    [InlineData("c012070000fc01c00002", BgpFault.As4Aggregator)]
    [InlineData("c00706fc01c0000206", BgpFault.None)]
    [InlineData("c007080000fc01c0000206", BgpFault.Aggregator)]
    [InlineData("c0070600000000c000", BgpFault.Aggregator)]
    public void Attribute_FromATwoOctetSpeaker_CostsWhatTheRfcSays(string attribute, BgpFault fault)
    {
        UpdateContext context = Vectors.External with { FourOctetAs = false };
        byte[] body = Vectors.Update("", Origin + "4002040201fc01" + Hop + attribute, Route);
        Assert.True(UpdateMessage.TryRead(body, context, out UpdateMessage update, out _));
        Assert.Equal(fault, update.Fault);
        Assert.Equal(fault.Grade(), update.Grade);
        Assert.Equal(fault == BgpFault.None, update.TryGet((AttributeType)Convert.ToByte(attribute.Substring(2, 2), 16), out _));
    }

    [Theory]
    [Trait("Scenario", "C038")]
    [InlineData("0001")]
    [InlineData("0005" + "18c00002")]
    [InlineData("ffff" + "18c00002" + "0000")]
    [InlineData("")]
    [InlineData("00")]
    public void WithdrawnLength_PastTheMessage_Resets(string body) => Refused(body, "3/1:");

    [Theory]
    [Trait("Scenario", "C038")]
    [InlineData("0000")]
    [InlineData("000000")]
    [InlineData("00000001")]
    [InlineData("0000" + "0005" + Origin)]
    [InlineData("0004" + "18c00002" + "0001")]
    public void AttributesLength_PastTheMessage_Resets(string body) => Refused(body, "3/1:");

    [Theory]
    [InlineData("21c0000200", "", "")]
    [InlineData("18c000", "", "")]
    [InlineData("", Sound, "21c0000200")]
    [InlineData("21c000020000", "", "")]
    [InlineData("", Sound, "21c000020000")]
    [InlineData("", "800f15000201" + "81" + "20010db800000000000000000000000000", "")]
    [InlineData("", Sound, "20c00002")]
    [InlineData("", Sound, "18c0000218")]
    [InlineData("", "800f04000201" + "81", "")]
    [InlineData("", "800f05000201" + "1020", "")]
    [InlineData("", "800e16" + "000201" + "10" + "20010db8000000000000000000000006" + "00" + "40" + Origin + Path, "")]
    public void Prefix_Malformed_Resets(string withdrawn, string attributes, string nlri) =>
        Refused(Vectors.Hex(Vectors.Update(withdrawn, attributes, nlri)), "3/10:");

    [Theory]
    [Trait("Scenario", "C040")]
    [InlineData(Origin + Path + "c00805fc010064")]
    [InlineData("40010103" + Path)]
    [InlineData(Origin + Path + "406300")]
    [InlineData("c0")]
    public void Error_WithoutReachableRoutes_Resets(string attributes)
    {
        Refused(Vectors.Hex(Vectors.Update("", attributes, "")), "3/1:");
        Refused(Vectors.Hex(Vectors.Update(Route, attributes, "")), "3/1:");
    }

    [Theory]
    [InlineData(Origin + Path + Hop + "40060100")]
    [InlineData("c00f03000201")]
    public void Error_WithoutReachableRoutes_ThatCostsNoRoute_IsRead(string attributes) =>
        Assert.True(UpdateMessage.TryRead(Vectors.Update("", attributes, ""), Vectors.External, out _, out _));

    [Theory]
    [InlineData(Reach6 + Reach6 + Origin + Path)]
    [InlineData("800f03000201" + "800f03000201")]
    [InlineData(Origin + Path + "800eff000201")]
    [InlineData("800fff000201")]
    public void Multiprotocol_TwiceOrTooLong_Resets(string attributes) => Refused(Vectors.Hex(Vectors.Update("", attributes, "")), "3/1:");

    /// <summary>RFC 7606 4: of the optional and the transitive bit only one setting is right; partial says something of optional transitive ones alone.</summary>
    [Theory]
    [Trait("Rfc", "7606-4")]
    [InlineData("01", "00", 0x40)]
    [InlineData("02", "0201fc01", 0x40)]
    [InlineData("03", "c0000206", 0x40)]
    [InlineData("04", "0000000a", 0x80)]
    [InlineData("05", "00000064", 0x40)]
    [InlineData("06", "", 0x40)]
    [InlineData("07", "fc01c0000206", 0xc0)]
    [InlineData("08", "fc010064", 0xc0)]
    [InlineData("09", "c0000206", 0x80)]
    [InlineData("0a", "c0000206", 0x80)]
    [InlineData("0e", "0002011020010db8000000000000000000000006004020010db800000000", 0x80)]
    [InlineData("0f", "000201", 0x80)]
    [InlineData("10", "4004fc014e6e6b28", 0xc0)]
    [InlineData("11", "02010000fc01", 0xc0)]
    [InlineData("12", "0000fc01c0000206", 0xc0)]
    [InlineData("19", "000220010db80000000000000000000000060001", 0xc0)]
    [InlineData("20", "0000fc010000000100000002", 0xc0)]
    [InlineData("23", "0000fc01", 0xc0)]
    public void Flags_OfEachAttribute_AreThoseItIsDefinedWith(string type, string value, int defined)
    {
        // From a speaker of our AS with two-octet numbers nothing is unexpected.
        UpdateContext context = Vectors.Internal with { FourOctetAs = false };
        string sound = (type == "01" ? "" : Origin) + (type == "02" ? "" : "4002040201fc01") + (type == "03" ? "" : Hop) + (type == "05" ? "" : LocalPref);
        for (int flags = 0; flags <= 0xe0; flags += 0x20)
        {
            string attribute = $"{flags:x2}{type}{value.Length / 2:x2}{value}";
            Assert.True(UpdateMessage.TryRead(Vectors.Update("", sound + attribute, Route), context, out UpdateMessage update, out _));
            bool right = (flags & 0xc0) == defined && ((flags & 0x20) == 0 || defined == 0xc0);
            Assert.Equal((right ? BgpFault.None : BgpFault.AttributeFlags, attribute), (update.Fault, attribute));
        }
    }

    [Theory]
    [InlineData("00000001")]
    [InlineData("0000")]
    [InlineData("00000001" + "18c00002" + "000000")]
    public void PathIdentifier_CutShort_Resets(string nlri)
    {
        UpdateContext context = Vectors.External with { AddPathIPv4 = true };
        Assert.False(UpdateMessage.TryRead(Vectors.Update("", Sound, nlri), context, out _, out DecodeError error));
        Assert.Equal("3/10:", MessageFrameTests.Refusal(error));
        Assert.False(UpdateMessage.TryRead(Vectors.Update(nlri, "", ""), context, out _, out _));
    }

    [Fact]
    public void SeveralErrors_TheWorst_Counts()
    {
        byte[] body = Vectors.Update("", "40010103" + Path + Hop + "40060100" + "c00803fc0100", Route);
        Assert.True(UpdateMessage.TryRead(body, Vectors.External, out UpdateMessage update, out _));
        Assert.Equal(BgpFault.Origin, update.Fault);
        Assert.Equal(AttributeType.Origin, update.FaultAttribute);
        body = Vectors.Update("", Sound + "40060100" + "c00803fc0100", Route);
        Assert.True(UpdateMessage.TryRead(body, Vectors.External, out update, out _));
        Assert.Equal(BgpFault.Communities, update.Fault);
        Assert.Equal(AttributeType.Communities, update.FaultAttribute);
    }

    [Fact]
    public void Faults_EachOfThem_HasAGradeAndAResetHasANotification()
    {
        foreach (BgpFault fault in Enum.GetValues<BgpFault>())
        {
            DecodeError error = new(fault);
            Assert.Equal(fault.Grade() == ErrorGrade.SessionReset, error.IsSessionReset);
            Assert.Equal(error.IsSessionReset, MessageFrameTests.Refusal(error).Length > 0);
        }
    }

    private static void Refused(string body, string refusal)
    {
        Assert.False(UpdateMessage.TryRead(Vectors.Bytes(body), Vectors.External, out _, out DecodeError error));
        Assert.Equal(refusal, MessageFrameTests.Refusal(error));
    }
}
