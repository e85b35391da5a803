// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>Terms, offers and prefixes that tests share.</summary>
internal static class RibCases
{
    public const uint OurAs = 64513;

    public static ExportTerms External { get; } = new()
    {
        LocalAs = OurAs,
        IPv4Unicast = true,
        IPv6Unicast = true,
        EnhancedRouteRefresh = true,
        IPv4NextHop = new(IpAddr.Parse("192.0.2.6")),
        IPv6NextHop = new(IpAddr.Parse("2001:db8::6")),
    };

    public static ExportTerms OnlyIPv4 { get; } = External with { IPv6Unicast = false };

    public static RouteOffer Plain { get; } = RouteOffer.ToAll(new RouteAttributes());

    public static IpPrefix Host(int number) => new(IpAddr.FromUInt32(0x64400000u + (uint)number), 32);

    public static IpPrefix HostIPv6(int number) => new(IpAddr.FromValue(IpFamily.IPv6, new UInt128(0x20010db800000000, (ulong)number)), 128);

    public static RouteAttributes Tagged(int tag) => new() { Communities = [new(64513, (ushort)tag)] };

    /// <summary>What a peer is to have for attributes that are sent under some terms.</summary>
    public static string Seen(ExportTerms terms, IpFamily family, RouteAttributes attributes)
    {
        NextHop hop = terms.NextHop(family)!.Value;
        byte[] octets = AttributeSet.Encode(terms.Export(attributes), terms.FourOctetAs);
        string text = $"{hop.Address}/{hop.LinkLocal}";
        byte[] body = [0, 0, (byte)(octets.Length >> 8), (byte)octets.Length, .. octets];
        Assert.True(UpdateMessage.TryRead(body, new() { FourOctetAs = terms.FourOctetAs, Internal = terms.Internal }, out UpdateMessage update, out _));
        foreach (PathAttribute attribute in update.Attributes)
        {
            text += " " + Vectors.Hex(attribute.Octets);
        }

        return text;
    }
}
