// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Config.Bgp;

/// <summary>An accepted BGPAdvertisement with its pools, refused ones too, resolved to names, in order. Empty selector lists select everything.</summary>
public sealed record BgpAdvertisement(string Namespace, string Name, IReadOnlyList<string> Pools) : INamedObject
{
    /// <summary>Prefix length IPv4 addresses are announced with, 1 to 32.</summary>
    public byte AggregationLength { get; init; } = 32;

    /// <summary>Prefix length IPv6 addresses are announced with, 1 to 128.</summary>
    public byte AggregationLengthV6 { get; init; } = 128;

    /// <summary>LOCAL_PREF for internal peers; null for the speaker's default of 100.</summary>
    public uint? LocalPref { get; init; }

    /// <summary>MULTI_EXIT_DISC; null to send none.</summary>
    public uint? Med { get; init; }

    /// <summary>How many times more than once our AS number stands in the path shown to external peers, 0 to 10.</summary>
    public byte AsPathPrepend { get; init; }

    /// <summary>Communities to attach, aliases resolved, in order, each once.</summary>
    public IReadOnlyList<BgpCommunity> Communities { get; init; } = [];

    /// <summary>Communities a Service may ask for by annotation; none allows none.</summary>
    public IReadOnlyList<BgpCommunity> AllowedServiceCommunities { get; init; } = [];

    /// <summary>Bandwidth each ready endpoint of the node stands for in the link-bandwidth community, octets per second; null to send none.</summary>
    public float? BandwidthPerEndpoint { get; init; }

    /// <summary>Nodes that announce and serve as next hop.</summary>
    public IReadOnlyList<LabelSelector> NodeSelectors { get; init; } = [];

    /// <summary>Services this is for.</summary>
    public IReadOnlyList<LabelSelector> ServiceSelectors { get; init; } = [];

    /// <summary>BGPPeers, by name, to announce to; none means every peer.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>Whether addresses of this pool are announced.</summary>
    public bool SelectsPool(string pool) => Contains(Pools, pool);

    /// <summary>Whether a node of these labels announces.</summary>
    public bool SelectsNode(IReadOnlyDictionary<string, string> labels) => NodeSelectors.Count == 0 || LabelSelector.AnyMatches(NodeSelectors, labels);

    /// <summary>Whether this is for a Service of these labels.</summary>
    public bool SelectsService(IReadOnlyDictionary<string, string> labels) => ServiceSelectors.Count == 0 || LabelSelector.AnyMatches(ServiceSelectors, labels);

    /// <summary>Whether it is announced to this peer.</summary>
    public bool SelectsPeer(string peer) => Peers.Count == 0 || Contains(Peers, peer);

    /// <summary>The prefix an address is announced in.</summary>
    public IpPrefix PrefixOf(IpAddr address) => new(address, address.Family == IpFamily.IPv4 ? AggregationLength : AggregationLengthV6);

    private static bool Contains(IReadOnlyList<string> names, string wanted)
    {
        foreach (string name in names)
            if (name == wanted)
                return true;
        return false;
    }
}
