// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Negotiation;
using LoadBalancer.BgpNet.Session;

namespace LoadBalancer.Fuzz;

/// <summary>A session's options out of one octet: one bit for each that changes much.</summary>
internal static class BgpConfigurations
{
    public static SessionOptions Of(byte bits) => new()
    {
        Name = "BGPPeer fuzz",
        Open = Open(bits),
        Rules = new() { AsKind = Has(bits, 128) ? PeerAsKind.Internal : PeerAsKind.Exactly, Asn = 64514, DisableFamilies = Has(bits, 32) },
        Passive = Has(bits, 2),
        DelayOpenTime = TimeSpan.FromSeconds(Has(bits, 4) ? 2 : 0),
        MaxPrefixes = Has(bits, 8) ? 3 : 0,
        Restarted = Has(bits, 16) && Has(bits, 1),
        DeferralTime = TimeSpan.FromSeconds(Has(bits, 16) ? 10 : 0),
        RequirePath = bits == 0x43,
    };

    private static SpeakerOpen Open(byte bits) => new()
    {
        Asn = 64513,
        Identifier = 0xc0000201,
        HoldSeconds = 90,
        Families = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast],
        ExtendedMessages = !Has(bits, 64),
        AddPath = Has(bits, 64) ? [new(AfiSafi.IPv4Unicast, AddPathMode.Both)] : [],
        ExtendedNextHops = Has(bits, 64) ? [ExtendedNextHopEntry.IPv4OverIPv6] : [],
        GracefulRestart = !Has(bits, 1) ? null : new()
        {
            RestartSeconds = 120,
            NotificationPreserves = !Has(bits, 4),
            Families = [new(AfiSafi.IPv4Unicast, true), new(AfiSafi.IPv6Unicast, true)],
        },
        LongLivedGracefulRestart = Has(bits, 1) ? [new(AfiSafi.IPv4Unicast, true, 300)] : [],
    };

    private static bool Has(byte bits, int bit) => (bits & bit) != 0;
}
