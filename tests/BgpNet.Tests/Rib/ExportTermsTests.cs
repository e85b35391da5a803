// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

public sealed class ExportTermsTests
{
    private static readonly NextHop Hop4 = new(IpAddr.Parse("192.0.2.6"));
    private static readonly NextHop Hop6 = new(IpAddr.Parse("2001:db8::6"));

    [Fact]
    public void Terms_OfASession_AreWhatWasAgreedOn()
    {
        NegotiatedSession session = new()
        {
            PeerAs = 64513,
            PeerIdentifier = 1,
            Peer = new(),
            HoldSeconds = 90,
            Families = [AfiSafi.IPv6Unicast],
            ExtendedMessages = true,
            EnhancedRouteRefresh = true,
            AddPathSend = [AfiSafi.IPv6Unicast],
            Receive = new() { Internal = true, AddPathIPv4 = true },
        };
        Assert.Equal(
            new ExportTerms
            {
                LocalAs = 64513,
                Internal = true,
                FourOctetAs = false,
                IPv6Unicast = true,
                ExtendedMessages = true,
                AddPathIPv6 = true,
                EnhancedRouteRefresh = true,
                IPv6NextHop = Hop6,
            },
            ExportTerms.From(session, 64513, null, Hop6));
        session = session with
        {
            Families = [AfiSafi.IPv4Unicast],
            ExtendedMessages = false,
            EnhancedRouteRefresh = false,
            AddPathSend = [AfiSafi.IPv4Unicast],
            Receive = new() { FourOctetAs = true, AddPathIPv6 = true },
        };
        Assert.Equal(
            new ExportTerms { LocalAs = 64514, FourOctetAs = true, IPv4Unicast = true, AddPathIPv4 = true, IPv4NextHop = Hop4 },
            ExportTerms.From(session, 64514, Hop4, null));
    }
}
