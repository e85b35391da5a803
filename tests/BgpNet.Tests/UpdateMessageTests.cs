// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests;

public sealed class UpdateMessageTests
{
    private const string Origin = "40010100";
    private const string Path = "40020602010000fc01";
    private const string Hop = "400304c0000206";
    private const string Global = "20010db8000000000000000000000006";
    private const string LinkLocal = "fe800000000000000000000000000001";

    [Fact]
    public void Update_TheIPv4Vector_IsRead()
    {
        UpdateMessage update = Read(Vectors.Body(Vectors.UpdateIPv4));
        Assert.Equal(Attributes.Origin.Igp, update.Origin);
        Assert.Equal(IpAddr.Parse("192.0.2.6"), update.NextHop);
        Assert.True(update.TryGetAsPath([], out AsPath path));
        Assert.Equal("2:64513", Text(path));
        Assert.Equal(1, path.Hops);
        Assert.True(path.Contains(64513));
        Assert.False(path.Contains(64514));
        Assert.Equal("64513:100", update.Communities[0].ToString());
        Assert.True(update.Communities.Contains(new(64513, 100)));
        Assert.False(update.Communities.Contains(Community.NoExport));
        Assert.Equal("64513:1:2", update.LargeCommunities[0].ToString());
        Assert.Equal(["192.0.2.1/32"], Prefixes(update.Announced));
        Assert.Empty(Prefixes(update.Withdrawn));
        Assert.Null(update.EndOfRib);
        Assert.Null(update.Med);
        Assert.Null(update.LocalPref);
        Assert.Null(update.Aggregator);
        Assert.Null(update.OnlyToCustomer);
        Assert.False(update.AtomicAggregate);
    }

    [Fact]
    public void Update_TheIPv6Vector_IsRead()
    {
        UpdateMessage update = Read(Vectors.Body(Vectors.UpdateIPv6));
        Assert.Equal(AfiSafi.IPv6Unicast, update.MpReach.Family);
        Assert.Equal(new NextHop(IpAddr.Parse("2001:db8::6"), IpAddr.Parse("fe80::1")), update.MpReach.NextHop);
        Assert.Equal(["2001:db8::1/128"], Prefixes(update.Announced));
        Assert.True(update.AnnouncedIPv4.IsEmpty);
        Assert.Null(update.NextHop);
    }

    [Fact]
    public void Attributes_AllOfThem_AreRead()
    {
        byte[] body = Vectors.Update("", Origin + Path + Hop + "8004040000000a" + "40050400000064" + "400600" + "c007080000fc01c0000207"
            + "c00808fc010064ffffff01" + "800904c0000208" + "800a08c0000209c000020a" + "c010084004fc014cbebc20"
            + "c0200c0000fc010000000100000002" + "c023040000fc02" + "c06302aabb" + "806400", "18c00002");
        Assert.True(UpdateMessage.TryRead(body, Vectors.Internal, out UpdateMessage update, out _));
        Assert.Equal(BgpFault.None, update.Fault);
        Assert.Equal(10u, update.Med);
        Assert.Equal(100u, update.LocalPref);
        Assert.True(update.AtomicAggregate);
        Assert.Equal(new Aggregator(64513, 0xc0000207), update.Aggregator);
        Assert.Equal(2, update.Communities.Count);
        Assert.Equal(Community.NoExport, update.Communities[1]);
        Assert.Equal(0xc0000208, update.OriginatorId);
        Assert.Equal(2, update.ClusterList.Count);
        Assert.Equal(0xc000020a, update.ClusterList[1]);
        Assert.Equal(100_000_000f, update.ExtendedCommunities[0].LinkBandwidth);
        Assert.Equal(64514u, update.OnlyToCustomer);
        List<string> unknown = [];
        foreach (PathAttribute attribute in update.Attributes)
        {
            if (attribute.IsUnknownTransitive)
            {
                unknown.Add(Vectors.Hex(attribute.Octets));
            }
        }

        Assert.Equal(["c06302aabb"], unknown);
    }

    [Fact]
    public void Attributes_DiscardedAndRepeated_AreLeftOut()
    {
        byte[] body = Vectors.Update("", Origin + Path + Hop + "40060100" + "40010102" + "40050400000064", "18c00002");
        UpdateMessage update = Read(body);
        Assert.Equal(ErrorGrade.AttributeDiscard, update.Grade);
        Assert.False(update.AtomicAggregate);
        Assert.Null(update.LocalPref);
        Assert.Equal(Attributes.Origin.Igp, update.Origin);
        Assert.Equal(["192.0.2.0/24"], Prefixes(update.Announced));
    }

