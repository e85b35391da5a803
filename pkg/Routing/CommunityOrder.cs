// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;

namespace LoadBalancer.Routing;

/// <summary>The order communities are sent in, so that equal sets are equal octets: standard ones first, then by value.</summary>
internal sealed class CommunityOrder : IComparer<BgpCommunity>
{
    public static CommunityOrder Instance { get; } = new();

    public int Compare(BgpCommunity x, BgpCommunity y) =>
        (x.IsLarge, x.Global, x.Local1, x.Local2).CompareTo((y.IsLarge, y.Global, y.Local1, y.Local2));
}
