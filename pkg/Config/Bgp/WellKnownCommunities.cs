// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Bgp;

/// <summary>Names every configuration knows without a Community object, as the IANA registry of well-known communities has them.</summary>
public static class WellKnownCommunities
{
    /// <summary>Name and value, in lower case.</summary>
    public static IReadOnlyDictionary<string, BgpCommunity> All { get; } = new Dictionary<string, BgpCommunity>(StringComparer.Ordinal)
    {
        ["graceful-shutdown"] = Of(0x0000), // RFC 8326
        ["llgr-stale"] = Of(0x0006), // RFC 9494
        ["no-llgr"] = Of(0x0007), // RFC 9494
        ["blackhole"] = Of(0x029A), // RFC 7999
        ["no-export"] = Of(0xFF01), // RFC 1997
        ["no-advertise"] = Of(0xFF02), // RFC 1997
        ["no-export-subconfed"] = Of(0xFF03), // RFC 1997
        ["local-as"] = Of(0xFF03), // what most routers call the one before
        ["no-peer"] = Of(0xFF04), // RFC 3765
    };

    private static BgpCommunity Of(uint low) => BgpCommunity.Standard(0xFFFF_0000 | low);
}