    [Theory]
    [Trait("Scenario", "C064")]
    [InlineData("14c6336f", "198.51.96.0/20")]
    [InlineData("00", "0.0.0.0/0")]
    [InlineData("20c0000201", "192.0.2.1/32")]
    [InlineData("18c00002" + "18c00002", "192.0.2.0/24 192.0.2.0/24")]
    [InlineData("18e00000" + "08" + "7f" + "18c00002", "192.0.2.0/24")]
    public void Prefixes_IPv4_AreReadWithoutHostBitsAndMartians(string nlri, string expected) =>
        Assert.Equal(expected, string.Join(' ', Prefixes(Read(Vectors.Update("", Origin + Path + Hop, nlri)).Announced)));

    [Theory]
    [InlineData("00", "::/0")]
    [InlineData("2120010db8ff", "2001:db8:8000::/33")]
    [InlineData("8020010db8000000000000000000000001", "2001:db8::1/128")]
    [InlineData("7f20010db8000000000000000000000001", "2001:db8::/127")]
    [InlineData("09fe80", "fe80::/9")]
    [InlineData("40fe80000000000000" + "10ff02" + "80" + "00000000000000000000ffffc0000201" + "6000000000000000000000ffff" + "5500000000000000000000f8", "")]
    [InlineData("80" + "00000000000000000000000000000001" + "5000000000000000000000", "")]
    public void Prefixes_IPv6_AreReadWithoutHostBitsAndMartians(string nlri, string expected)
    {
        string value = "000201" + nlri;
        byte[] body = Vectors.Update("", $"800f{value.Length / 2:x2}" + value, "");
        Assert.Equal(expected, string.Join(' ', Prefixes(Read(body).Withdrawn)));
    }

    [Theory]
    [Trait("Scenario", "C069")]
    [Trait("Scenario", "C071")]
    [InlineData("0002", "", "")]
    [InlineData("0002", Global, "ok")]
    [InlineData("0002", Global + LinkLocal, "ok")]
    [InlineData("0002", LinkLocal, "ok")]
    [InlineData("0002", LinkLocal + LinkLocal, "ok")]
    [InlineData("0002", "00000000000000000000000000000000" + LinkLocal, "ok")]
    [InlineData("0002", "00000000000000000000ffffc0000206", "withdraw")]
    [InlineData("0002", "00000000000000000000000000000000", "withdraw")]
    [InlineData("0002", "ff020000000000000000000000000001", "withdraw")]
    [InlineData("0002", "c0000206", "")]
    [InlineData("0002", Global + "0000000000000000", "")]
    [InlineData("0001", "c0000206", "ok")]
    [InlineData("0001", "e0000001", "withdraw")]
    [InlineData("0001", Global, "ok")]
    [InlineData("0001", Global + LinkLocal, "ok")]
    [InlineData("0001", "c000020600", "")]
    public void MpReachNextHop_OfEachLength_IsJudgedByFamily(string afi, string nextHop, string expected)
    {
        string value = afi + "01" + $"{nextHop.Length / 2:x2}" + nextHop + "01" + "18200102";
        string attribute = $"800e{value.Length / 2:x2}" + value;
        bool read = UpdateMessage.TryRead(
            Vectors.Update("", attribute + Origin + Path, ""), Vectors.External with { IPv4OverIPv6 = true }, out UpdateMessage update, out DecodeError error);
        Assert.Equal(expected.Length > 0, read);
        Assert.Equal(read ? "" : "3/9:" + attribute, MessageFrameTests.Refusal(error));
        Assert.Equal(expected == "withdraw", !update.Withdrawn.IsEmpty);
        Assert.Equal(expected == "ok", !update.Announced.IsEmpty);
    }

    [Fact]
    [Trait("Scenario", "C069")]
    public void MpReachNextHop_EveryOtherLength_Resets()
    {
        for (int length = 0; length <= 33; length++)
        {
            string value = "000201" + $"{length:x2}" + string.Concat(Enumerable.Repeat("20", length)) + "00" + "18200102";
            byte[] body = Vectors.Update("", $"800e{value.Length / 2:x2}" + value + Origin + Path, "");
            Assert.Equal(length is 16 or 32, UpdateMessage.TryRead(body, Vectors.External, out _, out _));
            string ipv4 = string.Concat("000101", value.AsSpan(6));
            body = Vectors.Update("", $"800e{ipv4.Length / 2:x2}" + ipv4 + Origin + Path, "");
            Assert.Equal(length is 4, UpdateMessage.TryRead(body, Vectors.External, out _, out _));
        }
    }

    [Theory]
    [Trait("Scenario", "C072")]
    [Trait("Scenario", "C073")]
    [InlineData("800e15" + "000201" + "10" + Global + "00", BgpFault.MultiprotocolEmpty)]
    [InlineData("800e07" + "006301" + "01020304", BgpFault.FamilyNotNegotiated)]
    [InlineData("800e03" + "000202", BgpFault.FamilyNotNegotiated)]
    public void MpReach_WithoutUse_IsLeftOut(string attribute, BgpFault fault)
    {
        UpdateMessage update = Read(Vectors.Update("", attribute + Origin + Path, ""));
        Assert.Equal(fault, update.Fault);
        Assert.Equal(ErrorGrade.AttributeDiscard, update.Grade);
        Assert.Empty(Prefixes(update.Announced));
    }

