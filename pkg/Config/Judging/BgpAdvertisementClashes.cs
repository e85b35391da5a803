// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Config.Bgp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Config.Judging;

/// <summary>
/// Which BGPAdvertisements contradict each other: two that announce the same prefix of a pool, from one node to one peer, with
/// different LOCAL_PREF. Where service selectors decide, the planner sees it Service by Service.
/// </summary>
internal static class BgpAdvertisementClashes
{
    public static Clash? Compare(BgpAdvertisement advertisement, BgpAdvertisement other, IReadOnlyDictionary<string, Pool> pools)
    {
        if (advertisement.LocalPref == other.LocalPref || advertisement.ServiceSelectors.Count > 0 || other.ServiceSelectors.Count > 0 || !SharePeer(advertisement, other))
            return null;
        NodeOverlap overlap = NodeOverlaps.Of(advertisement.NodeSelectors, other.NodeSelectors);
        if (overlap == NodeOverlap.None)
            return null;
        foreach (string name in advertisement.Pools)
            if (other.SelectsPool(name) && SharePrefix(advertisement, other, pools.GetValueOrDefault(name)))
            {
                string facts = $"spec.localPref is {Text(advertisement)} and that of BGPAdvertisement {other.Name} {Text(other)}, for the same prefixes of IPAddressPool {name} and the same peers";
                return overlap == NodeOverlap.Certain
                    ? new($"{facts}, from the same nodes: give both the same, or make their spec.nodeSelectors, spec.peers or aggregation lengths differ", true)
                    : new($"{facts}: a node that both select announces none of it", false);
            }

        return null;
    }

    private static string Text(BgpAdvertisement advertisement) => advertisement.LocalPref?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "not set";

    private static bool SharePrefix(BgpAdvertisement a, BgpAdvertisement b, Pool? pool) =>
        ((pool?.Has(IpFamily.IPv4) ?? true) && a.AggregationLength == b.AggregationLength)
        || ((pool?.Has(IpFamily.IPv6) ?? true) && a.AggregationLengthV6 == b.AggregationLengthV6);

    private static bool SharePeer(BgpAdvertisement a, BgpAdvertisement b)
    {
        if (a.Peers.Count == 0 || b.Peers.Count == 0)
            return true;
        foreach (string peer in a.Peers)
            if (b.SelectsPeer(peer))
                return true;
        return false;
    }
}
