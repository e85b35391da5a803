// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Tests;

public sealed class AsPathTests
{
    private const uint Wide = 4_200_000_000;

    [Theory]
    [InlineData("", true, "400200")]
    [InlineData("64513", true, "40020602010000fc01")]
    [InlineData("64513", false, "4002040201fc01")]
    [InlineData("4200000000,64513", true, "40020a0202fa56ea000000fc01")]
    [InlineData("4200000000,64513", false, "40020602025ba0fc01")]
    public void Path_Written_HasTheWidthOfThePeer(string numbers, bool fourOctetAs, string expected)
    {
        uint[] sequence = numbers.Length == 0 ? [] : [.. numbers.Split(',').Select(uint.Parse)];
        SpanWriter writer = new(new byte[100]);
        Assert.True(AsPath.TryWrite(ref writer, sequence, fourOctetAs));
        Assert.Equal(expected, Vectors.Hex(writer.Written));
        SpanWriter narrow = new(new byte[(expected.Length / 2) - 1]);
        Assert.False(AsPath.TryWrite(ref narrow, sequence, fourOctetAs));
        Assert.Equal(0, narrow.Position);
    }

    [Fact]
    [Trait("Scenario", "C050")]
    [Trait("Scenario", "C096")]
    public void Path_Of300Numbers_HasTwoSegmentsAndAWideLength()
    {
        uint[] sequence = [.. Enumerable.Repeat(64513u, 300)];
        SpanWriter writer = new(new byte[2000]);
        Assert.True(AsPath.TryWrite(ref writer, sequence, fourOctetAs: true));
        Assert.Equal("500204b402ff", Vectors.Hex(writer.Written[..6]));
        Assert.True(AsPath.TryRead(writer.Written[4..], fourOctetAs: true, out AsPath path));
        Assert.Equal(300, path.Hops);
        List<int> counts = [];
        foreach (AsPathSegment segment in path)
        {
            counts.Add(segment.Count);
        }

        Assert.Equal([255, 45], counts);
    }

    [Theory]
    [Trait("Scenario", "C052")]
    [InlineData("0203" + "fc01" + "5ba0" + "fc03", "0203" + "0000fc01" + "fa56ea00" + "0000fc03", "2:64513,4200000000,64515")]
    [InlineData("0203" + "fc01" + "5ba0" + "fc03", "0202" + "fa56ea00" + "0000fc03", "2:64513 2:4200000000,64515")]
    [InlineData("0203" + "fc01" + "5ba0" + "fc03", "0201" + "0000fc03", "2:64513,23456 2:64515")]
    [InlineData("0202" + "fc01" + "5ba0", "0203" + "0000fc01" + "fa56ea00" + "0000fc03", "2:64513,23456")]
    [InlineData("0201" + "fc01" + "0102" + "fc02" + "5ba0", "0101" + "fa56ea00", "2:64513 1:4200000000")]
    [InlineData("0302" + "fc05" + "fc06" + "0201" + "5ba0", "0201" + "fa56ea00", "3:64517,64518 2:4200000000")]
    [InlineData("0201" + "5ba0", "0301" + "0000fc07" + "0201" + "fa56ea00", "2:4200000000")]
    [InlineData("0201" + "5ba0", "", "2:23456")]
    public void As4Path_BehindATwoOctetSpeaker_IsMerged(string path, string as4Path, string expected)
    {
        UpdateMessage update = Read($"4002{path.Length / 2:x2}" + path + (as4Path.Length == 0 ? "" : $"c011{as4Path.Length / 2:x2}" + as4Path));
        Assert.True(update.TryGetAsPath(new byte[256], out AsPath merged));
        Assert.Equal(expected, UpdateMessageTests.Text(merged));
    }

    [Theory]
    [InlineData("c007065ba0c0000206", "c01208fa56ea00c0000207", 4_200_000_000u, "2:4200000000")]
    [InlineData("c00706fc01c0000206", "c01208fa56ea00c0000207", 64513u, "2:23456")]
    [InlineData("c00706fc01c0000206", "", 64513u, "2:4200000000")]
    [InlineData("c007065ba0c0000206", "", 23456u, "2:4200000000")]
    public void As4Aggregator_BehindAnAggregator_CountsOnlyBehindAsTrans(string aggregator, string as4Aggregator, uint asn, string path)
    {
        UpdateMessage update = Read("40020402015ba0" + aggregator + "c0110602" + "01fa56ea00" + as4Aggregator);
        Assert.Equal(asn, update.Aggregator?.Asn);
        Assert.True(update.TryGetAsPath(new byte[256], out AsPath merged));
        Assert.Equal(path, UpdateMessageTests.Text(merged));
    }