    [Fact]
    [Trait("Scenario", "C074")]
    public void MpReach_BehindOtherAttributesAndBesideNextHop_IsRead()
    {
        string reach = "800e1e" + "000201" + "10" + Global + "00" + "4020010db800000000";
        UpdateMessage update = Read(Vectors.Update("18c63364", Origin + Path + Hop + reach + "800f07000201" + "18200102", "18c00002"));
        Assert.Equal(["192.0.2.0/24", "2001:db8::/64"], Prefixes(update.Announced));
        Assert.Equal(["198.51.100.0/24", "2001:200::/24"], Prefixes(update.Withdrawn));
        Assert.Equal(IpAddr.Parse("192.0.2.6"), update.NextHop);
    }

    [Fact]
    public void TreatAsWithdraw_RoutesOfAllFields_AreWithdrawn()
    {
        string reach = "800e1e" + "000201" + "10" + Global + "00" + "4020010db800000000";
        UpdateMessage update = Read(Vectors.Update("18c63364", reach + "40010103" + Path + Hop + "800f07000201" + "18200102", "18c00002"));
        Assert.Empty(Prefixes(update.Announced));
        Assert.True(update.AnnouncedIPv4.IsEmpty);
        Assert.True(update.MpReach.Routes.IsEmpty);
        Assert.Equal(["198.51.100.0/24", "2001:200::/24", "192.0.2.0/24", "2001:db8::/64"], Prefixes(update.Withdrawn));
    }

    [Fact]
    [Trait("Scenario", "C076")]
    public void MpUnreach_CarryingIPv4_Withdraws() =>
        Assert.Equal(["192.0.2.0/24"], Prefixes(Read(Vectors.Update("", "800f07000101" + "18c00002", "")).Withdrawn));

    [Theory]
    [InlineData("800f05000201" + "1020", "")]
    [InlineData("800e06" + "000201" + "02" + "2001" + Origin + Path, "")]
    public void FamilyError_WhereFamiliesAreGivenUp_SparesTheSession(string attributes, string nlri)
    {
        UpdateContext context = Vectors.External with { DisableFamilies = true };
        Assert.True(UpdateMessage.TryRead(Vectors.Update("", attributes, nlri), context, out UpdateMessage update, out _));
        Assert.Equal(ErrorGrade.DisableFamily, update.Grade);
        Assert.Equal(AfiSafi.IPv6Unicast, update.DisabledFamily);
        Assert.True(update.Announced.IsEmpty);
        Assert.False(UpdateMessage.TryRead(Vectors.Update("", "800f020002", ""), context, out _, out _));
        Assert.True(UpdateMessage.TryRead(Vectors.Update("21c0000200", "", ""), context, out update, out _));
        Assert.Equal(AfiSafi.IPv4Unicast, update.DisabledFamily);
    }

    /// <summary>With errors in the routes of both families there is no family left to go on with.</summary>
    [Fact]
    public void FamilyError_InBothFamilies_Resets()
    {
        UpdateContext context = Vectors.External with { DisableFamilies = true };
        byte[] body = Vectors.Update("21c0000200", "800f05000201" + "1020", "");
        Assert.False(UpdateMessage.TryRead(body, context, out _, out DecodeError error));
        Assert.Equal("3/10:", MessageFrameTests.Refusal(error));
    }

    [Fact]
    public void MpReachNextHop_WithASecondThatIsNotLinkLocal_HasTheFirstAlone()
    {
        string value = "000201" + "20" + Global + Global + "00" + "18200102";
        UpdateMessage update = Read(Vectors.Update("", $"800e{value.Length / 2:x2}" + value + Origin + Path, ""));
        Assert.Equal(new NextHop(IpAddr.Parse("2001:db8::6")), update.MpReach.NextHop);
    }

    [Fact]
    public void Attribute_WithUnusedFlagBits_IsReadWithoutThem()
    {
        UpdateMessage update = Read(Vectors.Update("", "4f010100" + Path + Hop, "18c00002"));
        Assert.True(update.TryGet(AttributeType.Origin, out PathAttribute origin));
        Assert.Equal(AttributeFlags.Transitive, origin.Flags);
    }

    [Fact]
    public void Communities_OfAMalformedList_AreNone()
    {
        UpdateMessage update = Read(Vectors.Update("", Origin + Path + Hop + "c00805fc01006400" + "c0200d0000fc01000000010000000200" + "c010094004fc014cbebc2000", "18c00002"));
        Assert.Equal((0, 0, 0), (update.Communities.Count, update.LargeCommunities.Count, update.ExtendedCommunities.Count));
    }

    /// <summary>RFC 4271 4.3: one octet of length up to 255, two beyond; what does not fit these is not written.</summary>
    [Theory]
    [InlineData(255, 258)]
    [InlineData(256, 260)]
    [InlineData(65_535, 65_539)]
    [InlineData(65_536, 0)]
    public void Attribute_Written_HasTheLengthItNeeds(int length, int octets)
    {
        SpanWriter writer = new(new byte[70_000]);
        Assert.Equal(octets > 0, PathAttribute.TryWrite(ref writer, AttributeFlags.Optional, (AttributeType)99, new byte[length]));
        Assert.Equal(octets, writer.Position);
    }

    [Fact]
    [Trait("Scenario", "C007")]
    [Trait("Scenario", "I49")]
    public void EndOfRib_InEveryForm_IsRecognised()
    {
        Assert.Equal(AfiSafi.IPv4Unicast, Read(Vectors.Body(Vectors.EndOfRibIPv4)).EndOfRib);
        Assert.Equal(BgpFault.None, Read(Vectors.Body(Vectors.EndOfRibIPv4)).Fault);
        Assert.Equal(AfiSafi.IPv6Unicast, Read(Vectors.Body(Vectors.EndOfRibIPv6)).EndOfRib);
        Assert.Equal(AfiSafi.IPv6Unicast, Read(Vectors.Body(Vectors.EndOfRibIPv6Long)).EndOfRib);
        Assert.Null(Read(Vectors.Update("", "800f03000201" + Origin, "")).EndOfRib);
        Assert.Null(Read(Vectors.Update("", "800f03006301", "")).EndOfRib);
        Assert.Null(Read(Vectors.Update("18c00002", "", "")).EndOfRib);
        Assert.Null(Read(Vectors.Update("", "", "18c00002")).EndOfRib);
        Assert.Null(Read(Vectors.Update("", "800f03000201", "18c00002")).EndOfRib);
        Assert.Null(Read(Vectors.Update("", "800f08000201" + "2020010db8", "")).EndOfRib);
        Assert.True(UpdateMessage.TryRead(Vectors.Body(Vectors.EndOfRibIPv4), Vectors.External with { IPv4Unicast = false }, out UpdateMessage empty, out _));
        Assert.Null(empty.EndOfRib);
    }

    [Fact]
    public void IPv4Fields_WhenIPv4WasNotAgreedOn_ArePassedOver()
    {
        UpdateContext context = Vectors.External with { IPv4Unicast = false };
        Assert.True(UpdateMessage.TryRead(Vectors.Update("ff", Origin + Path + Hop, "ff"), context, out UpdateMessage update, out _));
        Assert.True(update.Announced.IsEmpty && update.Withdrawn.IsEmpty);
    }

    [Theory]
    [InlineData(Vectors.UpdateIPv4)]
    [InlineData(Vectors.UpdateIPv6)]
    public void Update_CutAtEveryOctetOrALengthOff_NeverReadsBeyond(string vector)
    {
        byte[] body = Vectors.Body(vector);
        for (int length = 0; length < body.Length; length++)
        {
            _ = UpdateMessage.TryRead(body.AsSpan(0, length).ToArray(), Vectors.External, out UpdateMessage update, out _);
            Assert.DoesNotContain("2001:db8::1/128", Prefixes(update.Announced));
        }

        for (int at = 0; at < body.Length; at++)
        {
            foreach (int by in new[] { -1, 1 })
            {
                byte[] changed = [.. body];
                changed[at] = (byte)(changed[at] + by);
                _ = UpdateMessage.TryRead(changed, Vectors.External, out UpdateMessage update, out _);
                _ = Prefixes(update.Announced);
                _ = update.TryGetAsPath(new byte[256], out _);
            }
        }
    }

    private static UpdateMessage Read(ReadOnlySpan<byte> body)
    {
        Assert.True(UpdateMessage.TryRead(body, Vectors.External, out UpdateMessage update, out _));
        return update;
    }

    private static List<string> Prefixes(RouteList routes)
    {
        List<string> prefixes = [];
        foreach (PathPrefix route in routes)
        {
            prefixes.Add(route.Prefix.ToString());
        }

        return prefixes;
    }

    internal static string Text(AsPath path)
    {
        List<string> segments = [];
        foreach (AsPathSegment segment in path)
        {
            List<uint> numbers = [];
            for (int i = 0; i < segment.Count; i++)
            {
                numbers.Add(segment[i]);
            }

            segments.Add($"{(int)segment.Type}:{string.Join(',', numbers)}");
        }

        return string.Join(' ', segments);
    }
}