    [Fact]
    public void As4Path_ScratchTooShort_IsRefused()
    {
        UpdateMessage update = Read("40020402015ba0" + "c01106" + "0201fa56ea00");
        Assert.False(update.TryGetAsPath(new byte[5], out _));
        Assert.True(update.TryGetAsPath(new byte[6], out _));
    }

    [Fact]
    [Trait("Scenario", "C095")]
    public void RouteAttributes_ForATwoOctetPeer_CarryTheWidePathToo()
    {
        RouteAttributes attributes = new() { AsPath = [Wide, 64513], LargeCommunities = [new(1, 2, 3)], ExtendedCommunities = [ExtendedCommunity.ForLinkBandwidth(Wide, 1)] };
        Assert.Equal(
            "40010100" + "40020602025ba0fc01" + "c01008" + "40045ba03f800000" + "c0110a0202fa56ea000000fc01" + "c0200c000000010000000200000003",
            Vectors.Hex(UpdatePackerTests.Encode(attributes, fourOctetAs: false)));
        Assert.DoesNotContain("c011", Vectors.Hex(UpdatePackerTests.Encode(attributes)), StringComparison.Ordinal);
    }

    [Fact]
    public void RouteAttributes_AllOfThem_StandInAscendingOrder()
    {
        RouteAttributes attributes = new()
        {
            Origin = Origin.Incomplete,
            Med = 10,
            LocalPref = 100,
            Communities = [Community.GracefulShutdown],
            OnlyToCustomer = 64513,
        };
        Assert.Equal(
            "40010102" + "400200" + "8004040000000a" + "40050400000064" + "c00804ffff0000" + "c023040000fc01",
            Vectors.Hex(UpdatePackerTests.Encode(attributes)));
        Assert.False(attributes.TryWrite(new byte[20], true, out _));
    }

    [Fact]
    public void Writers_OfAttributesThatAreOnlyRead_GiveTheVectors()
    {
        SpanWriter writer = new(new byte[200]);
        Assert.True(AtomicAggregateAttribute.TryWrite(ref writer));
        Assert.True(new Aggregator(Wide, 0xc0000206).TryWrite(ref writer, fourOctetAs: true));
        Assert.True(new Aggregator(Wide, 0xc0000206).TryWrite(ref writer, fourOctetAs: false));
        Assert.True(OriginatorIdAttribute.TryWrite(ref writer, 0xc0000208));
        Assert.True(ClusterList.TryWrite(ref writer, 0xc0000209));
        Assert.True(new Aggregator(Wide, 0xc0000206).TryWriteAs4(ref writer));
        Assert.True(PathAttribute.TryWrite(ref writer, AttributeFlags.Optional | AttributeFlags.Transitive | AttributeFlags.Partial, (AttributeType)99, [1]));
        Assert.Equal(
            "400600" + "c00708fa56ea00c0000206" + "c007065ba0c0000206" + "800904c0000208" + "800a04c0000209" + "c01208fa56ea00c0000206" + "e0630101",
            Vectors.Hex(writer.Written));
    }

    [Theory]
    [InlineData(0x4004_fc01_4ee6_b280, 1_935_228_928f)]
    [InlineData(0x0004_fc01_3f80_0000, 1f)]
    [InlineData(0x4002_fc01_3f80_0000, null)]
    [InlineData(0x4004_fc01_7f80_0000, null)]
    [InlineData(0x4004_fc01_bf80_0000, null)]
    [InlineData(0x4004_fc01_7fc0_0000, null)]
    public void LinkBandwidth_OnlyOfItsTypeAndANumber_IsRead(long value, float? expected) =>
        Assert.Equal(expected, new ExtendedCommunity((ulong)value).LinkBandwidth);

    private static UpdateMessage Read(string attributes)
    {
        byte[] body = Vectors.Update("", "40010100" + attributes + "400304c0000206", "18c00002");
        Assert.True(UpdateMessage.TryRead(body, Vectors.External with { FourOctetAs = false, Confederation = true }, out UpdateMessage update, out _));
        Assert.Equal(BgpFault.None, update.Fault);
        return update;
    }
}
